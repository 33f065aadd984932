import { expect, test } from 'vitest'
import { SetupError } from '../../../src/lib/errors.ts'
import { Phases } from '../../../src/simulation/rules/phases.ts'
import { mistakesOf } from './parsing.ts'
import { fired, openRuleWorld } from './rule-world.ts'

const MINUTE = 60_000
const brownOut = {
  initial: 'calm',
  moves: [
    { from: 'calm', to: 'outage', when: { after: '5m' } },
    { from: 'outage', to: 'recovered', when: { operation: 'List*', count: 3 } },
  ],
}
const inOutage = [{ name: 'a', when: { phase: 'outage' } }]

test('a world without phases has no phase', () => {
  expect(openRuleWorld([]).book.phase()).toBeUndefined()
})

test('a move by time is made at its exact instant', () => {
  const { book, advance } = openRuleWorld([], { phases: brownOut })
  const phases = [5 * MINUTE - 1, 1].map((ms) => {
    advance(ms)
    return book.phase()
  })
  expect(phases).toEqual(['calm', 'outage'])
})

test('a request that causes a move is still in the old phase', () => {
  const { book, advance } = openRuleWorld(inOutage, { phases: brownOut })
  const before = fired(book)
  advance(5 * MINUTE)
  const during = [fired(book), fired(book, { operation: 'ShowImage' }), fired(book), fired(book), fired(book)]
  expect([before, ...during]).toEqual([[], ['a'], ['a'], ['a'], ['a'], []])
  expect(book.phase()).toBe('recovered')
})

test('several moves by time are made in a row, each at its own instant', () => {
  const phases = {
    initial: 'one',
    moves: [
      { from: 'one', to: 'two', when: { after: '10s' } },
      { from: 'two', to: 'three', when: { after: '20s' } },
      { from: 'three', to: 'four', when: { after: '30s' } },
    ],
  }
  const { book, advance } = openRuleWorld([], { phases })
  const seen = [35_000, 24_999, 1].map((ms) => {
    advance(ms)
    return book.phase()
  })
  expect(seen).toEqual(['three', 'three', 'four'])
})

test('the earliest move by time is made, and of equal ones the first in the scenario', () => {
  const moves = [
    { from: 'a', to: 'late', when: { after: '2s' } },
    { from: 'a', to: 'first', when: { after: '1s' } },
    { from: 'a', to: 'second', when: { after: '1s' } },
  ]
  const { book, advance } = openRuleWorld([], { phases: { initial: 'a', moves } })
  advance(10_000)
  expect(book.phase()).toBe('first')
})

test('a circle of moves is skipped over a century', () => {
  const moves = [
    { from: 'on', to: 'off', when: { after: '700ms' } },
    { from: 'off', to: 'on', when: { after: '300ms' } },
  ]
  const { book, advance } = openRuleWorld([], { phases: { initial: 'on', moves } })
  const century = 100 * 365 * 24 * 60 * MINUTE
  const seen = [century, 699, 1, 299, 1].map((ms) => {
    advance(ms)
    return book.phase()
  })
  expect(seen).toEqual(['on', 'on', 'off', 'off', 'on'])
})

test('counts restart in a phase that is entered again', () => {
  const moves = [
    { from: 'a', to: 'b', when: { operation: 'ListImages', count: 2 } },
    { from: 'b', to: 'a', when: { operation: 'ShowImage' } },
  ]
  const { book } = openRuleWorld([], { phases: { initial: 'a', moves } })
  const seen = ['ListImages', 'ListImages', 'ShowImage', 'ListImages', 'ListImages'].map((operation) => {
    fired(book, { operation })
    return book.phase()
  })
  expect(seen).toEqual(['a', 'b', 'a', 'a', 'b'])
})

test('enter starts the time in a phase', () => {
  const { book, advance } = openRuleWorld([], { phases: brownOut })
  advance(4 * MINUTE)
  book.enter('recovered')
  book.enter('calm')
  advance(4 * MINUTE)
  expect(book.phase()).toBe('calm')
})

test('a rule with enter changes the phase for the next request', () => {
  const rules = [
    { name: 'a', when: { phase: 'outage' } },
    { name: 'b', then: { enter: 'outage' } },
  ]
  const { book } = openRuleWorld(rules, { phases: brownOut })
  expect([fired(book), fired(book)]).toEqual([['b'], ['a']])
})

test('enter of a rule takes precedence over a move by the same request', () => {
  const { book, advance } = openRuleWorld([{ name: 'a', when: { nth: 4 }, then: { enter: 'calm' } }], {
    phases: brownOut,
  })
  fired(book)
  advance(5 * MINUTE)
  for (let n = 0; n < 3; n++) fired(book)
  expect(book.phase()).toBe('calm')
})

test('the phase and its counts survive a restart', () => {
  const world = openRuleWorld(inOutage, { phases: brownOut })
  world.advance(5 * MINUTE)
  fired(world.book)
  fired(world.book)
  const reopened = world.reopen()
  expect(reopened.phase()).toBe('outage')
  fired(reopened)
  expect(reopened.phase()).toBe('recovered')
  expect(world.reopen().phase()).toBe('recovered')
})

test('the time in a phase goes on after a restart', () => {
  const world = openRuleWorld([], { phases: brownOut })
  world.advance(4 * MINUTE)
  const reopened = world.reopen()
  world.advance(MINUTE)
  expect(reopened.phase()).toBe('outage')
})

test.each([
  [{ phases: brownOut }, 'outge is no phase; did you mean outage?'],
  [{ phases: { initial: 'sunny' } }, 'outge is no phase; there are sunny'],
  [{}, 'outge is no phase; the scenario has no phases'],
])('enter refuses an unknown phase', (options, message) => {
  expect(() => openRuleWorld([], options).book.enter('outge')).toThrow(new SetupError(message))
})

test.each([
  [{ moves: [] }, /^initial: /],
  [{ initial: 'a', moves: [{ from: 'a', to: 'b', when: {} }] }, /must have either after or operation/],
  [
    { initial: 'a', moves: [{ from: 'a', to: 'b', when: { after: '1s', operation: 'x' } }] },
    /must have either after or operation/,
  ],
  [{ initial: 'a', moves: [{ from: 'a', to: 'b', when: { after: '1s', count: 2 } }] }, /counts nothing/],
  [{ initial: 'a', moves: [{ from: 'a', to: 'b', when: { after: '0s' } }] }, /one duration above zero/],
  [{ initial: 'a', moves: [{ from: 'a', when: { after: '1s' } }] }, /^moves.0.to: /],
])('%j is refused', (phases, message) => {
  expect(mistakesOf(Phases, phases)[0]).toMatch(message)
})
