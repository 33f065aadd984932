import { z } from 'zod'
import type { Contract, RequestShape, Responses, TypedContract } from '../contract/operation.ts'
import { jsonOrText } from './json.ts'

/** Sends a request, over the network or within the process. */
export type Send = (request: Request) => Promise<Response>

/** The control plane said no, or nothing that speaks its language is there. */
export class ControlFailure extends Error {
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    this.name = 'ControlFailure'
    this.status = status
  }
}

/** Calls operations of the control plane as they are declared: what is sent and what is answered has their types. */
export interface ControlClient {
  /** `http://127.0.0.1:7878`, without a slash at the end. */
  readonly url: string
  /**
   * @param answer the schema among the operation's that the answer is read by.
   * @throws ControlFailure when the control plane refuses, or does not answer as it is declared.
   */
  call<Shape extends RequestShape, Answers extends Responses, Answer>(
    operation: TypedContract<z.ZodObject<Shape>, Answers>,
    answer: z.ZodType<Answer>,
    sent?: z.input<z.ZodObject<Shape>>,
  ): Promise<Answer>
  /** Calls an operation that takes a text as its body. @throws ControlFailure as `call`. */
  send<Answers extends Responses, Answer>(
    operation: TypedContract<z.ZodObject, Answers>,
    answer: z.ZodType<Answer>,
    text: string,
  ): Promise<Answer>
  /** Calls an operation that answers with a file, and hands on its bytes as they come. @throws ControlFailure as `call`. */
  download<Shape extends RequestShape, Answers extends Responses>(
    operation: TypedContract<z.ZodObject<Shape>, Answers>,
    sent?: z.input<z.ZodObject<Shape>>,
  ): Promise<ReadableStream<Uint8Array>>
  /** The same for a world: its own clock, rules, journal. */
  inWorld(name: string): ControlClient
}

/** A client for the control plane of the emulator at an address. */
export function controlClient(url: string, send: Send, world?: string): ControlClient {
  async function answered<Answer>(id: string, answer: z.ZodType<Answer>, request: Request): Promise<Answer> {
    const response = await reach(url, send, request)
    const text = await response.text()
    if (!response.ok) throw refusal(text, response.status)
    const result = answer.safeParse(text === '' ? undefined : jsonOrText(text))
    if (result.success) return result.data
    throw new ControlFailure(
      `${url} answered ${id} in words that this version does not know: ${result.error.message}`,
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
        requestFor(operation, url + placed(operation, world), { params, query, text }),
      )
    },
    send: (operation, answer, text) =>
      answered(operation.id, answer, requestFor(operation, url + placed(operation, world), { text })),
    async download(operation, sent) {
      const { params, query }: Parts = sent ?? {}
      const request = requestFor(operation, url + placed(operation, world), { params, query })
      const response = await reach(url, send, request)
      if (!response.ok) throw refusal(await response.text(), response.status)
      return response.body ?? new Blob([]).stream()
    },
  }
}

/** What an operation answers that has nothing to say. */
export const silence = z.undefined()

interface Parts {
  params?: unknown
  query?: unknown
  body?: unknown
}

/** Where an operation stands, in a world when it is about one. */
function placed({ path }: Contract, world: string | undefined): string {
  return world === undefined ? path : path.replace('/_ims', `/_ims/worlds/${world}`)
}

function requestFor(
  { method }: Contract,
  address: string,
  { params, query, text }: { params?: unknown; query?: unknown; text?: string | undefined },
): Request {
  const filled = Object.entries(fields(params)).reduce(
    (soFar, [name, value]) => soFar.replace(`{${name}}`, encodeURIComponent(value)),
    address,
  )
  const search = new URLSearchParams(fields(query)).toString()
  return new Request(filled + (search === '' ? '' : `?${search}`), {
    method,
    ...(text !== undefined && { headers: { 'Content-Type': 'application/json' }, body: text }),
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
