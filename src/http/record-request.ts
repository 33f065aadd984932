import { channel } from 'node:diagnostics_channel'
import type { Caller } from '../accounts/caller.ts'
import type { Answer, Operation } from '../contract/operation.ts'
import { isSecretName, withoutSecrets, withoutUserinfo } from '../lib/secret-names.ts'
import type { Service } from '../services/service.ts'
import type { JournalEntry } from '../worlds/journal-entry.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { type Auditor, auditRequest, type NamedBefore } from './audit-request.ts'
import { type ServerContext, strictRefusal } from './body.ts'
import { type BodyRecorder, keptText, openBodyRecorder } from './body-recorder.ts'
import { isBroken, type WireFaults } from './wire-faults.ts'

/** A request that came to a world, and what the pipeline learns about it for the journal. */
export interface Received {
  readonly requestId: string
  readonly service: Pick<Service, 'id' | 'treatment'>
  /** The name of the cloud, or below `localhost`, that it was sent to. */
  readonly host: string | undefined
  /** Virtual time at which it came, ms since the epoch. */
  readonly at: number
  /** The same on the process's own clock, ms. */
  readonly began: number
  readonly recorder: BodyRecorder
  operation?: Pick<Operation, 'id' | 'remembered' | 'trace'> | undefined
  caller?: Caller | undefined
  /** The code of the refusal that it was answered. */
  code?: string | undefined
  unread?: readonly string[]
  /** What fields stand for that are spelt otherwise, by their paths. */
  meant?: Readonly<Record<string, string>>
  /** Names of the rules that fired. */
  rules?: readonly string[]
  /** How these rules break the answer on its way. */
  faults?: WireFaults | undefined
  /** What the call named before it was carried out, for the audit; only calls that leave a trace have it. */
  named?: NamedBefore | undefined
  /** True for an operation of a service by name that the emulator does not have. */
  unsupported?: true
  /** The id that the client sent for its request, when the service shows it. */
  ownId?: string
}

/** Takes a request in: gives it its id, and records the beginning of its body when it is read. */
export function receive(
  world: OpenWorld,
  context: ServerContext,
  service: Received['service'],
  host: string | undefined,
): Received {
  const recorder = openBodyRecorder()
  context.set('recorder', recorder)
  return {
    requestId: service.treatment.requestId(world),
    service,
    host,
    at: world.clock.now(),
    began: performance.now(),
    recorder,
  }
}

/**
 * Node's diagnostics channel of answered requests. A program that runs the emulator in its own process can follow every
 * request of every world on it, those of the control plane too. A message is a journal entry without its number, with the
 * name of the `world`.
 * @example
 * import { subscribe } from 'node:diagnostics_channel'
 * subscribe('ims-emulator:request', ({ world, operation, status }) => console.log(world, operation, status))
 */
const answeredRequests = channel('ims-emulator:request')

/**
 * Writes a request and its answer, with its body as text, into the journal of its world when its service keeps it there,
 * and publishes both on the channel of answered requests.
 */
export function recordRequest(
  world: OpenWorld,
  context: ServerContext,
  received: Received,
  answer: Answer,
  auditors: readonly Auditor[],
): void {
  const { service, operation } = received
  const isChange = service.treatment.journal === 'changes'
  const isKept = !isChange || (operation?.remembered === true && answer.status < 400)
  if (!isKept && !answeredRequests.hasSubscribers) return
  const { method, url, raw } = context.req
  const {
    requestId,
    host,
    at,
    began,
    recorder,
    code,
    caller,
    unread = [],
    meant,
    rules = [],
    faults,
  } = received
  const sent = recorder.kept()
  const { body, bytes } = answer
  const contentType = contentTypeOf(answer)
  const strict = world.auth.mode === 'lenient' ? strictRefusal(raw, sent?.size ?? 0) : undefined
  const duration = Math.round((performance.now() - began) * 1000) / 1000
  if (!isChange) world.requestCounts.count({ operation: operation?.id, status: answer.status, duration })
  const entry: Omit<JournalEntry, 'number'> = {
    requestId,
    at,
    duration,
    service: service.id,
    ...(isChange && { control: true }),
    method,
    ...(host !== undefined && { host }),
    path: withoutSecrets(url.slice(url.indexOf('/', url.indexOf('//') + 2))),
    ...(operation !== undefined && { operation: operation.id }),
    ...(received.unsupported && { unsupported: received.unsupported }),
    status: answer.status,
    ...(code !== undefined && { code }),
    ...(caller !== undefined && identityOf(caller)),
    unread: [...unread],
    ...(meant !== undefined && { meant: { ...meant } }),
    ...(strict !== undefined && { strict }),
    rules: [...rules],
    headers: recordedHeaders(raw.headers),
    ...(sent !== undefined && { sent }),
    ...(contentType !== undefined && { contentType }),
    ...(typeof body === 'string' && { answered: keptText(body) }),
    ...(faults !== undefined && isBroken(faults) && { spoiled: true }),
    ...(bytes !== undefined && { answered: { omitted: 'stream' } }),
  }
  if (answeredRequests.hasSubscribers) answeredRequests.publish({ ...entry, world: world.name })
  if (isKept) world.journal.add(entry)
  if (auditors.length > 0 && operation?.trace !== undefined)
    auditRequest(world, context, received, entry, auditors)
}

function identityOf({ known, projectId, userId, agency }: Caller) {
  return { projectId, ...(known && { userId }), ...(agency !== undefined && { agency }) }
}

function contentTypeOf({ headers = {} }: Answer): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
}

/** Headers that say what a request asks for. Every other header may prove who asks, and is not recorded. */
const RECORDED_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'range',
  'user-agent',
  'x-domain-id',
  'x-language',
  'x-project-id',
])
/** The first version of the image API sends properties of an image in headers with these beginnings. */
const RECORDED_BEGINNINGS = /^x-(?:image-meta|glance|openstack)-/

function recordedHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of headers)
    if (RECORDED_HEADERS.has(name) || RECORDED_BEGINNINGS.test(name))
      kept[name] = isSecretName(name) ? '***' : withoutUserinfo(value)
  return kept
}
