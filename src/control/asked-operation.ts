import { hintFor } from '../accounts/policy/mistakes.ts'
import type { ConditionalAction, Contract } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'
import { type PlacedOperation, placedOperations } from '../services/compose.ts'
import type { ServiceFacts } from '../services/service.ts'
import type { ControlCall } from './call.ts'
import type { AskedOperationFields } from './contract/authorize.ts'

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
  const found = await route(method, target)
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
