import { integer, primaryKey, sqliteTable, text } from '../../database/drizzle.ts'

/** How often a rule of the scenario, or one that was added at run time, was matched and happened. */
export const ruleCounts = sqliteTable(
  'rule_counts',
  {
    /** Its name. */
    rule: text().notNull(),
    /** The project whose requests are counted together; empty for those of the whole world. */
    owner: text().notNull(),
    matched: integer().notNull(),
    hits: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.rule, table.owner] })],
)

/** What was changed about the scenario's rules at run time. */
export const runtimeRules = sqliteTable('runtime_rules', {
  name: text().primaryKey(),
  /** The scenario's rules stand at 0, 1, 2 …; lower ones come before. */
  position: integer().notNull(),
  /** The rule as it was written, in JSON; null where a rule of the scenario was taken away. */
  rule: text(),
})
