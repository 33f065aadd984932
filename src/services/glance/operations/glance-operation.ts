import { z } from 'zod'
import type { Caller } from '../../../accounts/caller.ts'
import {
  type Answer,
  type Call,
  callerOf,
  type Method,
  type Operation,
  type RequestShape,
  type Responses,
} from '../../../contract/operation.ts'
import type { PyValue } from '../python/value.ts'
import type { Edition } from '../rules/edition.ts'
import { glanceWouldFail } from '../rules/refusals.ts'
import { readAnyDocument, readDocument, readOptionalDocument, refuseBody } from './document.ts'

/** A call of the OpenStack face: Glance reads paths, queries and bodies by rules of its own. */
export interface GlanceCall extends Call {
  caller: Caller
  edition: Edition
  /** Parameters of the path by their names. */
  params: Readonly<Record<string, string>>
  /** The JSON of the body; refuses a request without one, and one that is not JSON. */
  document(): Promise<PyValue>
  /** The same where the body may be missing. */
  optionalDocument(): Promise<PyValue | undefined>
}

export interface GlanceSpec<Replies extends Responses> {
  id: string
  method: Method
  path: string
  summary: string
  actions?: readonly string[]
  byEnterpriseProject?: boolean
  /** The edition that has it; both when it is not said. */
  edition?: Edition
  /**
   * `none`: a stock Glance refuses a body; `document`: JSON, read by the handler; `bytes`: those of an image; `fatal`: JSON
   * that breaks a stock Glance, and anything else is refused; `ignored`: nobody looks at it.
   */
  body: 'none' | 'document' | 'bytes' | 'fatal' | 'ignored'
  /** Query and body as the documents describe them; what does not fit is refused in Glance's own words. */
  query?: z.ZodObject
  document?: z.ZodType
  responses: Replies
  handle(call: GlanceCall): Answer | Promise<Answer>
}

const TAKES = {
  none: 'document',
  document: 'document',
  bytes: 'bytes',
  fatal: 'document',
  ignored: 'document',
} as const

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

/** Declares an operation of the image API. */
export function glanceOperation<const Replies extends Responses>(spec: GlanceSpec<Replies>): GlanceOperation {
  const {
    handle,
    body,
    query,
    document,
    edition,
    actions = [],
    byEnterpriseProject = false,
    ...declared
  } = spec
  const names = [...spec.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const shape: RequestShape = {
    ...(names.length > 0 && {
      params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
    }),
    ...(query && { query }),
    ...(document && { body: document }),
  }
  const inEdition = (own: Edition): Operation => ({
    ...declared,
    actions,
    conditionalActions: [],
    byEnterpriseProject,
    takes: TAKES[body],
    request: z.object(shape),
    async run(call, raw) {
      const { method } = spec
      const { headers, bytes } = call
      if (body === 'none' && own === 'stock') refuseBody(method, headers)
      if (body === 'fatal' && (await readOptionalDocument(method, headers, bytes)) !== undefined)
        throw glanceWouldFail('a body')
      return handle({
        ...call,
        caller: callerOf(call),
        edition: own,
        params: raw.params,
        document: () => readDocument(method, headers, bytes),
        optionalDocument: () => readAnyDocument(bytes),
      })
    },
  })
  return { edition, inEdition }
}

/** No content, in the content type that Glance gives to answers it has not thought about. */
export function done(): { status: 204; headers: Record<string, string> }
export function done<Status extends number>(
  status: Status,
): { status: Status; headers: Record<string, string> }
export function done(status = 204): { status: number; headers: Record<string, string> } {
  return { status, headers: { 'Content-Type': 'text/html; charset=UTF-8' } }
}
