import type { z } from 'zod'
import type { RequestContext } from '../../../contract/call.ts'
import {
  type Answer,
  type Call,
  callerOf,
  type Method,
  type Operation,
  type Reply,
  type Responses,
} from '../../../contract/operation.ts'
import { readUpTo } from '../../../lib/bytes.ts'
import { hasMoreValues } from '../../../lib/json.ts'
import { CLOUD_JSON } from '../../service.ts'
import {
  checkDocument,
  type DocumentReader,
  type Edition,
  type GlanceContract,
} from '../contract/glance-contract.ts'
import { badRequest, GlanceError, glanceWouldFail, tooLargeBody } from '../errors.ts'
import { NotJson, type PyValue, parsePythonJson } from '../python/json.ts'
import { Parameters, parseQuery } from '../python/query.ts'

/** A call of the image API, with the edition that answers it. */
export interface GlanceCall extends Call, RequestContext {
  caller: RequestContext['caller']
  world: RequestContext['world']
  facts: RequestContext['facts']
  edition: Edition
}

/** The parts of a request. Query and body are read when the handler asks, as Glance checks some rights before it reads. */
export interface GlanceRequest<Params, Query, Document> {
  params: Params
  /** @throws Refusal when the query is malformed. */
  query(): Query
  /** @throws Refusal when the body is missing, not JSON, or malformed. */
  document(): Promise<Document>
}

/** An operation of the image API that is made for one edition of Glance, or for either. */
export interface GlanceOperation {
  /** The edition that has it; both when it is undefined. */
  edition?: Edition | undefined
  inEdition(edition: Edition): Operation
}

/** An operation that one edition has and the other does not. */
export function onlyIn(edition: Edition, operation: Operation): GlanceOperation {
  return { edition, inEdition: () => operation }
}

/**
 * Joins a contract of the image API with its handler, which must return a reply that the contract declares.
 * @example glanceOperation(showImage, (call, { params }) => ok(imageView(call, visibleImage(call, params.image_id))))
 */
export function glanceOperation<Params extends z.ZodObject, Query, Document, Replies extends Responses>(
  declared: GlanceContract<Params, Query, Document, Replies>,
  handler: (
    call: GlanceCall,
    request: GlanceRequest<z.output<Params>, Query, Document>,
  ) => NoInfer<Reply<Replies> | Promise<Reply<Replies>>>,
): GlanceOperation {
  const { body, method, params, query, document } = declared
  const inEdition = (edition: Edition): Operation => ({
    ...declared.inEdition(edition),
    async run(call, raw) {
      const { headers, bytes, search } = call
      if (body === 'none' && edition === 'stock') refuseBody(method, headers)
      if (body === 'fatal' && (await parseBody(method, headers, bytes)) !== undefined)
        throw glanceWouldFail('a body')
      const answer: Answer | Promise<Answer> = handler(
        { ...call, caller: callerOf(call), edition },
        {
          params: params.parse(raw.params),
          query: () => declaredPart(query, edition).read(new Parameters(parseQuery(search))),
          document: () => readDocument(declaredPart(document, edition), { method, headers, bytes }),
        },
      )
      return answer
    },
  })
  return { edition: declared.edition, inEdition }
}

/** The part of a request that an edition reads. @throws Error when the contract declares none. */
function declaredPart<Part>(parts: Readonly<Record<Edition, Part>> | undefined, edition: Edition): Part {
  if (parts === undefined)
    throw new Error('an operation reads a part of the request that its contract does not declare')
  return parts[edition]
}

/** An empty reply with the content type that a stock Glance gives to replies without a body. */
export function done(): { status: 204; headers: Record<string, string> }
export function done<Status extends number>(
  status: Status,
): { status: Status; headers: Record<string, string> }
export function done(status = 204): { status: number; headers: Record<string, string> } {
  return { status, headers: { 'Content-Type': 'text/html; charset=UTF-8' } }
}

const WITH_BODIES: ReadonlySet<Method> = new Set(['POST', 'PUT', 'PATCH'])
const ENCODINGS: ReadonlySet<string> = new Set(['chunked', 'compress', 'deflate', 'gzip', 'identity'])

/** Glance decides by the headers alone if a request has a body. */
function hasBody(method: string, headers: Headers): boolean {
  const encoding = (headers.get('transfer-encoding') ?? '').toLowerCase()
  const mayHaveOne = [...WITH_BODIES].some((known) => known === method)
  return (mayHaveOne && ENCODINGS.has(encoding)) || Number(headers.get('content-length') ?? 0) > 0
}

/** Refuses a request that has a body (400). */
function refuseBody(method: string, headers: Headers): void {
  if (hasBody(method, headers)) throw badRequest('A body is not expected with this request.')
}

/** Parses the JSON body of a request that must have one (400 otherwise). */
async function parseRequired(
  method: string,
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>,
): Promise<PyValue> {
  if (!hasBody(method, headers)) throw badRequest('Body expected in request.')
  return parse(await collect(headers, bytes))
}

/** Parses the JSON body of a request that may have one; returns undefined without a body. */
export async function parseBody(
  method: string,
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>,
): Promise<PyValue | undefined> {
  return hasBody(method, headers) ? parse(await collect(headers, bytes)) : undefined
}

/**
 * Parses the JSON body of a method that usually has none, as Huawei's DELETE of an image; returns undefined for an empty
 * body. The headers do not decide, because the Java SDK sends every body in chunks, those of deletions too.
 */
async function parseAnyBody(
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>,
): Promise<PyValue | undefined> {
  const sent = await collect(headers, bytes)
  return sent.length === 0 ? undefined : parse(sent)
}

/** Reads the document of an operation as its contract declares it. @throws Refusal when it is missing or malformed. */
async function readDocument<Document>(
  { presence, read }: DocumentReader<Document>,
  { method, headers, bytes }: SentBody,
): Promise<Document> {
  if (presence === 'none') return read(undefined, headers)
  const value =
    presence === 'required' ? await parseRequired(method, headers, bytes) : await parseAnyBody(headers, bytes)
  return read(value, headers)
}

/** A body on its way in. */
interface SentBody {
  method: Method
  headers: Headers
  bytes: AsyncIterable<Uint8Array>
}

function parse(bytes: Uint8Array): PyValue {
  if (hasMoreValues(Buffer.from(bytes).toString(), CLOUD_JSON.values)) throw tooLargeBody(CLOUD_JSON)
  let value: PyValue
  try {
    value = parsePythonJson(bytes)
  } catch (error) {
    if (error instanceof NotJson) throw badRequest('Malformed JSON in request body.')
    throw error
  }
  checkDocument(value)
  return value
}

/** Reads a JSON body in one piece; the bytes of images are streamed and have no limit. */
async function collect(headers: Headers, bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const body = await readUpTo(CLOUD_JSON.bytes, headers, bytes)
  if (body === undefined) throw tooLargeBody(CLOUD_JSON)
  return body
}

/** The refusal of a media type (415). It quotes the whole header; a request without one counts as plain text. */
export function unsupportedMediaType(headers: Headers, answer: Record<string, string> = {}): GlanceError {
  const found = headers.get('content-type') ?? 'text/plain'
  return new GlanceError(415, `The request media type ${found} is not supported by this server.`, {
    headers: answer,
  })
}
