import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase } from '../../../src/database/open.ts'
import { openPhaseMachine, Phases } from '../../../src/simulation/rules/phases.ts'

const NAMES = ['a', 'b', 'c', 'd']

interface TimedMove {
  from: string
  to: string
  after: number
}

interface CountingMove {
  from: string
  to: string
  count: number
}

/** The phases that the moves by time lead through, walked one millisecond at a time, and the counts in each. */
function walk(timed: readonly TimedMove[], counting: readonly CountingMove[]) {
  let phase = 'a'
  let entered = 0
  let counted = 0
  let now = 0
  function go(to: string): void {
    phase = to
    entered = now
    counted = 0
  }
  return {
    until(instant: number): string {
      while (now < instant) {
        now += 1
        const due = timed.find(({ from, after }) => from === phase && now - entered === after)
        if (due !== undefined) go(due.to)
      }
      return phase
    },
    request(): void {
      counted += 1
      const due = counting.find(({ from, count }) => from === phase && counted === count)
      if (due !== undefined) go(due.to)
    },
  }
}

const name = fc.constantFrom(...NAMES)
const timedMove = fc.record({ from: name, to: name, after: fc.integer({ min: 1, max: 40 }) })
const countingMove = fc.record({ from: name, to: name, count: fc.integer({ min: 1, max: 4 }) })
const { db } = openDatabase()

test('moves by time and by requests give the same phases as a simulation of every millisecond', () => {
  fc.assert(
    fc.property(
      fc.array(timedMove, { maxLength: 5 }),
      fc.array(countingMove, { maxLength: 4 }),
      fc.array(fc.record({ wait: fc.integer({ min: 0, max: 300 }), requests: fc.nat(3) }), { maxLength: 12 }),
      (timed, counting, steps) => {
        const phases = Phases.parse({
          initial: 'a',
          others: NAMES,
          moves: [
            ...timed.map(({ from, to, after }) => ({ from, to, when: { after: `${after}ms` } })),
            ...counting.map(({ from, to, count }) => ({
              from,
              to,
              when: { operation: 'ListImages', count },
            })),
          ],
        })
        const machine = openPhaseMachine(db, phases, 0)
        machine.enter('a', 0)
        const plain = walk(timed, counting)
        let now = 0
        for (const { wait, requests } of steps) {
          now += wait
          expect(machine.at(now)).toBe(plain.until(now))
          for (let n = 0; n < requests; n++) {
            machine.count({ id: 'ims', aliases: [] }, 'ListImages', now)
            plain.request()
          }
          expect(machine.at(now)).toBe(plain.until(now))
        }
      },
    ),
    { numRuns: 300 },
  )
})
