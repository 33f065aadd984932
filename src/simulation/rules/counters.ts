import type { Db } from '../../database/open.ts'
import { deleteRuleCounts, readRuleCounts, writeRuleCount } from './queries.ts'
import { listed } from './values.ts'
import type { When } from './when.ts'

/** The counts of a rule. */
export interface Count {
  /** Requests that matched everything but `nth`, `first` and `every`. */
  matched: number
  /** Requests to which the rule was applied. */
  hits: number
}

/**
 * The counts of all rules of a world. Each is kept per owner: the project for a rule that says `per: project`, and `''` for
 * any other.
 */
export interface Counters {
  /** Counts a request that matches and returns its number, from 1. */
  addMatch(rule: string, owner: string): number
  /** Counts that the rule was applied to the request that was counted last. */
  addHit(rule: string, owner: string): void
  /** Writes the counts that changed since the last call. */
  write(): void
  /** Sums the counts of all owners. */
  total(rule: string): Count
  delete(rule: string): void
}

/** A count as a row of the database. */
interface CountRow extends Count {
  rule: string
  owner: string
}

/** Opens the counters with the counts in the database. */
export function openCounters(db: Db): Counters {
  const counts = new Map<string, Map<string, CountRow>>()
  for (const row of readRuleCounts(db)) ownersOf(row.rule).set(row.owner, row)
  const changed = new Set<CountRow>()

  function ownersOf(rule: string): Map<string, CountRow> {
    const owners = counts.get(rule) ?? new Map<string, CountRow>()
    counts.set(rule, owners)
    return owners
  }

  function increment(rule: string, owner: string, key: keyof Count): number {
    const owners = ownersOf(rule)
    const count = owners.get(owner) ?? { rule, owner, matched: 0, hits: 0 }
    owners.set(owner, count)
    count[key] += 1
    changed.add(count)
    return count[key]
  }

  return {
    addMatch: (rule, owner) => increment(rule, owner, 'matched'),
    addHit: (rule, owner) => void increment(rule, owner, 'hits'),
    write() {
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
    delete(rule) {
      counts.delete(rule)
      deleteRuleCounts(db, rule)
    },
  }
}

/** The compiled `nth`, `first` and `every`: which of the requests that match everything else a rule is applied to. */
export interface CountCondition {
  /** Tests the number of a request, from 1. */
  includes(n: number): boolean
  /** E.g. `the rule is for request 2 or 5`. */
  words: string
}

/** Compiles the counting clauses; returns undefined for a rule that has none. */
export function compileCountCondition({ nth, first, every }: When): CountCondition | undefined {
  const tests: ((n: number) => boolean)[] = []
  const words: string[] = []
  if (nth !== undefined) {
    const wanted = new Set(listed(nth))
    tests.push((n) => wanted.has(n))
    words.push(`request ${listed(nth).join(' or ')}`)
  }
  if (first !== undefined) {
    tests.push((n) => n <= first)
    words.push(first === 1 ? 'the first' : `the first ${first}`)
  }
  if (every !== undefined) {
    tests.push((n) => n % every === 0)
    words.push(every === 1 ? 'every request' : `one request in ${every}`)
  }
  if (tests.length === 0) return undefined
  return { includes: (n) => tests.every((test) => test(n)), words: `the rule is for ${words.join(' and ')}` }
}
