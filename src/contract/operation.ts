import { z } from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Edition } from '../services/glance/rules/edition.ts'
import type { World } from '../simulation/world.ts'
import type { Emulator } from './emulator.ts'

/** One HTTP API over the domain. It decides how errors look and how a missing path is answered. */
export type Face = 'ims' | 'openstack' | 'iam' | 'eps' | 'control'

export type Method = 'HEAD' | 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * What the operation needs of a request beyond its parsed fields.
 * @internal
 */
export interface Call {
  emulator: Emulator
  world: World
  /** Absent only for operations that answer without credentials. */
  caller: Caller | undefined
  requestId: string
  /** Refuses the caller when it has no right to an action that this request turns out to need. */
  authorize(action: string): void
  /** Scheme and host as the client sees them, without a slash at the end. */
  host: string
  /** The same with the path that leads to the world: what the world's own paths are appended to. */
  base: string
  headers: Headers
  /** The query as it came, for operations that read more than they declare. */
  query: URLSearchParams
  /** The same as it was sent, without the question mark. */
  search: string
  /** The body as it streams in, for operations that take bytes or a document; empty for all others. */
  bytes: AsyncIterable<Uint8Array>
}

/** What an operation answers; the pipeline puts it on the wire. */
export interface Answer {
  status: number
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, instead of a body. */
  bytes?: AsyncIterable<Uint8Array>
  headers?: Record<string, string>
}

/** The parts of a request that can be declared. Each is an object schema, so that what was not read is known. */
export type RequestShape = {
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
}

/** An action that a request needs under a condition, which is said in words. */
export interface ConditionalAction {
  action: string
  when: string
}

/** One API call of the emulated cloud, declared once. Routing, validation, identity, OpenAPI and coverage read it. */
export interface Operation {
  /** The SDK's name of it, e.g. `ShowJob`. */
  id: string
  face: Face
  method: Method
  /** Path with `{parameters}`, as the documents write it. */
  path: string
  summary: string
  /** The IAM actions it needs, all of them, from the cloud's permission table; none when the cloud asks for none. */
  actions: readonly string[]
  /** Further actions, which only some requests need. */
  conditionalActions: readonly ConditionalAction[]
  /** True when the cloud lets roles in an enterprise project count for it. */
  byEnterpriseProject: boolean
  /** False for what answers without credentials; `when signed` for what looks at a signature if there is one. */
  authenticated: boolean | 'when signed'
  /** The edition of the OpenStack face that has it; both when it is not said. */
  edition?: Edition
  /**
   * `json` bodies are read and parsed first, `bytes` are left to the handler, and so is a `document`, which it reads by
   * rules of its own; `none` are ignored.
   */
  takes: 'none' | 'json' | 'bytes' | 'document'
  /** Query parameters that a schema with open keys lets through and nothing reads. */
  ignores?: readonly string[]
  /** True for what a closed control plane answers all the same. */
  forProbes?: boolean
  /** True for a change through the control plane that somebody has to make again who wants to see the same. */
  remembered?: boolean
  request: z.ZodObject<RequestShape>
  responses: Responses
  /**
   * Parses the raw parts and answers.
   * @throws z.ZodError when they do not fit.
   * @internal It reaches down to the database, whose types are not those of whoever calls operations over HTTP.
   */
  run(call: Call, raw: RawRequest): Answer | Promise<Answer>
}

/** Request parts as they came off the wire. */
export interface RawRequest {
  params: Record<string, string>
  query: Record<string, string | string[]>
  body: unknown
}

/** By status; null where there is no JSON body. */
export type Responses = Readonly<Record<number, z.ZodType | null>>

/** An operation that still knows the shapes of its request and its answers, for whoever calls it. */
export interface Declared<Request extends z.ZodObject, Answers extends Responses> extends Operation {
  readonly request: Request
  readonly responses: Answers
}

/** @internal */
export interface OperationSpec<Request extends z.ZodObject, Answers extends Responses> {
  id: string
  face: Face
  method: Method
  path: string
  summary: string
  actions?: readonly string[]
  conditionalActions?: readonly (ConditionalAction & { applies(request: z.output<Request>): boolean })[]
  byEnterpriseProject?: boolean
  authenticated?: boolean | 'when signed'
  takes?: 'none' | 'json' | 'bytes'
  ignores?: readonly string[]
  forProbes?: boolean
  remembered?: boolean
  edition?: Edition
  request: Request
  responses: Answers
  handle(call: Call, request: z.output<Request>): Answer | Promise<Answer>
}

/**
 * Declares an operation. The handler sees parsed fields only; a JSON body is read when the request declares one.
 * @internal
 */
export function operation<Shape extends RequestShape, Answers extends Responses>(
  spec: OperationSpec<z.ZodObject<Shape>, Answers>,
): Declared<z.ZodObject<Shape>, Answers> {
  const { handle, takes, authenticated, ...declared } = spec
  const { actions = [], conditionalActions = [], byEnterpriseProject = false } = spec
  return {
    ...declared,
    actions,
    conditionalActions: conditionalActions.map(({ action, when }) => ({ action, when })),
    byEnterpriseProject,
    authenticated: authenticated ?? spec.face !== 'control',
    takes: takes ?? ('body' in spec.request.shape ? 'json' : 'none'),
    run(call, raw) {
      const request = spec.request.parse(raw)
      for (const { action, applies } of conditionalActions) if (applies(request)) call.authorize(action)
      return handle(call, request)
    },
  }
}

/**
 * The caller of an operation that needs one; the pipeline has seen to it.
 * @internal
 */
export function callerOf(call: Call): Caller {
  if (call.caller === undefined)
    throw new Error('this operation was declared without credentials but needs a caller')
  return call.caller
}

export function ok(body: unknown, headers?: Record<string, string>): Answer {
  return { status: 200, body, ...(headers && { headers }) }
}

export function noContent(): Answer {
  return { status: 204 }
}

/** A request without any field. */
export const nothing = z.object({})
