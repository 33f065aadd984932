import type { Caller } from '../accounts/caller.ts'
import type { Answer, Operation } from '../contract/operation.ts'
import type { ControlCall } from '../control/call.ts'
import type { Service } from '../services/service.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { Auditor } from './audit-request.ts'
import { authenticate } from './authenticate.ts'
import { type Body, bodyBytes, type ServerContext, wireTarget } from './body.ts'
import { type Place, routedPath } from './find-world.ts'
import type { Received } from './record-request.ts'
import { namedRegion } from './service-address.ts'

/** What the server gives to every operation; each takes of it what its service sees. */
export type ServerCall = ControlCall
export type ServedOperation = Operation<ServerCall>
export type ServedService = Service<ServerCall>

/** What serves requests: an emulator with all of its services, and the one router before them. */
export interface Server extends Pick<ServerCall, 'services' | 'route'> {
  emulator: Emulator
  /** The services that audit the calls of all services. */
  auditors: readonly Auditor[]
}

/** A request that has come to its world and its service. */
export interface Arrival {
  server: Server
  place: Place
  service: ServedService
  context: ServerContext
  received: Received
}

/** A request whose operation and caller are known. */
export interface Entered {
  operation: ServedOperation
  params: Record<string, string>
  caller: Caller | undefined
  body: Body
  /** Scheme and host as the client sees them. */
  host: string
  /** The query as it was sent, without the question mark. */
  search: string
}

/** Finds the operation and the caller of a request, or answers it at once. @throws Refusal */
export type Enter = (arrival: Arrival) => Promise<Entered | { answer: Answer }>

/** Enters an operation that the router has found by its declared path; its contract says which caller it needs. */
export function enterOperation(operation: ServedOperation): Enter {
  return async (arrival) => {
    const { context, received } = arrival
    received.operation = operation
    const { search } = new URL(context.req.raw.url)
    return {
      operation,
      params: context.req.param(),
      ...(await identify(arrival, operation)),
      host: originOf(arrival),
      search: search.slice(1),
    }
  }
}

/** Scheme and host as the client sees them. */
function originOf({ context }: Pick<Arrival, 'context'>): string {
  return context.get('client')?.origin ?? new URL(context.req.raw.url).origin
}

async function identify(
  { server: { emulator }, place: { world }, service, context, received }: Arrival,
  operation: ServedOperation,
): Promise<{ caller: Caller | undefined; body: Body }> {
  const needed = operation.authenticated ?? service.callers.authenticated
  const signed = context.req.raw.headers.has('authorization')
  if (needed === 'when signed' ? !signed : !needed) return { caller: undefined, body: bodyBytes(context) }
  const projectInPath = context.req.param('project_id')
  const region = projectInPath === undefined ? namedRegion(context, emulator.cloudDomains) : undefined
  const explain = emulator.explainAuth
  const found = await authenticate(world, context, { projectInPath, region, explain })
  const refusal = world.auth.mode === 'strict' ? service.callers.refusal?.(found.caller) : undefined
  if (refusal !== undefined) throw refusal
  received.caller = found.caller
  return found
}

/** Enters a service that routes and authenticates by rules of its own. */
export const enterByService: Enter = async ({ server, place, service, context, received }) => {
  if (service.enter === undefined) throw new Error(`the service ${service.id} does not route by itself`)
  const { raw } = context.req
  const origin = originOf({ context })
  const entry = await service.enter({
    world: place.world,
    requestId: received.requestId,
    method: raw.method,
    target: routedPath(wireTarget(context)),
    sentTarget: wireTarget(context),
    headers: raw.headers,
    origin: origin + place.prefix,
    bytes: bodyBytes(context),
    get sourceIp() {
      return context.get('client')?.address
    },
    explainsAuth: server.emulator.explainAuth,
    identify(caller) {
      received.caller = caller
    },
    showId(id) {
      received.ownId = id
    },
  })
  if ('answer' in entry) return entry
  received.operation = entry.operation
  return { ...entry, body: entry.body ?? bodyBytes(context), host: origin }
}
