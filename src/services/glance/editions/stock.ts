import { callerWithIssuedToken, callerWithToken } from '../../../accounts/authenticate.ts'
import type { Caller } from '../../../accounts/caller.ts'
import type { Answer } from '../../../contract/operation.ts'
import type { Refusal, RefusalReply, RefusedRequest } from '../../../lib/errors.ts'
import { openstackRequestId } from '../../../lib/ids.ts'
import type { World } from '../../../simulation/world.ts'
import { imsJobKinds } from '../../ims/jobs.ts'
import { defineService, type Entry, type Visit } from '../../service.ts'
import { GlanceError, glanceWouldFail, renderGlanceError } from '../errors.ts'
import { parseBody } from '../handlers/glance-operation.ts'
import { forgetStores } from '../rules/stores.ts'
import { glanceParts, operationsOf } from '../service.ts'
import { glanceRouter, negotiate } from './negotiate.ts'

/** Longest header line, bytes. A longer one is refused before anything else. */
const LONGEST_HEADER = 16_383
/** Longest request id that a client may send, characters. */
const LONGEST_REQUEST_ID = 64
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])

const operations = operationsOf('stock')
const route = glanceRouter(operations)

/** A plain OpenStack Glance without a gateway before it. A lenient world takes any token. Recordings of a real Glance show its behaviour. */
export const glanceStock = defineService({
  ...glanceParts,
  refusals: {
    ...glanceParts.refusals,
    fault: () => new GlanceError(500),
    render: renderStockRefusal,
  },
  operations,
  catalogue: glanceParts.catalogue.map((entry) => ({
    ...entry,
    description: 'Glance',
    interfaces: ['public', 'internal', 'admin'] as const,
  })),
  // A world that was begun with the image service may still have jobs of it.
  jobKinds: [...glanceParts.jobKinds, ...imsJobKinds],
  treatment: {
    // A gateway would add a request id of its own. A stock Glance shows one once it knows the caller.
    requestIdHeaders: (_requestId, own) => (own === undefined ? {} : { 'X-Openstack-Request-Id': own }),
    checksRights: false,
  },
  enter,
  find(method, target) {
    const negotiated = negotiate({ method, target, accept: null, origin: '' })
    return 'path' in negotiated ? route(method, negotiated.path) : undefined
  },
})

/** Routes and authenticates as a stock Glance does: first the version, then the token, the path, and the method. */
async function enter(visit: Visit): Promise<Entry> {
  const { world, method, target, headers, origin } = visit
  if (hasLongHeader(headers)) return { answer: { status: 400, headers: { Connection: 'close' } } }
  const negotiated = negotiate({ method, target, accept: headers.get('accept'), origin })
  if ('answer' in negotiated) {
    if (negotiated.health) forgetStores(world)
    return { answer: negotiated.answer }
  }
  const caller = authenticate(world, headers, origin)
  visit.identify(caller)
  const tooLong = showRequestId(visit)
  const { path, search } = negotiated
  if (path === '') return { answer: redirect(origin) }
  const found = route(method, path)
  if (found === undefined) throw nothingThere(method)
  if ('allow' in found) {
    await parseBody(method, headers, visit.bytes)
    throw new GlanceError(405, `The method ${method} is not allowed for this resource.`, {
      headers: { Allow: found.allow },
    })
  }
  if (tooLong) throw glanceWouldFail('a request id of more than 64 characters')
  return { operation: found.operation, params: found.params, caller, search }
}

function hasLongHeader(headers: Headers): boolean {
  for (const [name, value] of headers) if (`${name}: ${value}\r\n`.length > LONGEST_HEADER) return true
  return false
}

function authenticate(world: World, headers: Headers, origin: string): Caller {
  const token = headers.get('x-auth-token') ?? ''
  const lenient = world.auth.mode === 'lenient' && token !== ''
  const caller = lenient ? callerWithToken(world, token) : callerWithIssuedToken(world, token)
  if (caller !== undefined) return caller
  throw new GlanceError(401, undefined, { headers: { 'WWW-Authenticate': `Keystone uri="${origin}"` } })
}

/**
 * Shows the request id of the client with the prefix `req-`, or else one of the world.
 * @returns true when the id of the client is too long.
 */
function showRequestId({ headers, requestId, showId }: Visit): boolean {
  const own = headers.get('x-openstack-request-id')
  if (own !== null && own.length > LONGEST_REQUEST_ID) return true
  if (own === null || own === '') showId(openstackRequestId(requestId))
  else showId(own.startsWith('req-') ? own : `req-${own}`)
  return false
}

function redirect(origin: string): Answer {
  return {
    status: 302,
    headers: { Location: `${origin}/v2/`, 'Content-Type': 'text/plain; charset=utf8' },
  }
}

function nothingThere(method: string): GlanceError {
  if (METHODS.has(method)) return new GlanceError(404)
  return new GlanceError(501, `The request method ${method} is not implemented for this server.`)
}

/** Renders plain text for a client without an Accept header. A reply to HEAD names the media type of a page. */
function renderStockRefusal(refusal: Refusal, request: RefusedRequest & { method: string }): RefusalReply {
  if (!(refusal instanceof GlanceError)) return refusal.render(request)
  const reply = renderGlanceError(refusal, request.accept, 'plain')
  if (request.method !== 'HEAD') return reply
  return { ...reply, headers: { ...reply.headers, 'Content-Type': 'text/html; charset=UTF-8' } }
}
