import { END_OF_TIME } from './clock.ts'
import { dependsOnSize, planFlow } from './flow.ts'
import type { TypedJobKind } from './job-kinds.ts'
import { insertJob, insertJobResources } from './queries/jobs.ts'
import { insertStep } from './queries/steps.ts'
import type { RequestFacts, World } from './world.ts'

/** Where a job is submitted, and what the scenario's rules say of it. */
export interface JobOrigin {
  readonly world: World
  readonly facts: RequestFacts
}

export type NewJob<Type extends string, Payload> = {
  /** As the wire shows it, e.g. `imsImportImageJob`. */
  type: Type
  /** The flow of the scenario that it follows. */
  flow: string
  projectId: string
  /** The image it works on; none for a job on many. */
  imageId?: string | undefined
  /** The name of that image when the job is submitted; null or absent for a job on many, and for an image without a name. */
  imageName?: string | null | undefined
  /** Ids of further resources that it works on. */
  resources?: readonly string[]
  /** Ends the job with this code after a part of its time (0 to 1). */
  failure?: { code: string; at: number } | undefined
} & (null extends Payload ? { payload?: Payload } : { payload: Payload })

/** Stands for the flow of a job that has none of its own. */
const PARTS = 'parts'

/**
 * Writes a job and the steps that are going to happen to it. Call it inside the transaction that decides about it.
 * @returns the id of the job.
 * @example
 * submitJob(context, imageJobs, { type: JOB_TYPE.copy, flow: 'copy-image', projectId, imageId, imageName })
 */
export function submitJob<Type extends string, Payload>(
  origin: JobOrigin,
  kind: TypedJobKind<Type, Payload>,
  job: NewJob<NoInfer<Type>, NoInfer<Payload>>,
): string {
  return writeJob(origin, kind, job, origin.world.chance.hexId('job'), null)
}

/**
 * Writes a job that consists of parts: it has no flow of its own, runs while one of its parts runs and ends with the last.
 * @returns the id of the whole.
 */
export function submitJobOfParts<Type extends string, Payload>(
  origin: JobOrigin,
  whole: { type: string; projectId: string },
  kind: TypedJobKind<Type, Payload>,
  parts: readonly NewJob<NoInfer<Type>, NoInfer<Payload>>[],
): string {
  const { world } = origin
  const id = world.chance.hexId('job')
  insertJob(world.db, { id, ...whole, flow: PARTS, status: 'INIT', beginAt: world.clock.now(), progress: 0 })
  for (const part of parts) writeJob(origin, kind, part, world.chance.hexId('job'), id)
  return id
}

function writeJob<Type extends string, Payload>(
  { world, facts }: JobOrigin,
  kind: TypedJobKind<Type, Payload>,
  job: NewJob<Type, Payload>,
  id: string,
  parentId: string | null,
): string {
  const { flow: name = job.flow, failure: ordered, stuck } = facts.jobOrder ?? {}
  const flow = world.scenario.flows[name]
  if (flow === undefined) throw new Error(`the scenario has no flow ${name}`)
  const now = world.clock.now()
  insertJob(world.db, {
    id,
    type: job.type,
    flow: name,
    projectId: job.projectId,
    imageId: job.imageId ?? null,
    imageName: job.imageName ?? null,
    parentId,
    payload: 'payload' in job ? job.payload : null,
    status: 'INIT',
    beginAt: now,
    progress: 0,
  })
  insertJobResources(world.db, id, job.resources ?? [])
  const plan = planFlow(flow, {
    pace: world.scenario.pace,
    draw: (from, to) => world.chance.between(`flow ${name}`, from, to),
    size: dependsOnSize(flow) ? kind.size(world, job.imageId) : 0,
    failure:
      (ordered && { code: ordered.code ?? kind.defaultError, at: ordered.at }) ??
      (job.failure && { code: job.failure.code, at: { part: job.failure.at } }),
    stuck,
  })
  for (const { after, effect } of plan)
    insertStep(world.db, { dueAt: Math.min(now + after, END_OF_TIME), jobId: id, effect })
  return id
}
