import type { Db } from '../../database/open.ts'
import { SetupError } from '../../lib/errors.ts'
import { deleteRuntimeRule, readRuntimeRules, writeRuntimeRule } from './queries.ts'
import { Rule } from './rule.ts'

/** A rule with its source and its position. */
export interface PlacedRule {
  rule: Rule
  source: 'scenario' | 'run time'
  position: number
}

/** The rules of a world in order: those of the scenario, with the changes that were made at run time. */
export interface RuleList {
  all(): readonly PlacedRule[]
  /** Adds a rule, first unless a place is given. It replaces a rule of the same name, in that rule's position. */
  put(rule: Rule, place?: 'first' | 'last'): void
  /** Removes a rule; returns false when no rule has the name. */
  remove(name: string): boolean
}

export function openRuleList(db: Db, scenarioRules: readonly Rule[]): RuleList {
  const placed = new Map<string, PlacedRule>(
    scenarioRules.map((rule, position) => [rule.name, { rule, source: 'scenario', position }]),
  )
  for (const { name, position, rule } of readRuntimeRules(db)) {
    if (rule === undefined) placed.delete(name)
    else placed.set(name, { rule: parseRule(name, rule), source: 'run time', position })
  }
  let ordered = inOrder(placed)

  function positionFor(name: string, place: 'first' | 'last' | undefined): number {
    const before = placed.get(name)?.position
    if (place === undefined && before !== undefined) return before
    // The positions of the scenario stay reserved, because a rule that was removed can be added again.
    if (place === 'last') return Math.max(scenarioRules.length - 1, ordered.at(-1)?.position ?? 0) + 1
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
    remove(name) {
      const position = placed.get(name)?.position
      if (position === undefined) return false
      if (scenarioRules.some((rule) => rule.name === name))
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

function parseRule(name: string, kept: unknown): Rule {
  const parsed = Rule.safeParse(kept)
  if (parsed.success) return parsed.data
  throw new SetupError(
    `the rule ${name}, which was added at run time by another version, cannot be read; remove it with that version, or use another --data folder`,
  )
}
