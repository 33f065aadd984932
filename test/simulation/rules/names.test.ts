import { expect, test } from 'vitest'
import { repeatedNames, unknownNamesOf } from '../../../src/simulation/rules/names.ts'
import { unknownOperations, unknownOperationsOfPhases } from '../../../src/simulation/rules/operations.ts'
import { Phases } from '../../../src/simulation/rules/phases.ts'
import { loadScenario } from '../../../src/simulation/scenario/load.ts'
import { type RuleText, rule } from './rule-world.ts'

const ids = ['ListImages', 'ShowImage', 'CreateImage']
const faces = ['ims', 'openstack']

test('operations, patterns and APIs that exist are known', () => {
  const operations = ['ListImages', ['ShowImage', 'List*'], '*', 'face:ims', 'face:*', undefined]
  const rules = operations.map((operation) => rule({ when: operation === undefined ? {} : { operation } }))
  expect(unknownOperations(rules, ids, faces)).toEqual([])
})

test('an operation that nobody knows is told with its place and its nearest name', () => {
  const rules = [
    rule({ when: { operation: 'ListImage' } }),
    rule({ when: { operation: ['ShowImage', 'Delete*', 'face:imz', 'Frobnicate'] } }),
  ]
  expect(unknownOperations(rules, ids, faces)).toEqual([
    {
      path: ['rules', 0, 'when', 'operation'],
      message: 'ListImage is no operation; did you mean ListImages?',
    },
    { path: ['rules', 1, 'when', 'operation', 1], message: 'Delete* fits no operation' },
    { path: ['rules', 1, 'when', 'operation', 2], message: 'imz is no service; did you mean ims?' },
    { path: ['rules', 1, 'when', 'operation', 3], message: 'Frobnicate is no operation' },
  ])
})

test('APIs are not looked at when the known ones are not given', () => {
  expect(unknownOperations([rule({ when: { operation: 'face:imz' } })], ids)).toEqual([])
})

test('the moves between phases are looked at too', () => {
  const phases = Phases.parse({
    initial: 'a',
    moves: [{ from: 'a', to: 'b', when: { operation: 'ShowImages' } }],
  })
  expect(unknownOperationsOfPhases(phases, ids)).toEqual([
    {
      path: ['phases', 'moves', 0, 'when', 'operation'],
      message: 'ShowImages is no operation; did you mean ShowImage?',
    },
  ])
  expect(unknownOperationsOfPhases(undefined, ids)).toEqual([])
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
])('%j names something that the usual scenario does not have', (text, path, message) => {
  expect(unknownNamesOf(rule(text), loadScenario('standard'))).toEqual([{ path, message }])
})

test('a name that comes again is found where it does', () => {
  expect(repeatedNames(['a', 'b', 'a', 'a'].map((name) => rule({ name })))).toEqual([2, 3])
})
