import type { SQL } from 'drizzle-orm'
import { and, asc, count, eq, inArray, isNull, lte, sql } from './drizzle.ts'
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

/** A job of an image that has not ended: of this type, or of any; also the one whose image it goes with. */
export function runningJobOf(db: Db, imageId: string, type?: string): JobRow | undefined {
  const running = inArray(jobs.status, ['INIT', 'RUNNING'])
  const sameType = type === undefined ? undefined : eq(jobs.type, type)
  const own = db
    .select()
    .from(jobs)
    .where(and(eq(jobs.imageId, imageId), sameType, running))
    .get()
  return (
    own ??
    db
      .select()
      .from(jobs)
      .where(and(goesWith(imageId), sameType, running))
      .get()
  )
}

/** The first term is that of an index: few jobs have companions. */
function goesWith(imageId: string): SQL {
  return sql`companions <> '[]' AND EXISTS (SELECT 1 FROM json_each(companions) WHERE value = ${imageId})`
}

/** Jobs of a project of these types that have not ended; parts of a job do not count beside it. */
export function countRunningJobs(db: Db, projectId: string, types: readonly string[]): number {
  const running = inArray(jobs.status, ['INIT', 'RUNNING'])
  return (
    db
      .select({ n: count() })
      .from(jobs)
      .where(
        and(eq(jobs.projectId, projectId), inArray(jobs.type, [...types]), isNull(jobs.parentId), running),
      )
      .get()?.n ?? 0
  )
}

/** The parts of a job, in the order they were submitted. */
export function subJobsOf(db: Db, parentId: string): JobRow[] {
  return db.select().from(jobs).where(eq(jobs.parentId, parentId)).orderBy(asc(sql`rowid`)).all()
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
