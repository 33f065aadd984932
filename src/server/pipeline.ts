import { ZodError } from 'zod'
import type { Caller } from '../cloud/identity/caller.ts'
import { settle } from '../engine/settle.ts'
import { AccessDenied, CloudError, ControlError, GlanceError, IamError } from '../kernel/errors.ts'
import { openstackRequestId } from '../kernel/ids.ts'
import type { JournalEntry } from '../operations/journal.ts'
import type { Answer, Call, Operation, RawRequest } from '../operations/operation.ts'
import { authenticate } from './authentication.ts'
import { authorize } from './authorization.ts'
import { type Body, bodyBytes, drain, noBytes, readJson, type ServerContext } from './body.ts'
import { controlAccess } from './control-access.ts'
import type { RunningEmulator } from './emulator.ts'
import { findWorld, type Place } from './find-world.ts'
import { renderError } from './render-error.ts'
import { unreadParts } from './unread.ts'
import type { OpenWorld } from './worlds.ts'

/**
 * The way of every request: settle, authenticate, parse, handle, answer. Every answer carries its request id; what goes
 * wrong on the way is answered in the form of the operation's face.
 */
export async function answerRequest(
  emulator: RunningEmulator,
  operation: Operation,
  context: ServerContext,
): Promise<Response> {
  const { world, prefix } = findWorld(emulator, context)
  const requestId = world.nextRequestId()
  const seen: Seen = { unread: [] }
  let answer: Answer
  try {
    answer = await runOperation(emulator, { world, prefix }, operation, context, requestId, seen)
    emulator.checkResponse(operation, answer)
  } catch (error) {
    const failure = inFaceWords(operation, error)
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
    note(world, context, { ...seen, requestId, operation: operation.id, status: answer.status })
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
  world: OpenWorld,
  context: ServerContext,
  { requestId, status, ...seen }: Partial<JournalEntry> & Pick<JournalEntry, 'requestId' | 'status'>,
): void {
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
  { world, prefix }: Place,
  operation: Operation,
  context: ServerContext,
  requestId: string,
  seen: Seen,
): Promise<Answer> {
  const request = context.req.raw
  if (operation.face === 'control') controlAccess(request.headers, emulator.allowedHosts)
  settle(world)
  const params = context.req.param()
  const { caller, body } = await introduce(emulator, world, operation, context)
  if (caller !== undefined) seen.projectId = caller.projectId
  const url = new URL(request.url)
  const raw: RawRequest = {
    params,
    query: queryFields(url.searchParams),
    body:
      operation.takes === 'json'
        ? await readJson(body, operation.face, bodyMayBeMissing(operation))
        : undefined,
  }
  seen.unread = unreadParts(operation, raw, request.headers)
  const rights = authorize(world, caller, operation, raw, context)
  const call: Call = {
    emulator,
    world,
    caller: rights.caller,
    requestId,
    authorize: rights.demand,
    host: url.origin,
    base: url.origin + prefix,
    headers: request.headers,
    query: url.searchParams,
    search: url.search.slice(1),
    bytes: leavesBody(operation) ? body : noBytes,
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

/** Who calls, where an operation wants to know, and the body. */
async function introduce(
  emulator: RunningEmulator,
  world: OpenWorld,
  operation: Operation,
  context: ServerContext,
): Promise<{ caller: Caller | undefined; body: Body }> {
  const { authenticated } = operation
  const signed = context.req.raw.headers.has('authorization')
  if (authenticated === 'when signed' ? !signed : !authenticated)
    return { caller: undefined, body: bodyBytes(context) }
  const projectInPath = context.req.param('project_id')
  const found = await authenticate(world, context, { projectInPath, explain: emulator.explainAuth })
  const ofProjects = operation.face === 'ims' || operation.face === 'openstack'
  if (ofProjects && found.caller.domainScoped && world.auth.mode === 'strict')
    throw new CloudError('IMG.0087', { scope: 'domain' })
  return found
}

/** A refusal that every face says in words of its own. */
function inFaceWords(operation: Operation, error: unknown): unknown {
  if (error instanceof ZodError) return refusalOf(operation, error)
  if (error instanceof AccessDenied) return denial(operation.face, error)
  return error
}

function denial(face: Operation['face'], { action, message }: AccessDenied): Error {
  if (face === 'openstack') return new GlanceError(403, message)
  if (face === 'iam') return new IamError(403, message)
  const code = face === 'eps' ? 'EPS.0004' : 'IMG.0026'
  const { message: role } = new CloudError(code)
  return new CloudError(code, { action }, { text: `${role} ${message}` })
}

/** What fields that do not fit mean on each face: the code of the first broken rule, or a sentence. */
function refusalOf(operation: Operation, error: ZodError): Error {
  const issue = error.issues[0]
  const message = issue?.message ?? 'the request does not fit'
  const path = issue?.path.slice(1).join('.') ?? ''
  if (operation.face === 'control')
    return new ControlError(400, path === '' ? message : `${path}: ${message}`)
  if (operation.face === 'iam') return new IamError(400, path === '' ? message : `${path}: ${message}`)
  if (operation.face === 'openstack')
    return new GlanceError(400, path === '' ? message : `Invalid value for ${path}: ${message}`)
  const otherwise = operation.face === 'eps' ? 'EPS.0002' : 'IMG.0001'
  return new CloudError(/^(IMG|EPS)\.\d{4}$/.test(message) ? message : otherwise, { path, message })
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
