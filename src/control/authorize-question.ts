import { type Caller, callerOf, toCaller } from '../accounts/caller.ts'
import { findIdentity, type Identity, listUsers } from '../accounts/queries/identity.ts'
import { findDomain, findProject, listProjects } from '../accounts/queries/projects.ts'
import type { UserRow } from '../accounts/tables.ts'
import { findToken, hasExpired } from '../accounts/tokens.ts'
import type { ConditionalAction, Contract } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { hintFor, nearest } from '../lib/nearest.ts'
import { wireMillis } from '../lib/time.ts'
import { type PlacedOperation, placedOperations } from '../services/compose.ts'
import type { ServiceFacts } from '../services/service.ts'
import type { World } from '../simulation/world.ts'
import type { ControlCall } from './call.ts'
import type { AskedCallerFields, AskedOperationFields } from './contract/authorize.ts'

/** The caller of a question, and why a strict world would not authenticate it. */
export interface AskedCaller {
  caller: Caller
  keptOut?: string
}

/** Finds the caller that a question is about. @throws ControlError when no user fits, or more than one. */
export function askedCaller(
  world: World,
  who: AskedCallerFields,
  projectInPath: string | undefined,
): AskedCaller {
  if (who.user !== undefined) return namedUser(world, who.user, who.project_id, projectInPath)
  if (who.token !== undefined) return bearer(world, findToken(world, who.token), 'token', who.project_id)
  const key = findIdentity(world.db, 'access_key', who.access_key ?? '')
  // A foreign project in the path is ignored here, as it is for a signature; the operation itself refuses it.
  return bearer(world, key, 'access key', who.project_id, projectInPath)
}

function namedUser(
  world: World,
  idOrName: string,
  projectId: string | undefined,
  projectInPath: string | undefined,
): AskedCaller {
  const user = findUserCalled(world, idOrName)
  const home = findProject(world.db, user.projectId)
  const domain = findDomain(world.db, user.domainId)
  if (home === undefined || domain === undefined)
    throw new Error(`user ${user.id} has no project or no domain`)
  const inPath = projectInPath === undefined ? undefined : findProject(world.db, projectInPath)
  const unsaid = inPath?.domainId === domain.id ? inPath : home
  const project = projectId === undefined ? unsaid : projectOf(world, domain.id, projectId)
  return admitted(toCaller(world, { user, project, domain }, true), user.enabled)
}

function findUserCalled(world: World, idOrName: string): UserRow {
  const users = listUsers(world.db)
  const byId = users.find(({ id }) => id === idOrName)
  if (byId !== undefined) return byId
  const [first, ...others] = users.filter(({ name }) => name === idOrName)
  if (first === undefined) {
    const meant = nearest(
      idOrName,
      users.flatMap(({ id, name }) => [name, id]),
    )
    const hint = hintFor(meant, 'GET /_ims/tenants lists those there are')
    throw new ControlError(404, `user: no user has the id or name ${idOrName}; ${hint}`)
  }
  if (others.length === 0) return first
  const ids = [first, ...others].map(({ id, domainId }) => `${id} (domain ${domainId})`).join(', ')
  throw new ControlError(
    409,
    `user: ${others.length + 1} users are called ${idOrName}; send the id of one: ${ids}`,
  )
}

function projectOf(world: World, domainId: string, id: string) {
  const project = findProject(world.db, id)
  if (project?.domainId === domainId) return project
  const known = listProjects(world.db).filter((one) => one.domainId === domainId)
  const names = known.map((one) => `${one.id} (${one.region})`).join(', ')
  throw new ControlError(
    400,
    `project_id: ${id} is no project of the domain ${domainId}; send one of ${names}, or none for the home project`,
  )
}

function bearer(
  world: World,
  identity: Identity | undefined,
  kind: 'token' | 'access key',
  projectId: string | undefined,
  projectInPath?: string,
): AskedCaller {
  if (identity === undefined)
    throw new ControlError(
      404,
      `no user has this ${kind}: a strict world refuses it, a lenient one treats it as the demo user`,
    )
  if (kind === 'token' && projectId !== undefined && projectId !== identity.credential.projectId)
    throw new ControlError(400, `project_id: a token is good for its own project alone; leave it out`)
  if (projectId !== undefined) projectOf(world, identity.domain.id, projectId)
  const caller = callerOf(world, identity, { projectId: projectId ?? projectInPath })
  const { expiresAt } = identity.credential
  if (expiresAt === null || !hasExpired(world, identity)) return admitted(caller, identity.user.enabled)
  return { caller, keptOut: `the ${kind} ended at ${wireMillis(expiresAt)}; it is answered 401` }
}

