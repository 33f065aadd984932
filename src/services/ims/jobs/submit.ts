import type { RequestContext } from '../../../contract/call.ts'
import { END_OF_TIME } from '../../../simulation/clock.ts'
import { dependsOnSize, planFlow } from '../../../simulation/flow.ts'
import type { JobResult, MemberChange, StagedObject } from '../../../simulation/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage } from '../queries/images.ts'
import { insertJob, insertStep } from '../queries/jobs.ts'

export interface NewJob {
  /** As the wire shows it, e.g. `imsImportImageJob`. */
  type: string
  /** The flow of the scenario that it follows. */
  flow: string
  projectId: string
  /** The image it works on; none for a job on many, which tells its `results` instead. */
  imageId?: string | undefined
  /** Null or absent for the native jobs, which show the id alone. */
  imageName?: string | null | undefined
  /** Images that go the way of the job's own. */
  companions?: readonly string[] | undefined
  /** The backup that is usable when the job succeeds, and gone when it fails. */
  backupId?: string | undefined
  /** What a job on many images did with each. */
  results?: readonly JobResult[] | undefined
  /** What it changes about who images are shared with, when it succeeds; its results are those of the changes. */
  sharing?: readonly MemberChange[] | undefined
  /** Ends the job with this code after a part of its time (0 to 1). */
  failure?: { code: string; at: number } | undefined
  /** The object that appears in a bucket when the job succeeds. */
  deliver?: StagedObject | undefined
}

/** Stands for the flow of a job that has none of its own. */
const PARTS = 'parts'

/** Writes a job and everything that is going to happen to it; answers its id. Call it inside the deciding transaction. */
export function submitJob(context: RequestContext, job: NewJob): string {
  const { world } = context
  const id = world.chance.hexId('job')
  writeJob(context, id, null, job)
  return id
}

/**
 * Writes a job that is nothing but its parts: it has no flow of its own, runs while one of them does and ends with the
 * last. Answers the id of the whole.
 */
export function submitJobOfParts(
  context: RequestContext,
  { type, projectId }: Pick<NewJob, 'type' | 'projectId'>,
  parts: readonly NewJob[],
): string {
  const { world } = context
  const id = world.chance.hexId('job')
  const beginAt = world.clock.now()
  insertJob(world.db, { id, type, projectId, flow: PARTS, status: 'INIT', beginAt, progress: 0 })
  for (const part of parts) writeJob(context, world.chance.hexId('job'), id, part)
  return id
}

function writeJob(context: RequestContext, id: string, parentId: string | null, job: NewJob): void {
  const { world, facts } = context
  const { flow: name = job.flow, failure, stuck } = facts.jobOrder ?? {}
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
    companions: [...(job.companions ?? [])],
    backupId: job.backupId ?? null,
    results: job.results === undefined ? null : [...job.results],
    sharing: job.sharing === undefined ? null : [...job.sharing],
    parentId,
    status: 'INIT',
    beginAt: now,
    progress: 0,
  })
  const plan = planFlow(flow, {
    pace: world.scenario.pace,
    draw: (from, to) => world.chance.between(`flow ${name}`, from, to),
    size: dependsOnSize(flow) ? sizeOf(world, job) : 0,
    failure: failure ?? (job.failure && { code: job.failure.code, at: { part: job.failure.at } }),
    stuck,
    deliver: job.deliver,
  })
  for (const { after, effect } of plan)
    insertStep(world.db, { dueAt: Math.min(now + after, END_OF_TIME), jobId: id, effect })
}

/** Bytes of the image that a job works on, which stands in the database with its size before the job is written. */
function sizeOf(world: World, { imageId }: NewJob): number {
  return imageId === undefined ? 0 : (findImage(world.db, imageId)?.size ?? 0)
}
