import { getConnInfo } from '@hono/node-server/conninfo'
import { checkAccess, type Matter } from '../accounts/access.ts'
import type { Caller } from '../accounts/caller.ts'
import type { Operation, RawRequest } from '../contract/operation.ts'
import type { World } from '../simulation/world.ts'
import type { ServerContext } from './body.ts'

/** What came of looking at a caller's rights. */
export interface Authorized {
  /** The caller, cut down to what it may see. */
  caller: Caller | undefined
  /** Asks for a further right. @throws AccessDenied when the caller does not have it. */
  demand(action: string): void
}

/**
 * Refuses a caller without the rights that an operation needs, before anything of the request is judged. Where a world is
 * lenient everybody may do everything. @throws AccessDenied
 */
export function authorize(
  world: World,
  caller: Caller | undefined,
  operation: Operation,
  raw: RawRequest,
  context: ServerContext,
): Authorized {
  if (caller === undefined || world.auth.mode === 'lenient') return { caller, demand: () => {} }
  const matter = matterOf(operation, raw, context)
  let visible: readonly string[] | undefined
  for (const action of operation.actions) visible = checkAccess(world, caller, action, matter)
  return {
    caller: visible === undefined ? caller : { ...caller, enterpriseProjects: visible },
    demand: (action) => void checkAccess(world, caller, action, matter),
  }
}

/** What a request is about, read from its raw parts: rights are judged before the rest of it is. */
function matterOf(operation: Operation, { params, query, body }: RawRequest, context: ServerContext): Matter {
  const fields = typeof body === 'object' && body !== null ? body : {}
  const named =
    params.enterprise_project_id ??
    ('enterprise_project_id' in fields ? fields.enterprise_project_id : query.enterprise_project_id)
  return {
    imageIds: imageIdsOf(params, fields),
    enterpriseProject: typeof named === 'string' ? named : undefined,
    byEnterpriseProject: operation.byEnterpriseProject,
    listing: operation.method === 'GET' && params.image_id === undefined,
    get sourceIp() {
      return context.env?.incoming && getConnInfo(context).remote.address
    },
    userAgent: context.req.raw.headers.get('user-agent') ?? undefined,
  }
}

/** The images that a request names: in its path, or in the fields in which some calls name one or many. */
function imageIdsOf(params: RawRequest['params'], fields: object): readonly string[] {
  if (params.image_id !== undefined) return [params.image_id]
  if ('image_id' in fields && typeof fields.image_id === 'string') return [fields.image_id]
  if ('images' in fields && Array.isArray(fields.images))
    return fields.images.filter((id): id is string => typeof id === 'string')
  return []
}
