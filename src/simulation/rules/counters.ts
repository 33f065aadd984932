import type { Db } from '../../database/open.ts'
import { deleteRuleCounts, readRuleCounts, writeRuleCount } from './queries.ts'

/** How many requests fitted a rule, counters aside, and for how many of them it happened. */
export interface Count {
  matched: number
  hits: number
}

/** The counts of all rules of a world, by rule and by whose requests are counted together. */
export interface Tally {
  /** Counts one more request that fits and answers its number, from 1. */
  match(rule: string, owner: string): number
  /** The last request that was counted is one for which the rule happened. */
  hit(rule: string, owner: string): void
  /** Writes what was counted since the last time. */
  keep(): void
  /** Over all owners. */
  total(rule: string): Count
  forget(rule: string): void
}

/** A count with its place in the database. */
interface KeptCount extends Count {
  rule: string
  owner: string
}

export function openTally(db: Db): Tally {
  const counts = new Map<string, Map<string, KeptCount>>()
  for (const row of readRuleCounts(db)) ownersOf(row.rule).set(row.owner, row)
  const changed = new Set<KeptCount>()

  function ownersOf(rule: string): Map<string, KeptCount> {
    const owners = counts.get(rule) ?? new Map<string, KeptCount>()
    counts.set(rule, owners)
    return owners
  }

  function change(rule: string, owner: string, key: keyof Count): number {
    const owners = ownersOf(rule)
    const count = owners.get(owner) ?? { rule, owner, matched: 0, hits: 0 }
    owners.set(owner, count)
    count[key] += 1
    changed.add(count)
    return count[key]
  }

  return {
    match: (rule, owner) => change(rule, owner, 'matched'),
    hit: (rule, owner) => void change(rule, owner, 'hits'),
    keep() {
      for (const count of changed) writeRuleCount(db, count)
      changed.clear()
    },
    total(rule) {
      const total = { matched: 0, hits: 0 }
      for (const { matched, hits } of counts.get(rule)?.values() ?? []) {
        total.matched += matched
        total.hits += hits
      }
      return total
    },
    forget(rule) {
      counts.delete(rule)
      deleteRuleCounts(db, rule)
    },
  }
}
