import type { SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { and, asc, count, desc, eq, getTableColumns, inArray, isNull, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/statements.ts'
import { type JobRow, jobResources, jobs } from '../tables.ts'

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

/** Writes the further resources that a job works on. */
export function insertJobResources(db: Db, jobId: string, ids: readonly string[]): void {
  for (const resourceId of ids) db.insert(jobResources).values({ jobId, resourceId }).run()
}

const resourcesOfQuery = prepared((db) =>
  db
    .select({ id: jobResources.resourceId })
    .from(jobResources)
    .where(eq(jobResources.jobId, sql.placeholder('jobId')))
    .orderBy(asc(sql`rowid`))
    .prepare(),
)

/** Lists the ids of the further resources of a job, in the order in which they were submitted. */
export function resourcesOfJob(db: Db, jobId: string): string[] {
  return resourcesOfQuery(db)
    .all({ jobId })
    .map(({ id }) => id)
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

/** The changes of a step to its job; columns that are left out keep their value. */
export type JobMove = Partial<Pick<JobRow, 'status' | 'progress' | 'endAt' | 'errorCode' | 'failReason'>>

/** Writes the changes of steps to a job. The query is compiled once: a hundred thousand steps may be due at a time. */
export function moveJob(db: Db, id: string, move: JobMove): void {
  const { status = null, progress = null, endAt = null, errorCode = null, failReason = null } = move
  moveJobQuery(db).run({ id, status, progress, endAt, errorCode, failReason })
}

/** Finds a job that has not ended and works on an image, as its own or as a further one; of one type or of any. */
export function runningJobOf(db: Db, imageId: string, type?: string): JobRow | undefined {
  const running = inArray(jobs.status, ['INIT', 'RUNNING'])
  const sameType = type === undefined ? undefined : eq(jobs.type, type)
  const own = db
    .select()
    .from(jobs)
    .where(and(eq(jobs.imageId, imageId), sameType, running))
    .get()
  return own ?? runningJobWith(db, imageId, and(sameType, running))
}

function runningJobWith(db: Db, resourceId: string, where: SQL | undefined): JobRow | undefined {
  return db
    .select(getTableColumns(jobs))
    .from(jobs)
    .innerJoin(jobResources, eq(jobResources.jobId, jobs.id))
    .where(and(eq(jobResources.resourceId, resourceId), where))
    .get()
}

/** Counts the jobs of a project of these types that have not ended. Parts of a job do not count beside it. */
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

/** Lists what all jobs keep for their kinds. */
export function jobPayloads(db: Db): Pick<JobRow, 'id' | 'type' | 'payload'>[] {
  return db.select({ id: jobs.id, type: jobs.type, payload: jobs.payload }).from(jobs).all()
}

/** Lists the parts of a job in the order in which they were submitted. */
export function subJobsOf(db: Db, parentId: string): JobRow[] {
  return db.select().from(jobs).where(eq(jobs.parentId, parentId)).orderBy(asc(sql`rowid`)).all()
}

/** Lists the jobs that began or ended last, the latest first. */
export function latestJobs(db: Db, limit: number): JobRow[] {
  return db
    .select()
    .from(jobs)
    .orderBy(desc(sql`coalesce(${jobs.endAt}, ${jobs.beginAt})`), desc(sql`${jobs}.rowid`))
    .limit(limit)
    .all()
}
