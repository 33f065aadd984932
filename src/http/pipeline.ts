import type { Caller } from '../accounts/caller.ts'
import type { Answer, Call, Operation, RawRequest } from '../contract/operation.ts'
import { CloudError } from '../lib/errors.ts'
import { settle } from '../simulation/settle.ts'
import type { RunningEmulator } from '../worlds/emulator.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { insteadAnswer, overridden, ruleOn } from './apply-rules.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import { type Body, bodyBytes, drain, noBytes, readJson, type ServerContext } from './body.ts'
import { checkControlKey, controlAccess } from './control-guard.ts'
import { inFaceWords } from './face-words.ts'
import { findWorld, type Place } from './find-world.ts'
import { readAhead } from './read-ahead.ts'
import { type Received, receive } from './received.ts'
import { note } from './record-request.ts'
import { renderError } from './render-error.ts'
import { inWords, toResponse, withOpenstackId } from './respond.ts'
import { THROTTLED, throttledAnswer } from './throttled.ts'
import { unreadParts } from './unread.ts'
import { spoil, wireFaultsOf } from './wire-faults.ts'

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
  const received = receive(world, context, operation.face)
  received.operation = operation.id
  const { requestId } = received
  let answer: Answer
  try {
    answer = await runOperation(emulator, { world, prefix }, operation, context, received)
  } catch (error) {
    const failure = inFaceWords(operation, error)
    if (failure instanceof CloudError) received.code = failure.code
    answer = renderError(
      operation.face,
      failure,
      requestId,
      (unexpected) => emulator.log(requestId, unexpected),
      context.req.raw.headers.get('accept'),
    )
  }
  if (leavesBody(operation) && answer.status >= 400) await drain(bodyBytes(context))
  const worded = inWords(answer)
  if (operation.face !== 'control' || (operation.remembered && answer.status < 400))
    note(world, context, received, worded)
  const response = toResponse(
    operation.face === 'openstack' ? withOpenstackId(worded, requestId) : worded,
    requestId,
  )
  return received.faults === undefined ? response : await spoil(response, received.faults, context)
}

/** Whether the body of a request is the operation's own to read. */
function leavesBody({ takes }: Operation): boolean {
  return takes === 'bytes' || takes === 'document'
}

async function runOperation(
  emulator: RunningEmulator,
  { world, prefix }: Place,
  operation: Operation,
  context: ServerContext,
  received: Received,
): Promise<Answer> {
  const request = context.req.raw
  const { requestId } = received
  if (operation.face === 'control') {
    controlAccess(request.headers, emulator.allowedHosts)
    if (!operation.forProbes) checkControlKey(request.headers, emulator.controlKey)
  }
  settle(world)
  const params = context.req.param()
  const { caller, body } = await introduce(emulator, world, operation, context)
  received.caller = caller
  const wait = operation.face === 'control' ? undefined : world.throttle(caller?.projectId)
  if (wait !== undefined) {
    received.code = THROTTLED
    return throttledAnswer(operation.face, wait, requestId, request.headers.get('accept'))
  }
  const url = new URL(request.url)
  const raw: RawRequest = {
    params,
    query: queryFields(url.searchParams),
    body:
      operation.takes === 'json'
        ? await readJson(body, operation.face, bodyMayBeMissing(operation))
        : undefined,
  }
  received.unread = unreadParts(operation, raw, request.headers)
  const rights = authorize(world, caller, operation, raw, context)
  const ahead = await readAhead(world, operation, body)
  const ruling = await ruleOn(
    world,
    operation,
    { ...raw, body: raw.body ?? ahead.json },
    {
      caller: rights.caller,
      path: context.req.path,
      headers: request.headers,
    },
  )
  received.rules = [...ruling.rules]
  received.faults = wireFaultsOf(ruling.effects)
  if (ruling.instead !== undefined) {
    if (ruling.instead.code !== undefined) received.code = ruling.instead.code
    return insteadAnswer(operation.face, ruling.instead, requestId, request.headers.get('accept'))
  }
  const call: Call = {
    emulator,
    world: ruling.world,
    caller: rights.caller,
    requestId,
    authorize: rights.demand,
    host: url.origin,
    base: url.origin + prefix,
    headers: request.headers,
    query: url.searchParams,
    search: url.search.slice(1),
    bytes: leavesBody(operation) ? ahead.body : noBytes,
  }
  const answer = await operation.run(call, raw)
  world.keepTime()
  emulator.checkResponse(operation, answer)
  return overridden(answer, ruling.effects)
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
