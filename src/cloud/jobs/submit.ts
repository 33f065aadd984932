import { planFlow } from '../../engine/flow.ts'
import type { World } from '../../engine/world.ts'
import { insertJob, insertStep } from '../../store/jobs.ts'
import type { StagedObject } from '../../store/schema.ts'

export interface NewJob {
  /** As the wire shows it, e.g. `imsImportImageJob`. */
  type: string
  /** The flow of the scenario that it follows. */
  flow: string
  projectId: string
  imageId: string
  imageName: string | null
  /** Ends the job with this code after a part of its time (0 to 1). */
  failure?: { code: string; at: number }
  /** The object that appears in a bucket when the job succeeds. */
  deliver?: StagedObject
}

/** Writes a job and everything that is going to happen to it; answers its id. Call it inside the deciding transaction. */
export function submitJob(world: World, job: NewJob): string {
  const flow = world.scenario.flows[job.flow]
  if (flow === undefined) throw new Error(`the scenario has no flow ${job.flow}`)
  const id = world.chance.hexId('job')
  const now = world.clock.now()
  const { type, projectId, imageId, imageName } = job
  insertJob(world.db, {
    id,
    type,
    flow: job.flow,
    projectId,
    imageId,
    imageName,
    status: 'INIT',
    beginAt: now,
    progress: 0,
  })
  const plan = planFlow(flow, {
    pace: world.scenario.pace,
    draw: (from, to) => world.chance.between(`flow ${job.flow}`, from, to),
    ...(job.failure && { failure: job.failure }),
    ...(job.deliver && { deliver: job.deliver }),
  })
  for (const { after, effect } of plan) insertStep(world.db, { dueAt: now + after, jobId: id, effect })
  return id
}
