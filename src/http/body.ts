import { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Face } from '../contract/operation.ts'
import { CloudError, ControlError, GlanceError, IamError } from '../lib/errors.ts'
import { type Tape, taped } from './body-recorder.ts'

/** A request comes without bindings when it came in process and not through a socket, and has a tape once it is taken in. */
export interface ServerEnv {
  Bindings: Partial<HttpBindings>
  Variables: { tape?: Tape }
}

/** A request as the app sees it. */
export type ServerContext = Context<ServerEnv>

/** The bytes of a request's body, as they come or as they were read. */
export type Body = AsyncIterable<Uint8Array>

export const noBytes: Body = Readable.from([])

/**
 * The body as it comes off the socket. Node's own stream keeps memory flat where a web stream around it lets chunks pile
 * up until the next garbage collection. Its beginning goes on the tape of the request.
 */
export function bodyBytes(context: ServerContext): AsyncIterable<Uint8Array> {
  const bytes = context.env?.incoming ?? context.req.raw.body ?? Readable.from([])
  const tape = context.get('tape')
  return tape === undefined ? bytes : taped(bytes, tape)
}

/** Path and query as they came on the wire; in process there is only what is left of them in the URL. */
export function wireTarget(context: ServerContext): string {
  const { pathname, search } = new URL(context.req.raw.url)
  return context.env?.incoming?.url ?? pathname + search
}

/** The gateway takes JSON bodies, and bodies that are signed, up to 12 MB. */
const LARGEST_BODY = 12 * 2 ** 20

/**
 * Reads a JSON body. No body at all, or one that is not JSON, is refused in the words of the face. On the faces of the
 * cloud a null means that a field was not sent: clients send it so. A body that may be missing is undefined when it is.
 */
export async function readJson(bytes: Body, face: Face, mayBeMissing: boolean): Promise<unknown> {
  const text = Buffer.from(await readWhole(bytes)).toString('utf8')
  if (text.trim() === '') {
    if (mayBeMissing) return undefined
    throw missingBody(face)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw malformedBody(face)
  }
  return face === 'ims' || face === 'eps' ? withoutNulls(json) : json
}

/** A body that was read already. */
export function asBody(bytes: Uint8Array): Body {
  return Readable.from([bytes])
}

/** The body of a request in one piece; one that is too large is read to its end and refused (APIGW.0602). */
export function bufferBody(context: ServerContext): Promise<Uint8Array> {
  return readWhole(bodyBytes(context))
}

/** Bytes in one piece; too many are read to their end and refused (APIGW.0602). */
export async function readWhole(bytes: Body): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size <= LARGEST_BODY) chunks.push(chunk)
  }
  if (size > LARGEST_BODY) throw new CloudError('APIGW.0602')
  return Buffer.concat(chunks)
}

/** Reads a body to its end and forgets it: an answer before that would reset the connection under the client. */
export async function drain(bytes: Body): Promise<void> {
  try {
    for await (const _chunk of bytes);
  } catch {
    // It was read already, or the client went away; there is nobody left to answer.
  }
}

function missingBody(face: Face): Error {
  if (face === 'control') return new ControlError(400, 'the request has no body; send JSON')
  if (face === 'openstack') return new GlanceError(400, 'JSON body expected in request')
  if (face === 'iam') return new IamError(400, 'The request has no body.')
  return new CloudError(face === 'eps' ? 'EPS.0002' : 'IMG.0007')
}

function malformedBody(face: Face): Error {
  if (face === 'control') return new ControlError(400, 'the body is not JSON')
  if (face === 'openstack') return new GlanceError(400, 'Malformed JSON in request body.')
  if (face === 'iam') return new IamError(400, 'The body is not JSON.')
  return new CloudError(face === 'eps' ? 'EPS.0002' : 'IMG.0001', { found: 'not JSON' })
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  )
}
