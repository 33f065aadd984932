import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { notAuthenticated } from '../accounts/authenticate.ts'
import { UNSIGNED_PAYLOAD } from '../accounts/signature/refusal.ts'
import type { Route } from '../control/call.ts'
import { readUpTo } from '../lib/bytes.ts'
import { hasMoreValues, jsonIn } from '../lib/json.ts'
import type { Service } from '../services/service.ts'
import { type BodyRecorder, recorded } from './body-recorder.ts'
import type { ClientView } from './client-view.ts'

/** A request in process has no socket, and a recorder once the pipeline has it. */
export interface ServerEnv {
  /**
   * `onRoute` asks where a request would lead, instead of answering it. `cutOff` is aborted when the server stops and no longer
   * waits for the answer.
   */
  Bindings: Partial<HttpBindings> & { onRoute?: (route: Route) => void; cutOff?: AbortSignal }
  Variables: { recorder?: BodyRecorder; client?: ClientView }
}

/** A request as Hono hands it over. */
export type ServerContext = Context<ServerEnv>

/** The bytes of a request's body, streaming or already read. */
export type Body = AsyncIterable<Uint8Array>

export const noBytes: Body = Readable.from([])

/**
 * The body as it comes off the socket. Node's own stream keeps memory flat, where a web stream around it lets chunks pile
 * up until the next garbage collection. The recorder of the request keeps its beginning.
 */
export function bodyBytes(context: ServerContext): Body {
  const bytes = wireBytes(context.env) ?? context.req.raw.body ?? Readable.from([])
  const recorder = context.get('recorder')
  return recorder === undefined ? bytes : recorded(bytes, recorder)
}

/** Requests whose clients wait for `100 Continue` before they send their body; true when the connection may be kept after it. */
const waitingForContinue = new WeakMap<IncomingMessage, boolean>()

/**
 * Holds `100 Continue` back until the body is read, so that a refusal comes before the client has sent it. The connection is
 * closed after an answer without it, because the client may send the body nevertheless.
 */
export function holdContinue(incoming: IncomingMessage, outgoing: ServerResponse): void {
  waitingForContinue.set(incoming, outgoing.shouldKeepAlive)
  outgoing.shouldKeepAlive = false
}

function wireBytes({ incoming, outgoing }: Partial<HttpBindings> = {}): Body | undefined {
  if (incoming === undefined || outgoing === undefined || !waitingForContinue.has(incoming)) return incoming
  return askedFor(incoming, outgoing)
}

async function* askedFor(incoming: IncomingMessage, outgoing: ServerResponse): Body {
  outgoing.shouldKeepAlive = waitingForContinue.get(incoming) ?? false
  waitingForContinue.delete(incoming)
  outgoing.writeContinue()
  yield* incoming
}

/** Reads what is left of a refused request's body. A body that the client was not asked for never comes. */
export async function finishBody(context: ServerContext): Promise<void> {
  const incoming = context.env?.incoming
  if (incoming === undefined || !waitingForContinue.has(incoming)) await drain(bodyBytes(context))
}

/** Path and query as they came on the wire; in process only the URL is left of them. */
export function wireTarget(context: ServerContext): string {
  const { pathname, search } = new URL(context.req.raw.url)
  return context.env?.incoming?.url ?? pathname + search
}

/** The gateway takes bodies that are signed up to 12 MB. */
const LARGEST_SIGNED = 12 * 2 ** 20

/** The parts of a service that decide how a JSON body is read: its limits, its refusals, and whether it drops nulls. */
type JsonReader = Pick<Service, 'refusals' | 'dropsNulls' | 'treatment'>

/**
 * Reads a JSON body. A missing body, one that is not JSON and one that is too large are refused in the form of the service.
 * Services that drop nulls take a null for a field that was not sent, because clients send it so.
 * @param mayBeMissing an optional body that is missing is undefined.
 */
export async function readJson(
  { req }: Pick<ServerContext, 'req'>,
  bytes: Body,
  service: JsonReader,
  mayBeMissing: boolean,
): Promise<unknown> {
  const { refusals, dropsNulls } = service
  const text = withoutMark((await readJsonBytes(req.raw.headers, bytes, service)).toString())
  if (text.trim() === '') {
    if (mayBeMissing) return undefined
    throw refusals.missingBody()
  }
  const json = jsonIn(text)
  if (json === undefined) throw refusals.malformedBody()
  return dropsNulls ? withoutNulls(json) : json
}

/** Removes the byte order mark that some editors write before a text. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Reads the bytes of a JSON body. @throws Refusal for more bytes, or more values in them, than the service takes. */
export async function readJsonBytes(
  headers: Headers,
  bytes: Body,
  { refusals, treatment: { json } }: JsonReader,
): Promise<Buffer> {
  const body = await readUpTo(json.bytes, headers, bytes)
  if (body === undefined || hasMoreValues(body.toString(), json.values)) throw refusals.tooLargeBody(json)
  return body
}

/** Wraps bytes that were already read. */
export function asBody(bytes: Uint8Array): Body {
  return Readable.from([bytes])
}

/** Reads the signed body of a request in one piece. @throws CodedRefusal APIGW.0301 for one that is too large to be hashed. */
export async function bufferBody(context: ServerContext): Promise<Uint8Array> {
  const body = await readUpTo(LARGEST_SIGNED, context.req.raw.headers, bodyBytes(context))
  if (body === undefined) throw notAuthenticated(TOO_LARGE_TO_SIGN)
  return body
}

/** The gateway's sentence for a signed body that it does not hash. */
const TOO_LARGE_TO_SIGN = 'calc aksk signature fail:body too large'

/**
 * What a strict world would say of a request that a lenient one takes: its signature covers a body that the gateway does not hash.
 * @param size bytes of its body that were read.
 */
export function strictRefusal({ headers }: Pick<Request, 'headers'>, size: number): string | undefined {
  const isSigned =
    /^SDK-HMAC-SHA256\s/.test(headers.get('authorization') ?? '') && !headers.has('x-auth-token')
  if (!isSigned || isUnsignedPayload(headers)) return undefined
  const length = Math.max(size, Number(headers.get('content-length') ?? 0))
  return length > LARGEST_SIGNED ? `APIGW.0301 ${TOO_LARGE_TO_SIGN}` : undefined
}

/** True for a request whose signature does not cover its body, so that it may have any size and is read as it arrives. */
export function isUnsignedPayload(headers: Headers): boolean {
  return headers.get('x-sdk-content-sha256') === UNSIGNED_PAYLOAD
}

/** Reads a body to its end and drops it: an answer before that would reset the connection under the client. */
async function drain(bytes: Body): Promise<void> {
  try {
    for await (const _chunk of bytes);
  } catch {
    // The body was already read, or the client went away.
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  )
}
