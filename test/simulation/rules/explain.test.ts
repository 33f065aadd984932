import { expect, test } from 'vitest'
import { fired, openRuleWorld, type RuleText, type request, START } from './rule-world.ts'

/** Sends a request and returns why the rule was or was not applied to it. */
function why(text: RuleText, parts: Parameters<typeof request>[0] = {}): string | undefined {
  const { book } = openRuleWorld([{ ...text, name: 'a' }], {
    phases: { initial: 'calm', others: ['outage'] },
  })
  fired(book, parts)
  return book.explain('a')?.at(-1)?.why
}

const resource = () => ({
  id: 'i',
  status: 'queued',
  name: null,
  visibility: 'private',
  tags: [
    { key: 'a', value: '' },
    { key: 'b', value: '' },
  ],
  enterpriseProject: undefined,
})

test.each<[string, unknown, Parameters<typeof request>[0]]>([
  ['the phase is calm, not outage', { phase: 'outage' }, {}],
  ['the method is GET, not POST or PUT', { method: ['POST', 'PUT'] }, {}],
  ['the path is /v2/cloudimages, not /v2/images/*', { path: '/v2/images/*' }, {}],
  ['the project is project-a, not p', { project: 'p' }, {}],
  ['the project is none, not p', { project: 'p' }, { projectId: undefined }],
  ['the user is demo, not ci', { user: 'ci' }, {}],
  ['it came 300000 ms too early', { after: '5m' }, {}],
  ['it came 0 ms too late', { before: '2026-01-01T00:00:00Z' }, {}],
  ['header x-try is not there, and should be "1"', { headers: { 'x-try': '1' } }, {}],
  [
    'query marker is "m", and should not be there',
    { query: { marker: { absent: true } } },
    { query: { marker: 'm' } },
  ],
  [
    'body image_url is "b:a.vhd", and should match /\\.qcow2$/',
    { body: { image_url: { matches: '\\.qcow2$' } } },
    { body: { image_url: 'b:a.vhd' } },
  ],
  ['body a is a map, and should be 1', { body: { a: 1 } }, { body: { a: {} } }],
  ['body a is a list of 2, and should be 1', { body: { a: 1 } }, { body: { a: [2, 3] } }],
  [`body a is "${'x'.repeat(79)}…, and should be 1`, { body: { a: 1 } }, { body: { a: 'x'.repeat(5000) } }],
  ['the image\'s status is not there, and should be "active"', { resource: { status: 'active' } }, {}],
  [
    "the image's name is null, and should match /^ci/",
    { resource: { name: { matches: '^ci' } } },
    { resource },
  ],
  ['the image\'s tag is "a", "b", and should be "c"', { resource: { tag: 'c' } }, { resource }],
  ['chance decided against it, with a probability of 0', { probability: 0 }, {}],
  ['it was matching request 1; the rule is for request 2', { nth: 2 }, {}],
  [
    'it was matching request 1; the rule is for request 2 or 3 and one request in 3',
    { nth: [2, 3], every: 3 },
    {},
  ],
  ['it was matching request 1', {}, {}],
])('%s', (words, when, parts) => {
  expect(why({ when }, parts)).toBe(words)
})

test('a count of a project is explained as such', () => {
  expect(why({ when: { nth: 2 }, per: 'project' })).toBe(
    'it was matching request 1 of the project; the rule is for request 2',
  )
})

test('a rule after another that matches is explained with the name of that rule', () => {
  const { book } = openRuleWorld([{ name: 'a' }, { name: 'b' }])
  fired(book)
  expect(book.explain('b')).toEqual([
    {
      at: START,
      operation: 'ListImages',
      method: 'GET',
      path: '/v2/cloudimages',
      matched: true,
      fired: false,
      why: 'it matches, but the rule a comes first and does not say continue',
    },
  ])
})

test('the last 20 requests of the operations of a rule are kept, the oldest first', () => {
  const { book, advance } = openRuleWorld([{ name: 'a', when: { operation: 'List*', nth: 25 } }])
  for (let n = 1; n <= 25; n++) {
    advance(1000)
    fired(book)
    fired(book, { operation: 'ShowImage' })
  }
  const evaluations = book.explain('a') ?? []
  expect(evaluations.map(({ at }) => (at - START) / 1000)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 6),
  )
  expect(evaluations.map((evaluation) => evaluation.fired)).toEqual([
    ...Array.from({ length: 19 }, () => false),
    true,
  ])
})

test('explain returns undefined for an unknown rule', () => {
  const { book } = openRuleWorld([])
  expect(book.explain('a')).toBeUndefined()
})
