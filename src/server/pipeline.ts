import { ZodError } from 'zod'
import { authenticate, type Credential } from '../cloud/identity/caller.ts'
import { settle } from '../engine/settle.ts'
import { CloudError, ControlError, GlanceError } from '../kernel/errors.ts'
import { openstackRequestId } from '../kernel/ids.ts'
import type { JournalEntry } from '../operations/journal.ts'
import type { Answer, Call, Operation, RawRequest } from '../operations/operation.ts'
import { bodyBytes, drain, noBytes, readJson, type ServerContext } from './body.ts'
import { controlAccess } from './control-access.ts'
import type { RunningEmulator } from './emulator.ts'
import { renderError } from './render-error.ts'
import { unreadParts } from './unread.ts'

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
  const seen: Seen = { unread: [] }
  let answer: Answer
  try {
    answer = await runOperation(emulator, operation, context, requestId, seen)
    emulator.checkResponse(operation, answer)
  } catch (error) {
    const failure = error instanceof ZodError ? refusalOf(operation, error) : error
    if (failure instanceof CloudError) seen.code = failure.code
    answer = renderError(
      operation.face,
      failure,
      requestId,
      (unexpected) => emulator.log(requestId, unexpected),
      context.req.raw.headers.get('accept'),
    )
  }
  if (leavesBody(operation) && answer.status >= 400) await drain(bodyBytes(context))
  if (operation.face !== 'control')
    note(emulator, context, { ...seen, requestId, operation: operation.id, status: answer.status })
  if (operation.face !== 'openstack') return toResponse(answer, requestId)
  const headers = { ...answer.headers, 'X-Openstack-Request-Id': openstackRequestId(requestId) }
  return toResponse({ ...answer, headers }, requestId)
}

/** Whether the body of a request is the operation's own to read. */
function leavesBody({ takes }: Operation): boolean {
  return takes === 'bytes' || takes === 'document'
}

/** What is learned about a request on its way, for the journal. */
interface Seen {
  code?: string
  projectId?: string
  unread: readonly string[]
}

/** Writes a request of the emulated cloud into the journal of its world. */
export function note(
  emulator: RunningEmulator,
  context: ServerContext,
  { requestId, status, ...seen }: Partial<JournalEntry> & Pick<JournalEntry, 'requestId' | 'status'>,
): void {
  const world = emulator.defaultWorld()
  const { method, url } = context.req
  world.journal.add({
    requestId,
    at: world.clock.now(),
    method,
    path: url.slice(url.indexOf('/', url.indexOf('//') + 2)),
    operation: seen.operation,
    status,
    code: seen.code,
    projectId: seen.projectId,
    unread: seen.unread ?? [],
  })
}

async function runOperation(
  emulator: RunningEmulator,
  operation: Operation,
  context: ServerContext,
  requestId: string,
  seen: Seen,
): Promise<Answer> {
  const request = context.req.raw
  if (operation.face === 'control') controlAccess(request.headers, emulator.allowedHosts)
  const world = emulator.defaultWorld()
  settle(world)
  const caller = operation.authenticated ? authenticate(world, credentialOf(request.headers)) : undefined
  if (caller !== undefined) seen.projectId = caller.projectId
  const url = new URL(request.url)
  const raw: RawRequest = {
    params: context.req.param(),
    query: queryFields(url.searchParams),
    body:
      operation.takes === 'json'
        ? await readJson(request, operation.face, bodyMayBeMissing(operation))
        : undefined,
  }
  seen.unread = unreadParts(operation, raw, request.headers)
  const call: Call = {
    emulator,
    world,
    caller,
    requestId,
    origin: url.origin,
    headers: request.headers,
    query: url.searchParams,
    search: url.search.slice(1),
    bytes: leavesBody(operation) ? bodyBytes(context) : noBytes,
  }
  const answer = await operation.run(call, raw)
  world.keepTime()
  return answer
}

/** Whether an operation was declared with a body that need not be sent. */
function bodyMayBeMissing({ request }: Operation): boolean {
  return request.shape.body?.safeParse(undefined).success ?? false
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

/** An answer on the wire; every one carries its request id. */
export function toResponse({ status, body, bytes, headers }: Answer, requestId: string): Response {
  const all = new Headers({ ...headers, 'X-Request-Id': requestId })
  if (bytes !== undefined) return new Response(ReadableStream.from(bytes), { status, headers: all })
  if (body === undefined) return new Response(null, { status, headers: all })
  if (typeof body === 'string') return new Response(body, { status, headers: all })
  if (!all.has('content-type')) all.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status, headers: all })
}
