import { z } from 'zod'
import { contents, jsonText } from '../../database/contents.ts'
import { integer, primaryKey, sqliteTable, text } from '../../database/drizzle.ts'
import { Rule } from './rule.ts'

/** The counts of rules, those of the scenario and those of run time. */
export const ruleCounts = sqliteTable(
  'rule_counts',
  {
    /** The name of the rule. */
    rule: text().notNull(),
    /** The project whose requests are counted; empty for rules that count those of the whole world. */
    owner: text().notNull(),
    matched: integer().notNull(),
    hits: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.rule, table.owner] })],
)
// A count of the whole world has an empty owner.
contents(ruleCounts, { rule: z.string(), owner: z.string() })

/** Rules that were added or removed at run time. */
export const runtimeRules = sqliteTable('runtime_rules', {
  name: text().primaryKey(),
  /** Rules of the scenario have positions 0, 1, 2 …; a rule before them has a negative one. */
  position: integer().notNull(),
  /** The rule as it was written, in JSON; null for a rule of the scenario that was removed. */
  rule: text(),
})
contents(runtimeRules, { position: z.int(), rule: jsonText(Rule) })
