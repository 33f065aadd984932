import type { Answer, RawRequest } from '../contract/operation.ts'
import { MOST_UNREAD, unreadParts } from '../contract/readers.ts'
import { Refusal } from '../lib/errors.ts'
import { isCutOff, isNoRoom } from '../lib/host-errors.ts'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'
import type { ReportFault } from '../simulation/settle.ts'
import { workAhead } from '../simulation/work-ahead.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { applyRules, overridden, ruleAnswer } from './apply-rules.ts'
import { namedBefore } from './audit-request.ts'
import { authorize } from './authorize.ts'
import {
  asBody,
  type Body,
  finishBody,
  noBytes,
  readJson,
  readJsonBytes,
  type ServerContext,
} from './body.ts'
import { clientView } from './client-view.ts'
import { checkHost } from './control-guard.ts'
import type { Arrival, Enter, Entered, ServedOperation, ServedService, Server } from './enter.ts'
import { findWorld } from './find-world.ts'
import { type Received, receive, recordRequest } from './record-request.ts'
import { type Refused, refusalOf, renderRefusal, throttled, toResponse, withTextBody } from './respond.ts'
import { cloudHost, serviceAddress } from './service-address.ts'
import { settleWorld } from './settle-world.ts'
import { breakOnWire, wireFaultsOf } from './wire-faults.ts'

/** The refusal of a request that was under way when its world was closed, in the form of its service. */
const WORLD_CLOSED = {
  status: 409,
  text: 'the world was reset, restored or deleted meanwhile',
  coded: undefined,
}

/** The refusal of a request that writes while the disk is full. */
const DISK_FULL = {
  status: 507,
  text: 'the disk of the emulator is full; make room in its data folder, its temporary folder or the bucket, and try again',
  coded: undefined,
}

/** The status in the journal of a request whose client or server closed the connection; no client sees it. */
const CUT_OFF = 499

/**
 * The one way of every request, whichever service it is for: settle, authenticate, route, authorize, rules, parse, handler,
 * reply, faults on the wire, journal. Every refusal on the way is answered in the form of the service.
 * @param operation the operation when the router knows it already.
 * @throws ControlError when the request names a world that does not exist, or comes under a foreign host name.
 */
export async function answerRequest(
  server: Server,
  service: ServedService,
  context: ServerContext,
  enter: Enter,
  operation?: ServedOperation,
): Promise<Response> {
  const { emulator } = server
  checkHost(operation, context.req.raw.headers, emulator)
  const place = findWorld(emulator, context, service)
  const { world } = place
  context.set('client', clientView(emulator, context))
  const host = cloudHost(context, emulator.cloudDomains)
  const received = receive(world, context, service, host)
  const { requestId } = received
  const report = (fault: unknown) => emulator.log(requestId, fault)
  let answer: Answer
  try {
    service.treatment.guard?.(operation, context.req.raw)
    if (place.refusal !== undefined) throw place.refusal
    if (operation?.settles !== false) {
      if (world.objectStore !== undefined) await workAhead(world, report)
      settleFor(world, report)
    }
    answer = await carryOut({ server, place, service, context, received }, enter)
  } catch (error) {
    if (isCutOff(error)) answer = { status: CUT_OFF }
    else {
      const refusal =
        world.closed && !(error instanceof Refusal)
          ? service.refusals.injected(WORLD_CLOSED)
          : isNoRoom(error)
            ? service.refusals.injected(DISK_FULL)
            : refusalOf(service, error, requestId, report)
      received.code = refusal.code
      answer = renderRefusal(service, refusal, refusedBy(world, received, context))
    }
  }
  if (answer.status >= 400) await finishBody(context)
  const sent = withTextBody(answer)
  recordRequest(world, context, received, sent, server.auditors)
  const response = toResponse(
    sent,
    service.treatment.requestIdHeaders(requestId, received.ownId, context.req.raw),
  )
  return received.faults === undefined
    ? response
    : await breakOnWire(response, received.faults, context, world.clock)
}

/** Worlds that a full disk keeps from going on, which was reported. */
const stalled = new WeakSet<OpenWorld>()

/** Settles a world before a request, and reports it once when the disk is full. */
function settleFor(world: OpenWorld, report: ReportFault): void {
  if (settleWorld(world, report)) stalled.delete(world)
  else if (!stalled.has(world)) {
    stalled.add(world)
    report(new Error(`the disk is full: the jobs of the world ${world.name} go on when there is room`))
  }
}

async function carryOut(arrival: Arrival, enter: Enter): Promise<Answer> {
  const entered = await enter(arrival)
  if ('answer' in entered) return entered.answer
  const { service, received, place, context } = arrival
  const { world } = place
  const wait = service.treatment.simulated ? world.throttle(entered.caller?.projectId) : undefined
  if (wait !== undefined) {
    const { code, ...answer } = throttled(service, wait, refusedBy(world, received, context))
    received.code = code
    return answer
  }
  const query = new URLSearchParams(entered.search)
  const raw = await readParts(service, context, entered, query)
  received.unread = unreadParts(entered.operation, raw, context.req.raw.headers)
  return await runOperation(arrival, entered, raw, query)
}

