import type { WorldFacts } from '../client/world.ts'
import { facts } from './columns.ts'

/** A world with what its clients need, a line each, for people. */
export function worldLines(world: WorldFacts): string[] {
  return facts([
    ['world', world.name],
    ['endpoint', world.endpoint],
    ['project id', world.project_id],
    ['region', world.region],
    ['access key', world.access_key ?? 'none'],
    ['secret key', world.secret_key ?? 'none'],
    ['token', world.token ?? 'none'],
    ['scenario', world.scenario],
    ['seed', String(world.seed)],
    ['auth', world.auth],
    ['time', world.time],
  ])
}

/**
 * The same for a shell: for our own commands, for whatever is written in it, and under the names by which the official SDKs
 * find credentials. What a world does not have is unset, so that nothing of another one stays.
 */
export function exportLines(world: WorldFacts, url: string): string[] {
  const values: [string, string | null][] = [
    ['IMS_URL', url],
    ['IMS_WORLD', world.name],
    ['IMS_ENDPOINT', world.endpoint],
    ['IMS_PROJECT_ID', world.project_id],
    ['IMS_REGION', world.region],
    ['IMS_ACCESS_KEY', world.access_key],
    ['IMS_SECRET_KEY', world.secret_key],
    ['IMS_TOKEN', world.token],
    ['HUAWEICLOUD_SDK_AK', world.access_key],
    ['HUAWEICLOUD_SDK_SK', world.secret_key],
    ['HUAWEICLOUD_SDK_PROJECT_ID', world.project_id],
  ]
  return values.map(([name, value]) => (value === null ? `unset ${name}` : `export ${name}=${quoted(value)}`))
}

/** A text as a POSIX shell reads it back. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
