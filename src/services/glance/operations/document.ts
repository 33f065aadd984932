import type { Method } from '../../../contract/operation.ts'
import { GlanceError } from '../errors.ts'
import { NotJson, parsePythonJson } from '../python/json.ts'
import type { PyValue } from '../python/value.ts'
import { badRequest, glanceWouldFail } from '../rules/refusals.ts'
import { hasLoneSurrogate } from '../rules/unicode.ts'

/** Documents are held in memory; longer ones are refused. Bytes of images are none. */
const LONGEST = 12 * 2 ** 20
const WITH_BODIES: ReadonlySet<Method> = new Set(['POST', 'PUT', 'PATCH'])
const ENCODINGS: ReadonlySet<string> = new Set(['chunked', 'compress', 'deflate', 'gzip', 'identity'])

/** Whether a request comes with a body, as Glance sees it: by its headers alone. */
function hasBody(method: string, headers: Headers): boolean {
  const encoding = (headers.get('transfer-encoding') ?? '').toLowerCase()
  const mayHaveOne = [...WITH_BODIES].some((known) => known === method)
  return (mayHaveOne && ENCODINGS.has(encoding)) || Number(headers.get('content-length') ?? 0) > 0
}

export function refuseBody(method: string, headers: Headers): void {
  if (hasBody(method, headers)) throw badRequest('A body is not expected with this request.')
}

/** Reads the JSON of a request that must have some. */
export async function readDocument(
  method: string,
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>,
): Promise<PyValue> {
  if (!hasBody(method, headers)) throw badRequest('Body expected in request.')
  return parse(await collect(bytes))
}

/** Reads JSON where it may be missing; undefined without a body. */
export async function readOptionalDocument(
  method: string,
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>,
): Promise<PyValue | undefined> {
  return hasBody(method, headers) ? parse(await collect(bytes)) : undefined
}

/**
 * Reads JSON that the cloud takes where a stock Glance takes no body; undefined without one. The headers are not asked: the
 * Java SDK sends every body in chunks, those of deletions too.
 */
export async function readAnyDocument(bytes: AsyncIterable<Uint8Array>): Promise<PyValue | undefined> {
  const sent = await collect(bytes)
  return sent.length === 0 ? undefined : parse(sent)
}

function parse(bytes: Uint8Array): PyValue {
  let value: PyValue
  try {
    value = parsePythonJson(bytes)
  } catch (error) {
    if (error instanceof NotJson) throw badRequest('Malformed JSON in request body.')
    throw error
  }
  if (value === null || typeof value !== 'object')
    throw badRequest('Unexpected body type. Expected list/dict.')
  if (hasLoneSurrogate(value)) throw glanceWouldFail('half a character')
  return value
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size <= LONGEST) chunks.push(chunk)
  }
  if (size > LONGEST) throw new GlanceError(413, `The body of a request has at most ${LONGEST} bytes.`)
  return Buffer.concat(chunks)
}