async function runOperation(
  { server, place, service, context, received }: Arrival,
  { operation, caller, body, host, search }: Entered,
  raw: RawRequest,
  query: URLSearchParams,
): Promise<Answer> {
  const { world, prefix } = place
  const { headers } = context.req.raw
  if (operation.trace !== undefined) received.named = namedBefore(world, raw)
  const rights = service.treatment.checksRights
    ? authorize(world, caller, operation, raw, context)
    : { caller, demand: () => {} }
  const ahead = await readDocument(world, service, operation, headers, body)
  const ruling = await applyRules(
    world,
    service,
    operation,
    { ...raw, body: raw.body ?? ahead.json },
    {
      caller: rights.caller,
      path: context.req.path,
      headers,
      cutOff: context.env?.cutOff,
      report: (fault) => server.emulator.log(received.requestId, fault),
    },
  )
  received.rules = ruling.rules
  received.faults = wireFaultsOf(ruling.effects)
  if (ruling.instead !== undefined) {
    const refused = refusedBy(world, received, context)
    const { code, answer } = ruleAnswer(world.cloud, service, ruling.instead, refused)
    received.code = code
    return answer
  }
  const answer = await operation.run(
    {
      ...server,
      world,
      facts: ruling.facts,
      caller: rights.caller,
      requestId: received.ownId ?? received.requestId,
      authorize: rights.demand,
      unread(path) {
        const { unread = [] } = received
        if (unread.length < MOST_UNREAD && !unread.includes(path)) received.unread = [...unread, path]
      },
      meant(path, value) {
        received.meant = { ...received.meant, [path]: value }
      },
      host,
      base: host + prefix,
      addressOf: (name, region) => serviceAddress(host, server.emulator.cloudDomains, name, region) + prefix,
      headers,
      query,
      search,
      bytes: leavesBody(operation) ? ahead.body : noBytes,
    },
    raw,
  )
  world.keepTime()
  if (server.emulator.validatesResponses) checkAnswer(operation, answer)
  return overridden(answer, ruling.effects)
}

/** The request of a world as its refusal is rendered. */
function refusedBy({ scenario }: OpenWorld, { requestId }: Received, { req }: ServerContext): Refused {
  const { method, headers, url } = req.raw
  return { requestId, method, headers, url, nativeErrors: scenario.native_errors }
}

/** Reads the raw parts of a request. The body is read when the contract declares JSON. */
async function readParts(
  service: ServedService,
  context: ServerContext,
  { operation, params, body }: Entered,
  query: URLSearchParams,
): Promise<RawRequest> {
  const json =
    operation.takes === 'json'
      ? await readJson(context, body, service, bodyMayBeMissing(operation))
      : undefined
  return { params, query: queryFields(query), body: json }
}

/** Whether an operation was declared with an optional body. */
function bodyMayBeMissing({ request }: ServedOperation): boolean {
  const { body } = request.shape
  return body !== undefined && safeParse(body, undefined).success
}

/** Whether the operation reads the body of a request by itself. */
function leavesBody({ takes }: ServedOperation): boolean {
  return takes === 'bytes' || takes === 'document'
}

/** A parameter that comes once is its value; one that is repeated is the list of its values. */
function queryFields(query: URLSearchParams): RawRequest['query'] {
  // Without a prototype, whose members are no parameters.
  const fields: RawRequest['query'] = Object.create(null)
  for (const [name, value] of query) {
    const before = fields[name]
    if (Array.isArray(before)) before.push(value)
    else fields[name] = before === undefined ? value : [before, value]
  }
  return fields
}

/**
 * Reads the document of a request before its operation does, when a rule looks into it. The operation reads the same bytes
 * again and decides whether they are a document at all.
 */
async function readDocument(
  world: OpenWorld,
  service: ServedService,
  { takes, id }: ServedOperation,
  headers: Headers,
  body: Body,
): Promise<{ body: Body; json: unknown }> {
  if (takes !== 'document' || !world.rules.readsBody(service, id)) return { body, json: undefined }
  const bytes = await readJsonBytes(headers, body, service)
  return { body: asBody(bytes), json: jsonIn(bytes.toString()) }
}

/** @throws Error when an answer is not what its operation declares. */
function checkAnswer(operation: ServedOperation, { status, body }: Answer): void {
  const schema = operation.responses[status]
  if (schema === undefined) throw new Error(`${operation.id} answered ${status}, which it does not declare`)
  if (schema === null) {
    if (body !== undefined)
      throw new Error(`${operation.id} answered ${status} with a body, which it does not declare`)
    return
  }
  const result = safeParse(schema, body)
  if (!result.success)
    throw new Error(`${operation.id} answered what it does not declare: ${result.error.message}`)
}
