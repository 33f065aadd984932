import { and, asc, count, eq, lte, not, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/statements.ts'
import { jsonIn } from '../../lib/json.ts'
import { safeParse } from '../../lib/parse.ts'
import { StepEffect, type StepRow, steps } from '../tables.ts'

export function insertStep(db: Db, row: typeof steps.$inferInsert): void {
  db.insert(steps).values(row).run()
}

/** The place of a step in the order of steps; those of the same time keep the order in which they were planned. */
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
 * Lists the next planned steps after a place that are due at `now` (virtual ms). They are read as plain values: with a
 * hundred thousand of them, mapping costs more than reading. Steps with the same effect share one object, which must not be
 * changed.
 */
export function dueSteps(db: Db, { dueAt, seq }: StepPlace, now: number, limit: number): StepRow[] {
  const effects = new Map<string, StepEffect>()
  return dueStepsQuery(db)
    .values({ dueAt, seq, now, limit })
    .map(([ownSeq, ownDueAt, jobId, json]): StepRow => {
      return { seq: ownSeq, dueAt: ownDueAt, jobId, effect: readEffect(effects, json) }
    })
}

/** Stands for an effect that another program has written: its job fails. */
const UNREADABLE: StepEffect = { job: 'FAIL' }

function readEffect(known: Map<string, StepEffect>, json: string): StepEffect {
  const before = known.get(json)
  if (before !== undefined) return before
  const effect = safeParse(StepEffect, jsonIn(json)).data ?? UNREADABLE
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

/** True when a step is due at `now` (virtual ms). Every request asks it first. */
export function isAnythingDue(db: Db, now: number): boolean {
  return anyDueQuery(db).get({ now }) !== undefined
}

/** Finds the earliest planned step, due or not. */
export function nextStep(db: Db): StepRow | undefined {
  return db.select().from(steps).orderBy(asc(steps.dueAt), asc(steps.seq)).limit(1).get()
}

/** Deletes a step and all before it. When none is left SQLite empties the table at once instead of row by row. */
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

/** Deletes the planned steps of a job. */
export function deleteStepsOf(db: Db, jobId: string): void {
  deleteStepsOfQuery(db).run({ jobId })
}

export function countPlannedSteps(db: Db): number {
  return db.select({ n: count() }).from(steps).get()?.n ?? 0
}

/** Lists the planned steps in the order in which they will happen. */
export function plannedSteps(db: Db, limit: number): StepRow[] {
  return db.select().from(steps).orderBy(asc(steps.dueAt), asc(steps.seq)).limit(limit).all()
}
