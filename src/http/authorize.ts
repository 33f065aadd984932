import { checkAccess, type Matter } from '../accounts/access.ts'
import type { Caller } from '../accounts/caller.ts'
import type { Contract, RawRequest } from '../contract/operation.ts'
import { namedResources } from '../simulation/cloud.ts'
import type { World } from '../simulation/world.ts'
import type { ServerContext } from './body.ts'

/** The result of checking a caller's rights. */
export interface Authorized {
  /** The caller, cut down to the enterprise projects that it may see. */
  caller: Caller | undefined
  /** Checks a further right. @throws AccessDenied when the caller does not have it. */
  demand(action: string): void
}

/**
 * Checks the rights that an operation needs, before anything of the request is parsed. A lenient world allows everything.
 * @throws AccessDenied
 */
export function authorize(
  world: World,
  caller: Caller | undefined,
  operation: Contract,
  raw: RawRequest,
  context: ServerContext,
): Authorized {
  if (caller === undefined || world.auth.mode === 'lenient') return { caller, demand: () => {} }
  const matter = matterOf(world, operation, raw, context)
  let visible: readonly string[] | undefined
  for (const action of operation.actions) visible = checkAccess(world, caller, action, matter)
  return {
    caller: visible === undefined ? caller : { ...caller, enterpriseProjects: visible },
    demand: (action) => void checkAccess(world, caller, action, matter),
  }
}

/** What a request is about, read from its raw parts: rights are checked before the rest is parsed. */
function matterOf(world: World, operation: Contract, raw: RawRequest, context: ServerContext): Matter {
  const { params, query, body } = raw
  const fields = typeof body === 'object' && body !== null ? body : {}
  const named =
    params.enterprise_project_id ??
    ('enterprise_project_id' in fields ? fields.enterprise_project_id : query.enterprise_project_id)
  const resources = namedResources(world.cloud.resourceKinds, raw)
  return {
    resources,
    enterpriseProject: typeof named === 'string' ? named : undefined,
    byEnterpriseProject: operation.byEnterpriseProject,
    listing:
      operation.method === 'GET' && namedResources(world.cloud.resourceKinds, { params }) === undefined,
    get sourceIp() {
      return context.get('client')?.address
    },
    userAgent: context.req.raw.headers.get('user-agent') ?? undefined,
  }
}
