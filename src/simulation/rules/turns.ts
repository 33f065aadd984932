import { listed } from './values.ts'
import type { When } from './when.ts'

/** Which of the requests that fit everything else a rule is for. */
export interface Turns {
  /** Counted from 1. */
  includes(n: number): boolean
  /** E.g. `the rule is for request 2 or 5`. */
  words: string
}

/** Undefined for a rule that does not count. */
export function compileTurns({ nth, first, every }: When): Turns | undefined {
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
