import { expect, test } from 'vitest'
import { SetupError } from '../../../src/lib/errors.ts'
import { writeRuntimeRule } from '../../../src/simulation/rules/queries.ts'
import type { RuleBook } from '../../../src/simulation/rules/rule-book.ts'
import { fired, openRuleWorld, rule } from './rule-world.ts'

function names(book: RuleBook): string[] {
  return book.list().map(({ name, source }) => (source === 'scenario' ? name : `${name} (run time)`))
}

const scenario = [{ name: 'a' }, { name: 'b' }]

test('add puts a rule first, or last with place `last`', () => {
  const { book } = openRuleWorld(scenario)
  book.add(rule({ name: 'c' }))
  book.add(rule({ name: 'd' }))
  book.add(rule({ name: 'e' }), 'last')
  book.add(rule({ name: 'f' }), 'last')
  expect(names(book)).toEqual(['d (run time)', 'c (run time)', 'a', 'b', 'e (run time)', 'f (run time)'])
  expect(fired(book)).toEqual(['d'])
})

test('add replaces a rule of the same name in its position, with counts of its own', () => {
  const { book } = openRuleWorld(scenario)
  fired(book)
  book.add(rule({ name: 'a', when: { nth: 1 } }))
  expect(names(book)).toEqual(['a (run time)', 'b'])
  expect(book.list()[0]).toMatchObject({ matched: 0, hits: 0 })
  expect([fired(book), fired(book)]).toEqual([['a'], ['b']])
})

test('add moves a rule of the same name when a place is given', () => {
  const { book } = openRuleWorld(scenario)
  book.add(rule({ name: 'a' }), 'last')
  expect(names(book)).toEqual(['b', 'a (run time)'])
})

test('a removed rule is not applied any more, whether it is of the scenario or of run time', () => {
  const { book } = openRuleWorld(scenario)
  book.add(rule({ name: 'c' }))
  expect([book.remove('c'), book.remove('a'), book.remove('a'), book.remove('x')]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(names(book)).toEqual(['b'])
  expect(fired(book)).toEqual(['b'])
})

test('a rule that is removed and added again has no counts', () => {
  const { book } = openRuleWorld(scenario)
  fired(book)
  book.remove('a')
  book.add(rule({ name: 'a' }))
  expect(book.list()[0]).toMatchObject({ name: 'a', matched: 0, hits: 0 })
})

test('changes at run time survive a restart', () => {
  const world = openRuleWorld(scenario)
  world.book.add(rule({ name: 'c', when: { nth: [1, 2] }, then: { latency: '1s' } }))
  world.book.add(rule({ name: 'd' }), 'last')
  world.book.remove('a')
  fired(world.book)
  const reopened = world.reopen()
  expect(reopened.list()).toEqual(world.book.list())
  expect([fired(reopened), fired(reopened)]).toEqual([['c'], ['b']])
})

test('a removed rule of the scenario stays removed when the scenario gets another rule', () => {
  const world = openRuleWorld(scenario)
  world.book.remove('a')
  expect(names(world.reopen([{ name: 'new' }, ...scenario]))).toEqual(['new', 'b'])
})

test('adding a rule keeps the evaluations of the others', () => {
  const { book } = openRuleWorld(scenario)
  fired(book)
  book.add(rule({ name: 'c' }))
  expect(book.explain('a')).toHaveLength(1)
})

test('add refuses a rule with names that the scenario does not define', () => {
  const { book } = openRuleWorld(scenario, { phases: { initial: 'calm', others: ['outage'] } })
  const mistaken = rule({ name: 'c', when: { phase: 'outge' }, then: { job: { flow: 'copy-imag' } } })
  expect(() => book.add(mistaken)).toThrow(
    new SetupError(
      'the rule c: outge is no phase; did you mean outage?; copy-imag is no flow; did you mean copy-image?',
    ),
  )
  expect(names(book)).toEqual(['a', 'b'])
})

test('a rule of run time is refused when a new scenario does not define its names', () => {
  const world = openRuleWorld(scenario, { phases: { initial: 'calm', others: ['outage'] } })
  world.book.add(rule({ name: 'c', then: { enter: 'outage' } }))
  expect(() => world.reopen(scenario, { initial: 'calm' })).toThrow(
    new SetupError('the rule c: outage is no phase; there are calm'),
  )
})

test('a stored rule that this version cannot parse is refused with its name', () => {
  const world = openRuleWorld(scenario)
  writeRuntimeRule(world.db, {
    name: 'c',
    position: -1,
    rule: { name: 'c', when: { moon: 'full' }, then: {} },
  })
  expect(() => world.reopen()).toThrow(
    /^the rule c, which was added at run time by another version, cannot be read/,
  )
})
