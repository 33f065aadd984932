import { z } from 'zod'
import { safeParse } from '../lib/parse.ts'
import type { TraceName } from '../simulation/trace-name.ts'
import type { Call } from './call.ts'

/** @internal */
export type { Call } from './call.ts'
/** @internal Its types reach down to the database. */
export { callerOf, contextOf } from './call.ts'

export type Method = 'HEAD' | 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The answer of an operation before the pipeline puts it on the wire. */
export interface Answer {
  status: number
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown
  /** Streamed as it is, instead of a body. */
  bytes?: AsyncIterable<Uint8Array>
  headers?: Record<string, string>
}

/** The parts of a request that can be declared. Each is an object schema, so that the fields it does not read are known. */
export type RequestShape = {
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
}

/** Request parts as they came off the wire. */
export interface RawRequest {
  params: Record<string, string>
  query: Record<string, string | string[]>
  body: unknown
}

/** The declared replies by status; null where there is no JSON body. */
export type Responses = Readonly<Record<number, z.ZodType | null>>

type BodyOf<Schema> = Schema extends z.ZodType
  ? undefined extends z.input<Schema>
    ? { body?: z.input<Schema> }
    : { body: z.input<Schema> }
  : { body?: undefined }

/** The replies that an operation may give: for each declared status, a body of its declared schema. */
export type Reply<Replies extends Responses> = {
  [Status in keyof Replies & number]: {
    status: Status
    headers?: Record<string, string>
    bytes?: AsyncIterable<Uint8Array>
  } & BodyOf<Replies[Status]>
}[keyof Replies & number]

/** An action that a request needs under a condition, which is said in words. */
export interface ConditionalAction {
  action: string
  when: string
}

/** One API call as clients see it. It can be imported without the server: routing, OpenAPI and the test kit read it. */
export interface Contract {
  /** The SDK's name of it, e.g. `ShowJob`. */
  id: string
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
  /** False for a call without credentials, `when signed` for one that looks at a signature if there is one; its service decides when it is undefined. */
  authenticated?: boolean | 'when signed' | undefined
  /**
   * `json` bodies are read and parsed first, `bytes` are left to the handler, and so is a `document`, which it reads by
   * rules of its own; `none` are ignored.
   */
  takes: 'none' | 'json' | 'bytes' | 'document'
  /** Query parameters that a schema with open keys lets through and nothing reads. */
  ignores?: readonly string[]
  /** True when the last parameter of the path takes slashes, as the key of an object. */
  openEnd?: boolean
  /** True for calls that a closed control plane answers without its key: health checks have none. */
  forProbes?: boolean
  /** True for calls that are answered under every host name: monitors use any. */
  anyHost?: boolean
  /** True for a change through the control plane that a replay has to make again. */
  remembered?: boolean
  /** The name of its audit traces. Calls of an operation without one, such as reads, leave no trace. */
  trace?: TraceName | undefined
  /** False for calls that do not let the time of their world go on first: they answer whatever is due in it. */
  settles?: boolean
  request: z.ZodObject<RequestShape>
  responses: Responses
}

/** A contract that still knows the types of its request and its replies. */
export interface TypedContract<Request extends z.ZodObject, Replies extends Responses> extends Contract {
  readonly request: Request
  readonly responses: Replies
  /** The conditional actions with the test whether a parsed request needs them. */
  readonly conditions: readonly (ConditionalAction & { applies(request: z.output<Request>): boolean })[]
}

export interface ContractSpec<Request extends z.ZodObject, Replies extends Responses> {
  id: string
  method: Method
  path: string
  summary: string
  actions?: readonly string[]
  /** Without `applies` the handler itself checks the right, e.g. because the policy of a bucket can give it too. */
  conditionalActions?: readonly (ConditionalAction & { applies?(request: z.output<Request>): boolean })[]
  byEnterpriseProject?: boolean
  authenticated?: boolean | 'when signed'
  takes?: 'none' | 'json' | 'bytes'
  ignores?: readonly string[]
  openEnd?: boolean
  forProbes?: boolean
  anyHost?: boolean
  remembered?: boolean
  settles?: boolean
  trace?: TraceName
  request: Request
  responses: Replies
}

/**
 * Declares an API call. A JSON body is read when the request declares one.
 * @example
 * export const showJob = contract({
 *   id: 'ShowJob', method: 'GET', path: '/v1/{project_id}/jobs/{job_id}', summary: 'Show a job',
 *   request: z.object({ params: JobParams }), responses: { 200: JobWire },
 * })
 */
export function contract<Shape extends RequestShape, Replies extends Responses>(
  spec: ContractSpec<z.ZodObject<Shape>, Replies>,
): TypedContract<z.ZodObject<Shape>, Replies> {
  const { conditionalActions = [], actions = [], byEnterpriseProject = false, takes, ...declared } = spec
  return {
    ...declared,
    actions,
    byEnterpriseProject,
    conditionalActions: conditionalActions.map(({ action, when }) => ({ action, when })),
    conditions: conditionalActions.flatMap(({ applies, ...conditional }) =>
      applies === undefined ? [] : [{ ...conditional, applies }],
    ),
    takes: takes ?? ('body' in spec.request.shape ? 'json' : 'none'),
  }
}

/**
 * A contract joined with its handler.
 * @internal It reaches down to the database, whose types are not those of clients.
 */
export interface Operation<C extends Call = Call> extends Contract {
  /** Parses the raw parts and answers. @throws z.ZodError when they do not fit the contract. */
  run: (call: C, raw: RawRequest) => Answer | Promise<Answer>
}

/**
 * Joins a contract with its handler, which sees parsed fields only and must return a reply that the contract declares.
 * @example handle(showJob, (call, { params }) => ok(renderJob(findJob(call.world, params.job_id))))
 * @internal
 */
export function handle<C extends Call, Shape extends RequestShape, Replies extends Responses>(
  declared: TypedContract<z.ZodObject<Shape>, Replies>,
  handler: (
    call: C,
    request: z.output<z.ZodObject<Shape>>,
  ) => NoInfer<Reply<Replies> | Promise<Reply<Replies>>>,
): Operation<C> {
  return {
    ...declared,
    run(call, raw) {
      const { data: request, error } = safeParse(declared.request, raw)
      if (error !== undefined) throw error
      for (const { action, applies } of declared.conditions) if (applies(request)) call.authorize(action)
      return handler(call, request)
    },
  }
}

export function ok<Body>(
  body: Body,
  headers?: Record<string, string>,
): { status: 200; body: Body; headers?: Record<string, string> } {
  return { status: 200, body, ...(headers && { headers }) }
}

export function created<Body>(body: Body): { status: 201; body: Body } {
  return { status: 201, body }
}

/**
 * A reply with a status of its own, and a body or headers.
 * @example reply(202, { body: { job_id: id } })
 */
export function reply<Status extends number, Parts extends Omit<Answer, 'status'>>(
  status: Status,
  parts: Parts,
): { status: Status } & Parts {
  return { status, ...parts }
}

export function noContent(): { status: 204 } {
  return { status: 204 }
}

/** A request without any field. */
export const nothing = z.object({})
