import type { Db } from '../database/open.ts'
import { findJob, type JobMove, moveJob } from '../services/ims/queries/jobs.ts'
import type { JobRow } from './tables.ts'

/** A job that is moved on step by step. */
export interface MovingJob {
  /** The job as it was before it began to move: only what never changes may be read of it. */
  readonly job: JobRow
  /** What its steps have changed and nobody has written yet. */
  unwritten: JobMove
  /** Whether it has failed, so that nothing more comes of what was planned for it. */
  failed: boolean
}

/** Jobs that are moved on step by step: each is read once and written once, however many of its steps are due. */
export interface MovingJobs {
  find(id: string): MovingJob | undefined
  /** Writes where a job has come to, for whoever is going to read it. */
  write(moving: MovingJob): void
  writeAll(): void
}

export function openMovingJobs(db: Db): MovingJobs {
  const found = new Map<string, MovingJob>()

  function find(id: string): MovingJob | undefined {
    const moving = found.get(id)
    if (moving !== undefined) return moving
    const job = findJob(db, id)
    if (job === undefined) return undefined
    const begun = { job, unwritten: {}, failed: false }
    found.set(id, begun)
    return begun
  }

  function write(moving: MovingJob): void {
    moveJob(db, moving.job.id, moving.unwritten)
    moving.unwritten = {}
  }

  return {
    find,
    write,
    writeAll() {
      for (const moving of found.values()) write(moving)
    },
  }
}
