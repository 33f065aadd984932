import { STATUS_CODES } from 'node:http'
import type { Caller } from '../accounts/caller.ts'
import type { Answer, Face, Operation, RawRequest } from '../contract/operation.ts'
import { CloudError, GlanceError, IamError } from '../lib/errors.ts'
import { wait } from '../lib/wait.ts'
import { findImage } from '../services/ims/queries/images.ts'
import type { Effects, InjectedError, JobFate } from '../simulation/rules/effects.ts'
import { withFields } from '../simulation/rules/field-path.ts'
import type { FiredRule } from '../simulation/rules/rule-book.ts'
import { moveImage, settle } from '../simulation/settle.ts'
import type { JobOrder, World } from '../simulation/world.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { renderError } from './render-error.ts'

/** What the rules of a world make of one request. */
export interface Ruling {
  /** Names of the rules that fired, in order. */
  rules: readonly string[]
  effects: readonly Effects[]
  /** The world as this request finds it. */
  world: World
  /** Answered instead of carrying the operation out. */
  instead: InjectedError | undefined
}

/** Asks the rules about a request, waits as long as they say, and lets their images move. */
export async function ruleOn(
  world: OpenWorld,
  operation: Operation,
  { params, query, body }: RawRequest,
  { caller, path, headers }: { caller: Caller | undefined; path: string; headers: Headers },
): Promise<Ruling> {
  if (operation.face === 'control') return { rules: [], effects: [], world, instead: undefined }
  const fired = world.rules.consider({
    operation: operation.id,
    face: operation.face,
    method: operation.method,
    path,
    projectId: caller?.projectId,
    userId: caller?.userId,
    userName: caller?.userName,
    header: (name) => headers.get(name) ?? undefined,
    query,
    body,
    resource: () => imageOf(world, params.image_id),
  })
  if (fired.length === 0) return { rules: [], effects: [], world, instead: undefined }
  const effects = fired.map(({ effects: each }) => each)
  await waitFor(fired)
  // Time went on while the client waited.
  settle(world)
  for (const { image } of effects)
    if (params.image_id !== undefined) moveImage(world, params.image_id, image, world.clock.now())
  return {
    rules: fired.map(({ name }) => name),
    effects,
    world: effects.reduce<World>(worldUnder, world),
    instead: effects.find(({ error }) => error !== undefined)?.error,
  }
}

async function waitFor(fired: readonly FiredRule[]): Promise<void> {
  const ms = fired.reduce((sum, { latencyMs }) => sum + latencyMs, 0)
  if (ms > 0) await wait(ms)
}

function imageOf({ db }: World, id: string | undefined) {
  const image = id === undefined ? undefined : findImage(db, id)
  if (image === undefined) return undefined
  const { status, name, visibility } = image
  const tags = image.tags.map(({ key, value }) => (value === '' ? key : `${key}=${value}`))
  return { id: image.id, status, name, visibility, tags }
}

/** The world with other quotas, with jobs that go another way, or with reads that lag behind. */
function worldUnder(world: World, { quota, job, staleMs }: Effects): World {
  const { scenario } = world
  const quotas = { ...scenario.quotas, ...quota, projects: {} }
  return {
    ...world,
    ...(Object.keys(quota).length > 0 && { scenario: { ...scenario, quotas } }),
    ...(job !== undefined && { jobOrder: orderOf(job) }),
    ...(staleMs !== undefined && { lag: staleMs }),
  }
}

/** What a job fails with when its rule does not say. */
const UNSAID_ERROR = 'IMG.0061'

/** A part of a job is a part of its progress: it is what clients see of it. */
function orderOf({ failAt, error = UNSAID_ERROR, stuckAt, flow }: JobFate): JobOrder {
  const at = failAt && ('part' in failAt ? { progress: failAt.part * 100 } : { after: failAt.ms })
  return {
    flow,
    failure: at && { code: error, at },
    stuck: stuckAt === undefined ? undefined : { progress: stuckAt * 100 },
  }
}

/** The answer that a rule gives: its own body, or what the face makes of code and message. */
export function insteadAnswer(
  face: Face,
  { code, status, message, body, headers }: InjectedError,
  requestId: string,
  accept: string | null,
): Answer {
  if (body !== undefined) return { status, body, headers }
  const error = faceError(face, status, message, code)
  const answer = renderError(face, error, requestId, () => {}, accept)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

function faceError(face: Face, status: number, message: string | undefined, code: string | undefined): Error {
  const text = message ?? STATUS_CODES[status] ?? 'Error'
  if (face === 'openstack' && !code?.startsWith('APIGW.')) return new GlanceError(status, text)
  if (face === 'iam' && code === undefined) return new IamError(status, text)
  return new CloudError(code ?? 'APIGW.0601', {}, { status, text })
}

/** The answer with the fields that rules set. */
export function overridden(answer: Answer, effects: readonly Effects[]): Answer {
  let { body } = answer
  for (const { set } of effects) if (set !== undefined) body = withFields(body, set)
  return body === answer.body ? answer : { ...answer, body }
}
