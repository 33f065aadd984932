import { and, asc, count, eq, inArray, lte, sql } from './drizzle.ts'
import type { Db } from './open.ts'
import { prepared } from './prepared.ts'
import { type JobRow, jobs, type StepRow, steps } from './schema.ts'

const findJobQuery = prepared((db) =>
  db
    .select()
    .from(jobs)
    .where(eq(jobs.id, sql.placeholder('id')))
    .prepare(),
)

export function findJob(db: Db, id: string): JobRow | undefined {
  return findJobQuery(db).get({ id })
}

export function insertJob(db: Db, row: typeof jobs.$inferInsert): void {
  db.insert(jobs).values(row).run()
}

export function updateJob(db: Db, id: string, change: Partial<JobRow>): void {
  db.update(jobs).set(change).where(eq(jobs.id, id)).run()
}

/** A job of an image that has not ended: of this type, or of any. */
export function runningJobOf(db: Db, imageId: string, type?: string): JobRow | undefined {
  const running = inArray(jobs.status, ['INIT', 'RUNNING'])
  const sameType = type === undefined ? undefined : eq(jobs.type, type)
  return db
    .select()
    .from(jobs)
    .where(and(eq(jobs.imageId, imageId), sameType, running))
    .get()
}

/** Jobs of a project that follow a flow and have not ended. */
export function countRunningJobs(db: Db, projectId: string, flow: string): number {
  const running = inArray(jobs.status, ['INIT', 'RUNNING'])
  return (
    db
      .select({ n: count() })
      .from(jobs)
      .where(and(eq(jobs.projectId, projectId), eq(jobs.flow, flow), running))
      .get()?.n ?? 0
  )
}

export function insertStep(db: Db, row: typeof steps.$inferInsert): void {
  db.insert(steps).values(row).run()
}

const dueStepQuery = prepared((db) =>
  db
    .select()
    .from(steps)
    .where(lte(steps.dueAt, sql.placeholder('now')))
    .orderBy(asc(steps.dueAt), asc(steps.seq))
    .limit(1)
    .prepare(),
)

/** The earliest planned step that is due at `now`; steps of the same instant come in the order they were planned. */
export function dueStep(db: Db, now: number): StepRow | undefined {
  return dueStepQuery(db).get({ now })
}

/** The earliest planned step, due or not. */
export function nextStep(db: Db): StepRow | undefined {
  return db.select().from(steps).orderBy(asc(steps.dueAt), asc(steps.seq)).limit(1).get()
}

export function deleteStep(db: Db, seq: number): void {
  db.delete(steps).where(eq(steps.seq, seq)).run()
}

/** Forgets what is still planned for a job. */
export function deleteStepsOf(db: Db, jobId: string): void {
  db.delete(steps).where(eq(steps.jobId, jobId)).run()
}

export function countPlannedSteps(db: Db): number {
  return db.select({ n: count() }).from(steps).get()?.n ?? 0
}
