import type { WorldFacts } from '../client/world-client.ts'

/** A variable of the environment; null for one that must not be set. */
export type Variable = readonly [name: string, value: string | null]

/**
 * The variables by which programs find a world: IMS_* for this command line and for scripts (IMS_PARTNER_TOKEN and the like for
 * each user), HUAWEICLOUD_SDK_* for the official SDKs.
 */
export function worldVariables(world: WorldFacts, url: string): Variable[] {
  return [
    ['IMS_URL', url],
    ['IMS_WORLD', world.name],
    ['IMS_ENDPOINT', world.endpoint],
    ['IMS_PROJECT_ID', world.project_id],
    ['IMS_REGION', world.region],
    ['IMS_ACCESS_KEY', world.access_key],
    ['IMS_SECRET_KEY', world.secret_key],
    ['IMS_TOKEN', world.token],
    ...Object.entries(world.users).flatMap(([name, user]) => userVariables(name, user)),
    ['HUAWEICLOUD_SDK_AK', world.access_key],
    ['HUAWEICLOUD_SDK_SK', world.secret_key],
    ['HUAWEICLOUD_SDK_PROJECT_ID', world.project_id],
  ]
}

/** The variables of a user, e.g. `IMS_PARTNER_TOKEN`; characters that no variable has are written `_`. */
function userVariables(name: string, user: WorldFacts['users'][string]): Variable[] {
  const prefix = `IMS_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
  return [
    [`${prefix}_PROJECT_ID`, user.project_id],
    [`${prefix}_ACCESS_KEY`, user.access_key],
    [`${prefix}_SECRET_KEY`, user.secret_key],
    [`${prefix}_TOKEN`, user.token],
  ]
}
