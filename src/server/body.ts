import { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { CloudError, ControlError, GlanceError } from '../kernel/errors.ts'
import type { Face } from '../operations/operation.ts'

/** A request as the app sees it; without bindings when it came in process and not through a socket. */
export type ServerContext = Context<{ Bindings: Partial<HttpBindings> }>

export const noBytes: AsyncIterable<Uint8Array> = Readable.from([])

/**
 * The body as it comes off the socket. Node's own stream keeps memory flat where a web stream around it lets chunks pile
 * up until the next garbage collection.
 */
export function bodyBytes(context: ServerContext): AsyncIterable<Uint8Array> {
  return context.env?.incoming ?? context.req.raw.body ?? noBytes
}

/** The gateway takes JSON bodies up to 12 MB. */
const LARGEST_JSON = 12 * 2 ** 20

/**
 * Reads a JSON body. No body at all, or one that is not JSON, is refused in the words of the face. On the faces of the
 * cloud a null means that a field was not sent: clients send it so. A body that may be missing is undefined when it is.
 */
export async function readJson(request: Request, face: Face, mayBeMissing: boolean): Promise<unknown> {
  const text = await readText(request)
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
  return face === 'ims' ? withoutNulls(json) : json
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > LARGEST_JSON) {
    if (request.body !== null) await drain(request.body)
    throw new CloudError('APIGW.0602')
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size <= LARGEST_JSON) chunks.push(chunk)
  }
  if (size > LARGEST_JSON) throw new CloudError('APIGW.0602')
  return Buffer.concat(chunks).toString('utf8')
}

/** Reads a body to its end and forgets it: an answer before that would reset the connection under the client. */
export async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _chunk of bytes);
  } catch {
    // It was read already, or the client went away; there is nobody left to answer.
  }
}

function missingBody(face: Face): Error {
  if (face === 'control') return new ControlError(400, 'the request has no body; send JSON')
  if (face === 'openstack') return new GlanceError(400, 'JSON body expected in request')
  return new CloudError('IMG.0007')
}

function malformedBody(face: Face): Error {
  if (face === 'control') return new ControlError(400, 'the body is not JSON')
  if (face === 'openstack') return new GlanceError(400, 'Malformed JSON in request body.')
  return new CloudError('IMG.0001', { found: 'not JSON' })
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  )
}
