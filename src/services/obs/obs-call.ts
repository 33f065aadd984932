import type { z } from 'zod'
import type { Caller } from '../../accounts/caller.ts'
import type { Call } from '../../contract/call.ts'
import {
  type Answer,
  handle,
  type Operation,
  type Reply,
  type RequestShape,
  type Responses,
} from '../../contract/operation.ts'
import type { Level, ObsContract } from './contract/obs-contract.ts'
import type { ObjectName } from './rights.ts'
import type { Promised } from './wire/checksums.ts'
import type { Dialect } from './wire/dialect.ts'

/** What the service finds out about a request before its operation runs. */
export interface ObsVisit {
  dialect: Dialect
  /** True for a request with a signature, in its header or its query. */
  signed: boolean
  /** Headers that let a page of another site read the answer. */
  headersForPage: Readonly<Record<string, string>>
  /** What the client says about the bytes of the body. */
  promised: Promised
  /** Checks a right on a further thing, of the caller or of somebody else. @throws CodedRefusal AccessDenied */
  demand(action: string, on: ObjectName, as?: Caller): void
}

/** A call of the object service. */
export interface ObsCall extends Call, ObsVisit {}

/** An operation that is bound to a request before it runs. */
export interface ObsOperation {
  level: Level
  part: string | undefined
  /** The operation for documentation, rights and the journal. */
  declared: Operation
  bind(visit: ObsVisit): Operation
}

/**
 * Joins a contract of the object service with its handler.
 * @example obsOperation(headBucket, (call, { params }) => reply(200, { headers: bucketHeaders(existingBucket(call, params.bucket)) }))
 */
export function obsOperation<Shape extends RequestShape, Replies extends Responses>(
  { declared, level, part }: ObsContract<z.ZodObject<Shape>, Replies>,
  handler: (
    call: ObsCall,
    request: z.output<z.ZodObject<Shape>>,
  ) => NoInfer<Reply<Replies> | Promise<Reply<Replies>>>,
): ObsOperation {
  const bind = (visit: ObsVisit): Operation => {
    const bound = handle(declared, (call: Call, request: z.output<z.ZodObject<Shape>>) =>
      handler({ ...call, ...visit }, request),
    )
    const { headersForPage } = visit
    return {
      ...bound,
      async run(call, raw) {
        const answer = withLength(await bound.run(call, raw))
        return { ...answer, headers: { ...answer.headers, ...headersForPage } }
      },
    }
  }
  const unbound: Operation = {
    ...declared,
    run() {
      throw new Error(`${declared.id} runs only after the service has looked at its request`)
    },
  }
  return { level, part, declared: unbound, bind }
}

/** Says that an answer has no body, so that it is not sent in chunks. */
function withLength(answer: Answer): Answer {
  const { status, body, bytes, headers = {} } = answer
  const isEmpty = body === undefined && bytes === undefined && !('Content-Length' in headers)
  if (!isEmpty || status === 204 || status === 304) return answer
  return { ...answer, headers: { ...headers, 'Content-Length': '0' } }
}
