import type { Db } from '../../database/open.ts'
import { SetupError } from '../../lib/errors.ts'
import { deleteRuntimeRule, readRuntimeRules, writeRuntimeRule } from './queries.ts'
import { Rule } from './schema.ts'

/** A rule, where it comes from and where it stands. */
export interface PlacedRule {
  rule: Rule
  source: 'scenario' | 'run time'
  position: number
}

/** The rules of a world in order: the scenario's, and what was changed about them at run time. */
export interface RuleList {
  all(): readonly PlacedRule[]
  /** A rule whose name is taken replaces the other, where that stands unless a place is given; others come first. */
  put(rule: Rule, place?: 'first' | 'last'): void
  /** False when there is no such rule. */
  take(name: string): boolean
}

export function openRuleList(db: Db, ofScenario: readonly Rule[]): RuleList {
  const placed = new Map<string, PlacedRule>(
    ofScenario.map((rule, position) => [rule.name, { rule, source: 'scenario', position }]),
  )
  for (const { name, position, rule } of readRuntimeRules(db)) {
    if (rule === undefined) placed.delete(name)
    else placed.set(name, { rule: parseKept(name, rule), source: 'run time', position })
  }
  let ordered = inOrder(placed)

  function positionFor(name: string, place: 'first' | 'last' | undefined): number {
    const before = placed.get(name)?.position
    if (place === undefined && before !== undefined) return before
    // The scenario's places are kept free, for rules that were taken away may be put again.
    if (place === 'last') return Math.max(ofScenario.length - 1, ordered.at(-1)?.position ?? 0) + 1
    return Math.min(0, ordered[0]?.position ?? 0) - 1
  }

  return {
    all: () => ordered,
    put(rule, place) {
      const position = positionFor(rule.name, place)
      writeRuntimeRule(db, { name: rule.name, position, rule })
      placed.set(rule.name, { rule, source: 'run time', position })
      ordered = inOrder(placed)
    },
    take(name) {
      const position = placed.get(name)?.position
      if (position === undefined) return false
      if (ofScenario.some((rule) => rule.name === name))
        writeRuntimeRule(db, { name, position, rule: undefined })
      else deleteRuntimeRule(db, name)
      placed.delete(name)
      ordered = inOrder(placed)
      return true
    },
  }
}

function inOrder(placed: ReadonlyMap<string, PlacedRule>): readonly PlacedRule[] {
  return [...placed.values()].sort((one, other) => one.position - other.position)
}

function parseKept(name: string, kept: unknown): Rule {
  const read = Rule.safeParse(kept)
  if (read.success) return read.data
  throw new SetupError(
    `the rule ${name}, which was added at run time, was made by another version; remove it there, or take another --data folder`,
  )
}
