import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oracle, type Plan, type Step } from './oracle.ts'
import { fired, openRuleWorld, type RuleText, type RuleWorld } from './rule-world.ts'

const OPERATIONS = ['ListImages', 'ListTags', 'ShowImage']
const optional = { requiredKeys: [] }
const marker = fc.constantFrom('a', 'b', 'ab')
const ordinal = fc.integer({ min: 1, max: 6 })
const instant = fc.integer({ min: 0, max: 20 }).map((seconds) => seconds * 1000)

const wantedMarker: fc.Arbitrary<NonNullable<Plan['marker']>> = fc.oneof(
  fc.record({ present: fc.boolean() }),
  fc.record({ absent: fc.constant(true) }),
  fc
    .record(
      { equals: marker, matches: fc.constantFrom('^a', 'b$', '.'), in: fc.array(marker, { minLength: 1 }) },
      optional,
    )
    .filter((wanted) => Object.keys(wanted).length > 0),
)

const plan: fc.Arbitrary<Plan> = fc.record(
  {
    operation: fc.array(fc.constantFrom(...OPERATIONS, 'List*', '*', 'service:ims'), {
      minLength: 1,
      maxLength: 2,
    }),
    method: fc.constantFrom('GET', 'POST'),
    project: fc.constantFrom('p', 'q'),
    marker: wantedMarker,
    size: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    after: instant,
    before: instant,
    nth: fc.array(ordinal, { minLength: 1, maxLength: 3 }),
    first: ordinal,
    every: ordinal,
    continue: fc.boolean(),
    per: fc.constantFrom('world', 'project'),
  },
  { requiredKeys: ['continue', 'per'] },
)

const step: fc.Arbitrary<Step> = fc.record({
  wait: fc.constantFrom(0, 0, 500, 3000),
  operation: fc.constantFrom(...OPERATIONS),
  method: fc.constantFrom('GET', 'POST'),
  project: fc.constantFrom('p', 'q'),
  marker: fc.option(marker),
  size: fc.option(fc.integer({ min: 1, max: 3 })),
})

function asRule(
  { marker: wanted, size, after, before, continue: goesOn, per, ...rest }: Plan,
  i: number,
): RuleText {
  const when = {
    ...rest,
    ...(wanted && { query: { marker: wanted } }),
    ...(size && { body: { 'image.size': size } }),
    ...(after !== undefined && { after: `${after}ms` }),
    ...(before !== undefined && { before: `${before}ms` }),
  }
  return { name: String(i), when, continue: goesOn, per }
}

/** Sends requests, with a restart before those at some positions. */
function play(world: RuleWorld, steps: readonly Step[], restarts: ReadonlySet<number>): number[][] {
  let { book } = world
  return steps.map((sent, i) => {
    if (restarts.has(i)) book = world.reopen()
    world.advance(sent.wait)
    const names = fired(book, {
      operation: sent.operation,
      method: sent.method,
      projectId: sent.project,
      query: sent.marker === null ? {} : { marker: sent.marker },
      body: sent.size === null ? undefined : { image: { size: sent.size } },
    })
    return names.map(Number)
  })
}

test('random rules are applied to random requests as the plain implementation says, with and without restarts', () => {
  fc.assert(
    fc.property(
      fc.array(plan, { minLength: 1, maxLength: 5 }),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.uniqueArray(fc.nat(24), { maxLength: 2 }),
      (plans, steps, restarts) => {
        const world = openRuleWorld(plans.map(asRule))
        expect(play(world, steps, new Set(restarts))).toEqual(oracle(plans, steps))
      },
    ),
    { numRuns: 150 },
  )
})
