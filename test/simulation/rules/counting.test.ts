import { expect, test } from 'vitest'
import { fired, openRuleWorld, type RuleText } from './rule-world.ts'

/** Sends equal requests and returns the numbers, from 1, of those to which each rule is applied. */
function turnsOf(rules: readonly RuleText[], requests: number): Record<string, number[]> {
  const { book } = openRuleWorld(rules)
  const turns: Record<string, number[]> = {}
  for (let n = 1; n <= requests; n++) {
    for (const name of fired(book)) turns[name] = [...(turns[name] ?? []), n]
  }
  return turns
}

test.each([
  [{ nth: 2 }, [2]],
  [{ nth: [1, 4] }, [1, 4]],
  [{ first: 3 }, [1, 2, 3]],
  [{ every: 3 }, [3, 6]],
  [{ first: 5, every: 2 }, [2, 4]],
  [{ nth: [2, 3], first: 2 }, [2]],
])('%j is applied to %j of seven requests', (when, turns) => {
  expect(turnsOf([{ name: 'a', when }], 7)).toEqual({ a: turns })
})

test('rules with nth 2 and nth 3 count the same requests', () => {
  const rules = [{ name: 'a', when: { nth: 2 } }, { name: 'b', when: { nth: 3 } }, { name: 'rest' }]
  expect(turnsOf(rules, 4)).toEqual({ a: [2], b: [3], rest: [1, 4] })
})

test('only requests that match everything else are counted', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { nth: 2, query: { marker: { present: true } } } }])
  const marked = { query: { marker: 'x' } }
  expect([fired(book), fired(book, marked), fired(book), fired(book, marked)]).toEqual([[], [], [], ['a']])
})

test('probability is evaluated before first, so the rule is applied three times', () => {
  const turns = turnsOf([{ name: 'a', when: { first: 3, probability: 0.5 } }], 100)
  expect(turns.a?.length).toBe(3)
})

test('by default, the requests of all projects are counted together', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { nth: 2 } }])
  expect([fired(book, { projectId: 'p' }), fired(book, { projectId: 'q' })]).toEqual([[], ['a']])
})

test('per project, each project has counts of its own', () => {
  const { book } = openRuleWorld([{ name: 'a', when: { nth: 2 }, per: 'project' }])
  const seen = ['p', 'q', 'p', undefined, 'q'].map((projectId) => fired(book, { projectId }))
  expect(seen).toEqual([[], [], ['a'], [], ['a']])
  expect(book.list()).toMatchObject([{ name: 'a', matched: 5, hits: 2 }])
})

test('list has how often each rule matched and was applied', () => {
  const { book } = openRuleWorld([
    { name: 'a', summary: 'Fails once.', when: { nth: 1 }, then: { error: 'IMG.0057' } },
    { name: 'b' },
    { name: 'c', when: { method: 'POST' } },
  ])
  fired(book)
  fired(book)
  const usual = { source: 'scenario', rule: expect.objectContaining({ continue: false, per: 'world' }) }
  expect(book.list()).toEqual([
    { ...usual, name: 'a', summary: 'Fails once.', matched: 2, hits: 1 },
    { ...usual, name: 'b', matched: 2, hits: 1 },
    { ...usual, name: 'c', matched: 0, hits: 0 },
  ])
})

test('list has each rule as it was written', () => {
  const text = { name: 'a', when: { after: '5m' }, then: { latency: '1s-2s', slow: '1KiB/s' } }
  const { book } = openRuleWorld([text])
  expect(book.list().map((listed) => listed.rule)).toEqual([{ ...text, continue: false, per: 'world' }])
})

test('counts survive a restart', () => {
  const world = openRuleWorld([
    { name: 'a', when: { nth: 3 } },
    { name: 'b', when: { nth: 2 }, per: 'project' },
  ])
  fired(world.book)
  const reopened = world.reopen()
  expect([fired(reopened), fired(world.reopen())]).toEqual([['b'], ['a']])
})