function admitted(caller: Caller, enabled: boolean): AskedCaller {
  if (enabled) return { caller }
  return { caller, keptOut: `user ${caller.userName} is not enabled; it is answered 401` }
}

/** The actions that a question asks for, and what decides about them. */
export interface AskedOperation {
  actions: readonly string[]
  conditionalActions: readonly ConditionalAction[]
  byEnterpriseProject: boolean
  listing: boolean
  /** Undefined for a question about an action alone. */
  called?: { service: ServiceFacts; operation: Contract }
  /** The parameters in the path that was asked about. */
  params: Readonly<Record<string, string>>
  /** The enterprise project in its query. */
  enterpriseProject?: string
}

/** Finds the operation or the action of a question. @throws ControlError when it does not exist. */
export async function askedOperation(
  { emulator, route }: Pick<ControlCall, 'emulator' | 'route'>,
  what: AskedOperationFields,
): Promise<AskedOperation> {
  const placed = placedOperations(emulator.services)
  const operations = placed.map(({ operation }) => operation)
  if (what.action !== undefined) return askedAction(operations, what.action)
  if (what.operation !== undefined) return asked(operationCalled(placed, what.operation), {}, '')
  return askedPath(route, what.method?.toUpperCase() ?? '', what.path ?? '')
}

/**
 * A question about an action alone. Roles in an enterprise project count for it when they count for one of the operations
 * that need it. Actions of services that are not emulated are accepted unchecked, because policies may name them.
 */
function askedAction(operations: readonly Contract[], action: string): AskedOperation {
  if (!/^[\w-]+:[\w-]+:[\w-]+$/.test(action))
    throw new ControlError(
      400,
      `action: ${action} is no action; write service:type:operation, such as ims:images:get`,
    )
  const actionsOf = (operation: Contract) => [
    ...operation.actions,
    ...operation.conditionalActions.map((conditional) => conditional.action),
  ]
  const users = operations.filter((operation) => actionsOf(operation).includes(action))
  const known = new Set(operations.flatMap(actionsOf))
  const service = action.split(':', 1)[0]
  if (users.length === 0 && [...known].some((other) => other.startsWith(`${service}:`))) {
    const meant = hintFor(nearest(action, known), '/_ims/openapi.json has the actions of every call')
    throw new ControlError(404, `action: no call needs ${action}; ${meant}`)
  }
  return {
    actions: [action],
    conditionalActions: [],
    byEnterpriseProject: users.length === 0 || users.some(({ byEnterpriseProject }) => byEnterpriseProject),
    listing: users.length > 0 && users.every(isListing),
    params: {},
  }
}

function operationCalled(placed: readonly PlacedOperation[], id: string): PlacedOperation {
  const found = placed.find(({ operation }) => operation.id === id)
  if (found !== undefined) return found
  const meant = nearest(
    id,
    placed.map(({ operation }) => operation.id),
  )
  throw new ControlError(
    404,
    `operation: there is no ${id}; ${hintFor(meant, '/_ims/openapi.json lists them')}`,
  )
}

/** Routes the method and the path as a request with them would be. */
async function askedPath(
  route: ControlCall['route'],
  method: string,
  target: string,
): Promise<AskedOperation> {
  const [path = '', query = ''] = target.split('?')
  const found = URL.canParse(target, 'http://localhost') ? await route(method, target) : undefined
  if (found === undefined || !found.service.treatment.simulated)
    throw new ControlError(404, `path: no call is at ${path}; /_ims/openapi.json lists those there are`)
  if ('allow' in found) throw new ControlError(404, `method: ${path} takes ${found.allow}, not ${method}`)
  return asked(found, found.params, query)
}

function isListing({ method, path }: Contract): boolean {
  return method === 'GET' && !path.includes('{image_id}')
}

function asked(
  { service, operation }: { service: ServiceFacts; operation: Contract },
  params: Record<string, string>,
  query: string,
): AskedOperation {
  const enterpriseProject = new URLSearchParams(query).get('enterprise_project_id')
  return {
    actions: operation.actions,
    conditionalActions: operation.conditionalActions,
    byEnterpriseProject: operation.byEnterpriseProject,
    listing: isListing(operation),
    called: { service, operation },
    params,
    ...(enterpriseProject !== null && { enterpriseProject }),
  }
}
