import { asc, desc, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { type JobRow, jobs, type StepRow, steps } from '../../../simulation/tables.ts'

/** The jobs in which something happened last, the latest first. */
export function latestJobs(db: Db, limit: number): JobRow[] {
  return db
    .select()
    .from(jobs)
    .orderBy(desc(sql`coalesce(${jobs.endAt}, ${jobs.beginAt})`), desc(sql`${jobs}.rowid`))
    .limit(limit)
    .all()
}

/** The steps that are planned, in the order in which they will happen. */
export function plannedSteps(db: Db, limit: number): StepRow[] {
  return db.select().from(steps).orderBy(asc(steps.dueAt), asc(steps.seq)).limit(limit).all()
}
