import { ZodError } from 'zod'
import { authenticate, type Credential } from '../cloud/identity/caller.ts'
import { settle } from '../engine/settle.ts'
import { CloudError, ControlError, GlanceError } from '../kernel/errors.ts'
import type { Answer, Call, Operation, RawRequest } from '../operations/operation.ts'
import { bodyBytes, drain, noBytes, readJson, type ServerContext } from './body.ts'
import { controlAccess } from './control-access.ts'
import type { RunningEmulator } from './emulator.ts'
import { renderError } from './render-error.ts'

/**
 * The way of every request: settle, authenticate, parse, handle, answer. Every answer carries its request id; what goes
 * wrong on the way is answered in the form of the operation's face.
 */
export async function answerRequest(
  emulator: RunningEmulator,
  operation: Operation,
  context: ServerContext,
): Promise<Response> {
  const requestId = emulator.nextRequestId()
  let answer: Answer
  try {
    answer = await runOperation(emulator, operation, context, requestId)
    emulator.checkResponse(operation, answer)
  } catch (error) {
    const failure = error instanceof ZodError ? refusalOf(operation, error) : error
    answer = renderError(operation.face, failure, requestId, (unexpected) =>
      emulator.log(requestId, unexpected),
    )
  }
  if (operation.takes === 'bytes' && answer.status >= 400) await drain(bodyBytes(context))
  return toResponse(answer, requestId)
}

async function runOperation(
  emulator: RunningEmulator,
  operation: Operation,
  context: ServerContext,
  requestId: string,
): Promise<Answer> {
  const request = context.req.raw
  if (operation.face === 'control') controlAccess(request.headers, emulator.allowedHosts)
  const world = emulator.defaultWorld()
  settle(world)
  const caller = operation.authenticated ? authenticate(world, credentialOf(request.headers)) : undefined
  const url = new URL(request.url)
  const raw: RawRequest = {
    params: context.req.param(),
    query: queryFields(url.searchParams),
    body: operation.takes === 'json' ? await readJson(request, operation.face) : undefined,
  }
  const call: Call = {
    emulator,
    world,
    caller,
    requestId,
    origin: url.origin,
    headers: request.headers,
    query: url.searchParams,
    bytes: operation.takes === 'bytes' ? bodyBytes(context) : noBytes,
  }
  const answer = await operation.run(call, raw)
  world.keepTime()
  return answer
}

/** A parameter that comes once is its value, one that is repeated is the list of its values. */
function queryFields(query: URLSearchParams): RawRequest['query'] {
  const fields: RawRequest['query'] = {}
  for (const [name, value] of query) {
    const before = fields[name]
    fields[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return fields
}

/** The token or the access key that a request shows; undefined when it shows neither in a form that can be read. */
function credentialOf(headers: Headers): Credential | undefined {
  const token = headers.get('x-auth-token')
  if (token !== null && token !== '') return { token }
  const signature = /^SDK-HMAC-SHA256\s+(?:.*,\s*)?Access=([^,\s]+)/.exec(headers.get('authorization') ?? '')
  return signature?.[1] === undefined ? undefined : { accessKey: signature[1] }
}

/** What fields that do not fit mean on each face: the IMG code of the first broken rule, or a sentence. */
function refusalOf(operation: Operation, error: ZodError): Error {
  const issue = error.issues[0]
  const message = issue?.message ?? 'the request does not fit'
  const path = issue?.path.slice(1).join('.') ?? ''
  if (operation.face === 'control')
    return new ControlError(400, path === '' ? message : `${path}: ${message}`)
  if (operation.face === 'openstack')
    return new GlanceError(400, path === '' ? message : `Invalid value for ${path}: ${message}`)
  return new CloudError(/^IMG\.\d{4}$/.test(message) ? message : 'IMG.0001', { path, message })
}

function toResponse({ status, body, bytes, headers }: Answer, requestId: string): Response {
  const all = new Headers({ ...headers, 'X-Request-Id': requestId })
  if (bytes !== undefined) return new Response(ReadableStream.from(bytes), { status, headers: all })
  if (body === undefined) return new Response(null, { status, headers: all })
  if (typeof body === 'string') return new Response(body, { status, headers: all })
  if (!all.has('content-type')) all.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status, headers: all })
}
