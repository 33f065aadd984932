import { STATUS_CODES } from 'node:http'
import type { Caller } from '../accounts/caller.ts'
import type { Answer, Contract, RawRequest } from '../contract/operation.ts'
import { wait } from '../lib/time.ts'
import type { ServiceFacts } from '../services/service.ts'
import { type Cloud, namedResources } from '../simulation/cloud.ts'
import type { InjectedError, JobChange } from '../simulation/rules/effects.ts'
import type { FiredRule } from '../simulation/rules/evaluate.ts'
import { withFields } from '../simulation/rules/field-path.ts'
import type { Effects } from '../simulation/rules/then.ts'
import { type ReportFault, settleIfRoom } from '../simulation/settle.ts'
import { workAhead } from '../simulation/work-ahead.ts'
import type { JobOrder, RequestFacts } from '../simulation/world.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { realWait } from './real-wait.ts'
import { type Refused, renderRefusal } from './respond.ts'
import { changeFixtures } from './settle-world.ts'

/** What the rules of a world do to one request. */
export interface AppliedRules {
  /** Names of the rules that fired, in order. */
  rules: readonly string[]
  effects: readonly Effects[]
  /** What they change for this request alone. */
  facts: RequestFacts
  /** Answered instead of carrying the operation out. */
  instead: InjectedError | undefined
}

const NO_RULES: AppliedRules = { rules: [], effects: [], facts: {}, instead: undefined }

/** Matches a request against the rules, waits as long as they say, and moves the resource that it names. */
export async function applyRules(
  world: OpenWorld,
  service: ServiceFacts,
  operation: Pick<Contract, 'id' | 'method'>,
  raw: RawRequest,
  {
    caller,
    path,
    headers,
    cutOff,
    report,
  }: {
    caller: Caller | undefined
    path: string
    headers: Headers
    cutOff: AbortSignal | undefined
    report: ReportFault
  },
): Promise<AppliedRules> {
  if (!service.treatment.simulated) return NO_RULES
  const named = namedResources(world.cloud.resourceKinds, { params: raw.params })
  const id = named?.ids[0]
  const fired = world.rules.consider({
    operation: operation.id,
    service,
    method: operation.method,
    path,
    projectId: caller?.projectId,
    userId: caller?.userId,
    userName: caller?.userName,
    header: (name) => headers.get(name) ?? undefined,
    query: raw.query,
    body: raw.body,
    resource: () => (id === undefined ? undefined : named?.kind.find(world, id)),
  })
  if (fired.length === 0) return NO_RULES
  const effects = fired.map(({ effects: each }) => each)
  await waitFor(world, fired, cutOff)
  // Time went on while the client waited.
  await workAhead(world, report)
  settleIfRoom(world, report)
  for (const { image } of effects)
    if (id !== undefined) named?.kind.move?.(world, id, image, world.clock.now())
  for (const { fixtures } of effects)
    if (fixtures !== undefined) changeFixtures(world, fixtures, world.clock.now(), report)
  return {
    rules: fired.map(({ name }) => name),
    effects,
    facts: effects.reduce<RequestFacts>(factsUnder, {}),
    instead: effects.find(({ error }) => error !== undefined)?.error,
  }
}

/** Waits for the latency of rules. @throws CutOff when the server stops meanwhile. */
async function waitFor(
  { clock }: OpenWorld,
  fired: readonly FiredRule[],
  cutOff: AbortSignal | undefined,
): Promise<void> {
  const ms = fired.reduce(
    (sum, { latencyMs, effects }) => sum + (effects.virtualTime ? realWait(clock, latencyMs) : latencyMs),
    0,
  )
  if (ms === 0) return
  await wait(ms, cutOff)
  cutOff?.throwIfAborted()
}

/**
 * The facts of a request with what a further rule changes: other quotas, jobs that go another way, reads that lag, members that
 * answer at once.
 */
function factsUnder(facts: RequestFacts, { quota, job, staleMs, memberStatus }: Effects): RequestFacts {
  return {
    ...facts,
    quotas: { ...facts.quotas, ...quota },
    ...(job !== undefined && { jobOrder: orderOf(job) }),
    ...(staleMs !== undefined && { lagMs: staleMs }),
    ...(memberStatus !== undefined && { memberStatus }),
  }
}

/** A part of a job is a part of its progress: it is what clients see of it. */
function orderOf({ failAt, error, stuckAt, flow }: JobChange): JobOrder {
  const at = failAt && ('part' in failAt ? { progress: failAt.part * 100 } : { after: failAt.ms })
  return {
    flow,
    failure: at && { code: error, at },
    stuck: stuckAt === undefined ? undefined : { progress: stuckAt * 100 },
  }
}

/** The answer that a rule gives: its own body, or what the service makes of code and message. */
export function ruleAnswer(
  cloud: Cloud,
  service: ServiceFacts,
  { code, status, message, body, headers }: InjectedError,
  refused: Refused,
): { code: string | undefined; answer: Answer } {
  if (body !== undefined) return { code, answer: { status, body, headers } }
  const text = message ?? STATUS_CODES[status] ?? 'Error'
  const coded = code === undefined ? undefined : cloud.errors.refusal(code, { status, text })
  const answer = renderRefusal(service, service.refusals.injected({ status, text, coded }), refused)
  return { code, answer: { ...answer, headers: { ...answer.headers, ...headers } } }
}

/** The answer with the fields and the headers that rules set. */
export function overridden(answer: Answer, effects: readonly Effects[]): Answer {
  let { body, headers } = answer
  for (const { set, headers: further } of effects) {
    if (set !== undefined) body = withFields(body, set)
    if (Object.keys(further).length > 0) headers = withHeaders(headers, further)
  }
  return body === answer.body && headers === answer.headers
    ? answer
    : { ...answer, body, ...(headers && { headers }) }
}

/** Headers with further ones, which replace those of the same name in any case. */
function withHeaders(
  headers: Readonly<Record<string, string>> = {},
  further: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = new Set(Object.keys(further).map((name) => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...further }
}
