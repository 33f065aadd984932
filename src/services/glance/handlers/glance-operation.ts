import type { z } from 'zod'
import type { RequestContext } from '../../../contract/call.ts'
import {
  type Answer,
  type Call,
  callerOf,
  type Operation,
  type Reply,
  type Responses,
} from '../../../contract/operation.ts'
import type { GlanceContract } from '../contract/glance-contract.ts'
import type { Edition } from '../edition.ts'
import { glanceWouldFail } from '../errors.ts'
import { Parameters, parseQuery } from '../python/query.ts'
import { parseBody, readDocument, refuseBody } from './document.ts'

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
