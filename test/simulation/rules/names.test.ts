import { expect, test } from 'vitest'
import { type KnownNames, patternMistake, unknownNames } from '../../../src/simulation/rules/cloud-names.ts'
import { Rule, repeatedNames, unknownScenarioNames } from '../../../src/simulation/rules/rule.ts'
import { loadScenario } from '../../../src/simulation/scenario/load.ts'
import { Scenario } from '../../../src/simulation/scenario/schema.ts'
import { type RuleText, rule } from './rule-world.ts'

const known: KnownNames = {
  operations: ['ListImages', 'ShowImage', 'CreateImage'],
  services: ['ims', 'glance'],
  errorCodes: ['IMG.0015', 'IMG.0057'],
}

/** The unknown names of a scenario, each as `path: message`. */
function unknownIn(written: unknown): string[] {
  return unknownNames(Scenario, written, known).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test.each(['ListImages', ['ShowImage', 'List*'], '*', 'service:ims', 'service:*', 'face:ims', 'face:*'])(
  'the operation %j is known',
  (operation) => {
    expect(unknownIn({ rules: [{ when: { operation } }] })).toEqual([])
  },
)

test('unknown operations and services are reported with their path and the nearest name', () => {
  const rules = [
    { when: { operation: 'ListImage' } },
    { when: { operation: ['ShowImage', 'Delete*', 'service:imz', 'face:imz', 'Frobnicate'] } },
  ]
  expect(unknownIn({ rules })).toEqual([
    'rules.0.when.operation: ListImage is no operation; did you mean ListImages?',
    'rules.1.when.operation.1: Delete* fits no operation',
    'rules.1.when.operation.2: imz is no service; did you mean ims?',
    'rules.1.when.operation.3: imz is no service; did you mean ims?',
    'rules.1.when.operation.4: Frobnicate is no operation; rules apply to the services ims, glance',
  ])
})

test('unknown operations in moves between phases are reported', () => {
  const phases = { initial: 'a', moves: [{ from: 'a', to: 'b', when: { operation: 'ShowImages' } }] }
  expect(unknownIn({ phases })).toEqual([
    'phases.moves.0.when.operation: ShowImages is no operation; did you mean ShowImage?',
  ])
})

test('unknown error codes are reported wherever a code can stand, and patterns are none', () => {
  const rules = [
    { then: { error: 'IMG.0015x' } },
    { then: { error: { code: 'IMG.0056' } } },
    { then: { job: { error: 'IMG.005*' } } },
    { then: { error: 'IMG.0057' } },
  ]
  const flows = { 'copy-image': [{ at: '1s', job: 'FAIL', error: 'IMG' }] }
  expect(unknownIn({ rules, flows })).toEqual([
    'rules.0.then.error: IMG.0015x is no error code; did you mean IMG.0015?',
    'rules.1.then.error.code: IMG.0056 is no error code; did you mean IMG.0057?',
    'rules.2.then.job.error: IMG.005* is no error code; did you mean IMG.0057?',
    'flows.copy-image.0.error: IMG is no error code',
  ])
})

test('unknown names are found beside mistakes of other kinds', () => {
  expect(
    unknownIn({ rules: [1, { when: { operation: ['x', 2], nht: 3 } }], flows: 'none', pace: [] }),
  ).toEqual(['rules.1.when.operation.0: x is no operation; rules apply to the services ims, glance'])
})

test('the names of a single rule have paths into the rule', () => {
  expect(unknownNames(Rule, { when: { operation: 'ListImage' } }, known)).toEqual([
    {
      kind: 'operation',
      path: ['when', 'operation'],
      message: 'ListImage is no operation; did you mean ListImages?',
    },
  ])
})

test('a pattern is checked against the names there are', () => {
  expect(patternMistake('operation', 'List*', known.operations)).toBeUndefined()
  expect(patternMistake('operation', 'service:ims', known.operations)?.message).toBe(
    'service:ims is no operation',
  )
})

test.each<[RuleText, (string | number)[], string]>([
  [{ when: { phase: 'outage' } }, ['when', 'phase'], 'outage is no phase; the scenario has no phases'],
  [{ then: { enter: 'outage' } }, ['then', 'enter'], 'outage is no phase; the scenario has no phases'],
  [
    { then: { job: { flow: 'copy-imag' } } },
    ['then', 'job', 'flow'],
    'copy-imag is no flow; did you mean copy-image?',
  ],
  [
    { then: { image: ['fail', 'activat'] } },
    ['then', 'image', 1],
    'activat is no event of the machine; did you mean activate?',
  ],
  [
    { then: { quota: { private_image: 1 } } },
    ['then', 'quota', 'private_image'],
    'private_image is no quota; did you mean private_images?',
  ],
])('%j names something that the standard scenario does not define', (text, path, message) => {
  expect(unknownScenarioNames(rule(text), loadScenario('standard'))).toEqual([{ path, message }])
})

test('repeatedNames returns the positions of rules with the name of an earlier rule', () => {
  expect(repeatedNames(['a', 'b', 'a', 'a'].map((name) => rule({ name })))).toEqual([2, 3])
})
