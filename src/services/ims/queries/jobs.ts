import type { SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { and, asc, count, eq, inArray, isNull, lte, not, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { prepared } from '../../../database/statements.ts'
import { type JobRow, jobs, type StepEffect, type StepRow, steps } from '../../../simulation/tables.ts'

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

const moveJobQuery = prepared((db) => {
  const kept = (name: string, column: SQLiteColumn) => sql`coalesce(${sql.placeholder(name)}, ${column})`
  return db
    .update(jobs)
    .set({
      status: kept('status', jobs.status),
      progress: kept('progress', jobs.progress),
      endAt: kept('endAt', jobs.endAt),
      errorCode: kept('errorCode', jobs.errorCode),
      failReason: kept('failReason', jobs.failReason),
    })
    .where(eq(jobs.id, sql.placeholder('id')))
    .prepare()
})

/** How a step changes a job; what it does not say stays as it was. */
export type JobMove = Partial<Pick<JobRow, 'status' | 'progress' | 'endAt' | 'errorCode' | 'failReason'>>

/** What settling writes, compiled once: a hundred thousand steps may be due at a time. */
export function moveJob(db: Db, id: string, move: JobMove): void {
  const { status = null, progress = null, endAt = null, errorCode = null, failReason = null } = move
  moveJobQuery(db).run({ id, status, progress, endAt, errorCode, failReason })
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

/** The place of a step in the order in which they happen; those of the same instant come as they were planned. */
export type StepPlace = Pick<StepRow, 'dueAt' | 'seq'>

const dueStepsQuery = prepared((db) =>
  db
    .select({ seq: steps.seq, dueAt: steps.dueAt, jobId: steps.jobId, effect: steps.effect })
    .from(steps)
    .where(
      and(
        sql`(${steps.dueAt}, ${steps.seq}) > (${sql.placeholder('dueAt')}, ${sql.placeholder('seq')})`,
        lte(steps.dueAt, sql.placeholder('now')),
      ),
    )
    .orderBy(asc(steps.dueAt), asc(steps.seq))
    .limit(sql.placeholder('limit'))
    .prepare(),
)

/**
 * The next planned steps that come after a place and are due at `now`. They are read as plain values: with a hundred
 * thousand of them, mapping costs more than reading. Steps that do the same share one effect, which nobody may change.
 */
export function dueSteps(db: Db, { dueAt, seq }: StepPlace, now: number, limit: number): StepRow[] {
  const effects = new Map<string, StepEffect>()
  return dueStepsQuery(db)
    .values({ dueAt, seq, now, limit })
    .map(([ownSeq, ownDueAt, jobId, json]): StepRow => {
      return { seq: ownSeq, dueAt: ownDueAt, jobId, effect: readEffect(effects, json) }
    })
}

function readEffect(known: Map<string, StepEffect>, json: string): StepEffect {
  const before = known.get(json)
  if (before !== undefined) return before
  const effect: StepEffect = JSON.parse(json)
  known.set(json, effect)
  return effect
}

const anyDueQuery = prepared((db) =>
  db
    .select({ seq: steps.seq })
    .from(steps)
    .where(lte(steps.dueAt, sql.placeholder('now')))
    .limit(1)
    .prepare(),
)

/** Whether anything is due at `now`: asked before every answer. */
export function isAnythingDue(db: Db, now: number): boolean {
  return anyDueQuery(db).get({ now }) !== undefined
}

/** The earliest planned step, due or not. */
export function nextStep(db: Db): StepRow | undefined {
  return db.select().from(steps).orderBy(asc(steps.dueAt), asc(steps.seq)).limit(1).get()
}

/** Forgets a step and all that come before it. Where nothing is left, SQLite forgets the table at once, not row by row. */
export function deleteStepsUntil(db: Db, { dueAt, seq }: StepPlace): void {
  const until = sql`(${steps.dueAt}, ${steps.seq}) <= (${dueAt}, ${seq})`
  const left = db.select({ seq: steps.seq }).from(steps).where(not(until)).limit(1).get()
  if (left === undefined) db.delete(steps).run()
  else db.delete(steps).where(until).run()
}

const deleteStepsOfQuery = prepared((db) =>
  db
    .delete(steps)
    .where(eq(steps.jobId, sql.placeholder('jobId')))
    .prepare(),
)

/** Forgets what is still planned for a job. */
export function deleteStepsOf(db: Db, jobId: string): void {
  deleteStepsOfQuery(db).run({ jobId })
}

export function countPlannedSteps(db: Db): number {
  return db.select({ n: count() }).from(steps).get()?.n ?? 0
}
