import { asc, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/statements.ts'
import { ruleCounts, runtimeRules } from './tables.ts'

export type RuleCountRow = typeof ruleCounts.$inferSelect

const ruleCountsQuery = prepared((db) => db.select().from(ruleCounts).prepare())

/** Reads the counts of all rules. */
export function readRuleCounts(db: Db): RuleCountRow[] {
  return ruleCountsQuery(db).all()
}

const writeCountQuery = prepared((db) =>
  db
    .insert(ruleCounts)
    .values({
      rule: sql.placeholder('rule'),
      owner: sql.placeholder('owner'),
      matched: sql.placeholder('matched'),
      hits: sql.placeholder('hits'),
    })
    .onConflictDoUpdate({
      target: [ruleCounts.rule, ruleCounts.owner],
      set: { matched: sql`excluded.matched`, hits: sql`excluded.hits` },
    })
    .prepare(),
)

export function writeRuleCount(db: Db, row: RuleCountRow): void {
  const { rule, owner, matched, hits } = row
  writeCountQuery(db).run({ rule, owner, matched, hits })
}

export function deleteRuleCounts(db: Db, rule: string): void {
  db.delete(ruleCounts).where(eq(ruleCounts.rule, rule)).run()
}

/** A rule that was added or removed at run time. */
export interface RuntimeRule {
  name: string
  position: number
  /** Parsed JSON of no checked type; undefined for a rule of the scenario that was removed. */
  rule: unknown
}

const runtimeRulesQuery = prepared((db) =>
  db.select().from(runtimeRules).orderBy(asc(runtimeRules.position), asc(runtimeRules.name)).prepare(),
)

/** Reads the changes to rules, in the order of their positions. */
export function readRuntimeRules(db: Db): RuntimeRule[] {
  return runtimeRulesQuery(db)
    .all()
    .map(({ rule, ...row }) => ({
      ...row,
      rule: rule === null ? undefined : JSON.parse(rule),
    }))
}

export function writeRuntimeRule(db: Db, { name, position, rule }: RuntimeRule): void {
  const change = { position, rule: rule === undefined ? null : JSON.stringify(rule) }
  db.insert(runtimeRules)
    .values({ name, ...change })
    .onConflictDoUpdate({ target: runtimeRules.name, set: change })
    .run()
}

export function deleteRuntimeRule(db: Db, name: string): void {
  db.delete(runtimeRules).where(eq(runtimeRules.name, name)).run()
}

/** Deletes all counts and all changes that were made to rules at run time. */
export function deleteRules(db: Db): void {
  db.delete(ruleCounts).run()
  db.delete(runtimeRules).run()
}
