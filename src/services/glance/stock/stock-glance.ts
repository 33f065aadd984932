import { callerWithIssuedToken } from '../../../accounts/authenticate.ts'
import type { Caller } from '../../../accounts/caller.ts'
import type { Answer } from '../../../contract/operation.ts'
import { insteadAnswer, overridden, ruleOn } from '../../../http/apply-rules.ts'
import { bodyBytes, drain, type ServerContext, wireTarget } from '../../../http/body.ts'
import { findWorld, type Place, routedPath } from '../../../http/find-world.ts'
import { readAhead } from '../../../http/read-ahead.ts'
import { type Received, receive } from '../../../http/received.ts'
import { note } from '../../../http/record-request.ts'
import { inWords, onTheWire } from '../../../http/respond.ts'
import { spoil, wireFaultsOf } from '../../../http/wire-faults.ts'
import { GlanceError } from '../../../lib/errors.ts'
import { openstackRequestId } from '../../../lib/ids.ts'
import { settle } from '../../../simulation/settle.ts'
import type { RunningEmulator } from '../../../worlds/emulator.ts'
import type { OpenWorld } from '../../../worlds/open-world.ts'
import { readOptionalDocument } from '../operations/document.ts'
import { renderGlanceError } from '../operations/render-error.ts'
import { forgetStores } from '../operations/stores.ts'
import { glanceWouldFail } from '../rules/refusals.ts'
import { type Arrival, negotiate } from './negotiate.ts'
import { glanceRouter, type Route } from './routes.ts'

/** Longer lines of a header are refused before anything is looked at, bytes. */
const LONGEST_HEADER = 16_383
/** A request may bring its own id, of so many characters. */
const LONGEST_REQUEST_ID = 64
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])

/**
 * Answers every request that is not our own plane's as a stock Glance would: versions first, then the token, then the
 * path, and the method last.
 */
export function stockGlance(emulator: RunningEmulator): (context: ServerContext) => Promise<Response> {
  const route = glanceRouter(emulator.operations.filter(({ face }) => face === 'openstack'))
  return async (context) => {
    const { world, prefix } = findWorld(emulator, context)
    const received: OnItsWay = receive(world, context, 'openstack')
    let answer: Answer
    try {
      answer = await answerStock(emulator, { world, prefix }, context, route, received)
    } catch (error) {
      answer = refusal(emulator, context, error, received.requestId)
    }
    if (answer.status >= 400) await drain(bodyBytes(context))
    const worded = inWords(answer)
    note(world, context, received, worded)
    const response = onTheWire(withShownId(worded, received.shownId))
    return received.faults === undefined ? response : await spoil(response, received.faults, context)
  }
}

interface OnItsWay extends Received {
  /** Shown on every answer behind the token. */
  shownId?: string
}

async function answerStock(
  emulator: RunningEmulator,
  { world, prefix }: Place,
  context: ServerContext,
  route: (method: string, path: string) => Route,
  received: OnItsWay,
): Promise<Answer> {
  const { requestId } = received
  const { method, headers } = context.req.raw
  if (hasLongHeader(context)) return { status: 400, headers: { Connection: 'close' } }
  const arrival = arrivalOf(context, prefix)
  const negotiated = negotiate(arrival)
  settle(world)
  if ('answer' in negotiated) {
    if (negotiated.health) forgetStores(world)
    return negotiated.answer
  }
  const caller = callerOf(world, headers, arrival.origin)
  received.caller = caller
  const ownId = headers.get('x-openstack-request-id')
  const tooLong = ownId !== null && ownId.length > LONGEST_REQUEST_ID
  if (!tooLong) received.shownId = shownId(ownId, requestId)
  const { path, search } = negotiated
  if (path === '') return redirect(arrival.origin)
  const found = route(method, path)
  if (found === undefined) throw nothingThere(method)
  if ('allow' in found) {
    await readOptionalDocument(method, headers, bodyBytes(context))
    throw new GlanceError(405, `The method ${method} is not allowed for this resource.`, {
      headers: { Allow: found.allow },
    })
  }
  if (tooLong) throw glanceWouldFail('a request id of more than 64 characters')
  received.operation = found.operation.id
  const ahead = await readAhead(world, found.operation, bodyBytes(context))
  const raw = { params: found.params, query: {}, body: ahead.json }
  const ruling = await ruleOn(world, found.operation, raw, { caller, path, headers })
  received.rules = [...ruling.rules]
  received.faults = wireFaultsOf(ruling.effects)
  if (ruling.instead !== undefined)
    return insteadAnswer('openstack', ruling.instead, requestId, headers.get('accept'))
  const answer = await found.operation.run(
    {
      emulator,
      world: ruling.world,
      caller,
      requestId: received.shownId ?? requestId,
      // A stock Glance decides by roles, not by policies of the cloud.
      authorize: () => {},
      host: arrival.origin.slice(0, arrival.origin.length - prefix.length),
      base: arrival.origin,
      headers,
      query: new URLSearchParams(search),
      search,
      bytes: ahead.body,
    },
    raw,
  )
  emulator.checkResponse(found.operation, answer)
  world.keepTime()
  return overridden(answer, ruling.effects)
}

/** The first line as it came; in process there is only what is left of it in the URL. */
function arrivalOf(context: ServerContext, prefix: string): Arrival {
  const { raw } = context.req
  const url = new URL(raw.url)
  return {
    method: raw.method,
    target: routedPath(wireTarget(context)),
    accept: raw.headers.get('accept'),
    origin: `http://${raw.headers.get('host') ?? url.host}${prefix}`,
  }
}

function hasLongHeader({ req }: ServerContext): boolean {
  for (const [name, value] of req.raw.headers)
    if (`${name}: ${value}\r\n`.length > LONGEST_HEADER) return true
  return false
}

function callerOf(world: OpenWorld, headers: Headers, origin: string): Caller {
  const caller = callerWithIssuedToken(world, headers.get('x-auth-token') ?? '')
  if (caller !== undefined) return caller
  throw new GlanceError(401, undefined, { headers: { 'WWW-Authenticate': `Keystone uri="${origin}"` } })
}

/** `req-` and a UUID, unless the client brought an id of its own. */
function shownId(own: string | null, requestId: string): string {
  if (own !== null && own !== '') return own.startsWith('req-') ? own : `req-${own}`
  return openstackRequestId(requestId)
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

/** What is no refusal is a fault of ours, which goes to the log. */
function refusal(
  emulator: RunningEmulator,
  context: ServerContext,
  error: unknown,
  requestId: string,
): Answer {
  const { method, headers } = context.req.raw
  if (!(error instanceof GlanceError)) emulator.log(requestId, error)
  const shown = error instanceof GlanceError ? error : new GlanceError(500)
  const answer = renderGlanceError(shown, headers.get('accept'), 'plain')
  if (method !== 'HEAD') return answer
  return { ...answer, headers: { ...answer.headers, 'Content-Type': 'text/html; charset=UTF-8' } }
}

/** Without the id that the cloud's gateway would add: a stock Glance has one of its own. */
function withShownId(answer: Answer, shownId: string | undefined): Answer {
  if (shownId === undefined) return answer
  return { ...answer, headers: { ...answer.headers, 'X-Openstack-Request-Id': shownId } }
}
