import { findJob, type JobMove, moveJob } from '../store/jobs.ts'
import type { Db } from '../store/open.ts'
import type { JobRow } from '../store/schema.ts'

/** Jobs that are moved on step by step: each is read once and written once, however many of its steps are due. */
export interface MovingJobs {
  /** A job as it was before it began to move: only what never changes may be read of it. */
  find(id: string): JobRow | undefined
  move(id: string, change: JobMove): void
  /** Writes where a job has come to, for whoever is going to read it. */
  write(id: string): void
  writeAll(): void
}

export function openMovingJobs(db: Db): MovingJobs {
  const found = new Map<string, JobRow | undefined>()
  const unwritten = new Map<string, JobMove>()

  function write(id: string): void {
    const change = unwritten.get(id)
    if (change === undefined) return
    moveJob(db, id, change)
    unwritten.delete(id)
  }

  return {
    find(id) {
      if (!found.has(id)) found.set(id, findJob(db, id))
      return found.get(id)
    },
    move(id, change) {
      const before = unwritten.get(id)
      unwritten.set(id, before === undefined ? change : Object.assign(before, change))
    },
    write,
    writeAll() {
      for (const id of [...unwritten.keys()]) write(id)
    },
  }
}
