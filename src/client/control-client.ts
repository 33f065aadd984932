import { z } from 'zod'
import type { Contract, RequestShape, Responses, TypedContract } from '../contract/operation.ts'
import { jsonIn } from '../lib/json.ts'

/** Sends a request, over the network or within the process. */
export type Send = (request: Request) => Promise<Response>

/** The control plane refuses a request, or no control plane answers at the address. */
export class ControlFailure extends Error {
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    this.name = 'ControlFailure'
    this.status = status
  }
}

/** Bytes that are sent; a stream is sent as it comes. */
type UploadedBytes = Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>

/** Calls operations of the control plane by their contracts, which give the types of requests and replies. */
export interface ControlClient {
  /** `http://127.0.0.1:7878`, without a slash at the end. */
  readonly url: string
  /**
   * @param answer the schema of the contract that parses the reply.
   * @throws ControlFailure when the control plane refuses, or does not answer as it is declared.
   */
  call<Shape extends RequestShape, Answers extends Responses, Answer>(
    operation: TypedContract<z.ZodObject<Shape>, Answers>,
    answer: z.ZodType<Answer>,
    sent?: z.input<z.ZodObject<Shape>>,
  ): Promise<Answer>
  /** Calls an operation whose body is a text. @throws ControlFailure as `call`. */
  send<Answers extends Responses, Answer>(
    operation: TypedContract<z.ZodObject, Answers>,
    answer: z.ZodType<Answer>,
    text: string,
  ): Promise<Answer>
  /** Calls an operation whose body is bytes. @throws ControlFailure as `call`. */
  upload<Shape extends RequestShape, Answers extends Responses, Answer>(
    operation: TypedContract<z.ZodObject<Shape>, Answers>,
    answer: z.ZodType<Answer>,
    sent: z.input<z.ZodObject<Shape>>,
    bytes: UploadedBytes | undefined,
    contentType?: string,
  ): Promise<Answer>
  /** Calls an operation that answers with a file, and returns its bytes as a stream. @throws ControlFailure as `call`. */
  download<Shape extends RequestShape, Answers extends Responses>(
    operation: TypedContract<z.ZodObject<Shape>, Answers>,
    sent?: z.input<z.ZodObject<Shape>>,
  ): Promise<ReadableStream<Uint8Array>>
  /** Returns a client for the operations of one world. */
  inWorld(name: string): ControlClient
}

/** Creates a client for the control plane of the emulator at an address. */
export function controlClient(url: string, send: Send, world?: string): ControlClient {
  async function answered<Answer>(id: string, answer: z.ZodType<Answer>, request: Request): Promise<Answer> {
    const response = await reach(url, send, request)
    const text = await response.text()
    if (!response.ok) throw refusal(text, response.status)
    const result = answer.safeParse(text === '' ? undefined : jsonOrText(text))
    if (result.success) return result.data
    throw new ControlFailure(
      `${url} answered ${id} in a form that this version does not know: ${result.error.message}`,
      response.status,
    )
  }

  return {
    url,
    inWorld: (name) => controlClient(url, send, name),
    call(operation, answer, sent) {
      const { params, query, body }: Parts = sent ?? {}
      const text = body === undefined ? undefined : JSON.stringify(body)
      return answered(
        operation.id,
        answer,
        requestFor(operation, url + pathOf(operation, world), { params, query, text }),
      )
    },
    send: (operation, answer, text) =>
      answered(operation.id, answer, requestFor(operation, url + pathOf(operation, world), { text })),
    upload(operation, answer, sent, bytes, contentType) {
      const { params, query }: Parts = sent
      const request = requestFor(operation, url + pathOf(operation, world), {
        params,
        query,
        bytes,
        contentType,
      })
      return answered(operation.id, answer, request)
    },
    async download(operation, sent) {
      const { params, query }: Parts = sent ?? {}
      const request = requestFor(operation, url + pathOf(operation, world), { params, query })
      const response = await reach(url, send, request)
      if (!response.ok) throw refusal(await response.text(), response.status)
      return response.body ?? new Blob([]).stream()
    },
  }
}

/** The schema of a reply without a body. */
export const silence = z.undefined()

interface Parts {
  params?: unknown
  query?: unknown
  body?: unknown
}

/** The path of an operation, below the prefix of the world when there is one. */
function pathOf({ path }: Contract, world: string | undefined): string {
  return world === undefined ? path : path.replace('/_ims', `/_ims/worlds/${world}`)
}

interface RequestParts {
  params?: unknown
  query?: unknown
  /** A JSON body. */
  text?: string | undefined
  /** Any other body. */
  bytes?: UploadedBytes | undefined
  contentType?: string | undefined
}

function requestFor(
  { method }: Contract,
  address: string,
  { params, query, text, bytes, contentType }: RequestParts,
): Request {
  const filled = Object.entries(fields(params)).reduce(
    (soFar, [name, value]) => soFar.replace(`{${name}}`, encodeURIComponent(value)),
    address,
  )
  const search = new URLSearchParams(fields(query)).toString()
  return new Request(filled + (search === '' ? '' : `?${search}`), {
    method,
    ...(text !== undefined && { headers: { 'Content-Type': 'application/json' }, body: text }),
    ...(bytes !== undefined && { body: bytes, duplex: 'half' }),
    ...(contentType !== undefined && { headers: { 'Content-Type': contentType } }),
  })
}

function fields(part: unknown): Record<string, string> {
  if (typeof part !== 'object' || part === null) return {}
  return Object.fromEntries(
    Object.entries(part).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

/** Sends a request. @throws ControlFailure when nothing answers at the address. */
export async function reach(url: string, send: Send, request: Request): Promise<Response> {
  try {
    return await send(request)
  } catch (error) {
    throw new ControlFailure(
      `nothing answers at ${url}; start it with ims-emulator start, or say where it is`,
      undefined,
      error,
    )
  }
}

const Problem = z.object({ detail: z.string() })

function refusal(text: string, status: number): ControlFailure {
  const problem = Problem.safeParse(jsonOrText(text))
  return new ControlFailure(problem.success ? problem.data.detail : `it answered ${status}`, status)
}

/** The environment variable with the key of a closed control plane. */
const KEY_VARIABLE = 'IMS_CONTROL_KEY'

/** Adds the key of a closed control plane to requests for it. Requests of the emulated cloud are sent without the key. */
export function withControlKey(send: Send, key: string | undefined): Send {
  if (key === undefined || key === '') return send
  return (request) => {
    if (!/^\/(?:_ims|metrics)(?:\/|$)/.test(new URL(request.url).pathname)) return send(request)
    const headers = new Headers(request.headers)
    headers.set('Authorization', `Bearer ${key}`)
    return send(new Request(request, { headers }))
  }
}

/** Sends over the network, with the key in `IMS_CONTROL_KEY`. */
export const sendWithKey: Send = (request) => withControlKey(fetch, process.env[KEY_VARIABLE])(request)

/** Parses JSON; returns other text unchanged. */
export function jsonOrText(text: string): unknown {
  const json = jsonIn(text)
  return json === undefined ? text : json
}
