import type { Db } from '../database/open.ts'
import { findJob } from './queries/jobs.ts'
import { dueSteps, type StepPlace } from './queries/steps.ts'
import type { ReportFault } from './settle.ts'
import type { JobRow } from './tables.ts'
import type { World } from './world.ts'

/** Steps that one query reads. */
const BATCH = 500
/** A place before every step. */
const BEGINNING: StepPlace = { dueAt: Number.MIN_SAFE_INTEGER, seq: 0 }

/** The work under way, by database and job: requests that come meanwhile wait for it. */
const underWay = new WeakMap<Db, Map<string, Promise<void>>>()

/**
 * Does what due jobs need outside the process before they succeed: the uploads of exports to an object store. Settling is
 * synchronous, so this comes before it, and a request sees a job succeed only after its work is done. In worlds without an object
 * store nothing is to do.
 * @param until virtual ms since the epoch up to which the world is going to be settled; it is asked again after each work,
 * because time goes on meanwhile.
 */
export async function workAhead(world: World, report: ReportFault, until = world.clock.now): Promise<void> {
  if (world.objectStore === undefined) return
  const tried = new Set<string>()
  for (let job = nextJob(world, until(), tried); job !== undefined; job = nextJob(world, until(), tried)) {
    tried.add(job.id)
    await workOf(world, job, report)
  }
}

/** Finds the first due job whose work ahead is not done. */
function nextJob(world: World, until: number, tried: ReadonlySet<string>): JobRow | undefined {
  const { db, cloud } = world
  let last = BEGINNING
  for (let batch = dueSteps(db, last, until, BATCH); batch.length > 0; ) {
    for (const { jobId, effect } of batch) {
      if (effect.job !== 'SUCCESS' || tried.has(jobId)) continue
      const job = findJob(db, jobId)
      if (job !== undefined && cloud.jobKinds.get(job.type)?.ahead !== undefined) return job
    }
    last = batch.at(-1) ?? last
    batch = dueSteps(db, last, until, BATCH)
  }
  return undefined
}

async function workOf(world: World, job: JobRow, report: ReportFault): Promise<void> {
  const works = underWay.get(world.db) ?? new Map<string, Promise<void>>()
  underWay.set(world.db, works)
  const work =
    works.get(job.id) ?? world.cloud.jobKinds.get(job.type)?.ahead?.(world, job, report) ?? Promise.resolve()
  works.set(job.id, work)
  try {
    await work
  } finally {
    works.delete(job.id)
  }
}
