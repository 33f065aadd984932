import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadScenario, shippedScenarios } from '../../src/simulation/scenario/load.ts'
import { checkNames } from '../../src/worlds/known-names.ts'
import { scratchFolder } from '../emulator.ts'

function load(text: string) {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'mine.yaml')
  writeFileSync(file, text)
  try {
    return loadScenario(file, {}, checkNames)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return error.message.replaceAll(scratch.path, '')
  }
}

test.each(shippedScenarios())(
  'the shipped scenario %s loads, with the name of its file and a summary',
  (name) => {
    expect(loadScenario(name)).toMatchObject({ scenario: name, summary: expect.stringMatching(/\.$/) })
  },
)

test('an empty file is the standard scenario', () => {
  expect(load('')).toEqual(loadScenario('standard'))
})

test('maps merge by key, and lists replace', () => {
  const scenario = load(`
scenario: mine
summary: Exports are slow.
quotas: { private_images: 3 }
flows:
  export-image: [{ at: 1h, job: SUCCESS }]
`)
  const standard = loadScenario('standard')
  expect(scenario).toEqual({
    ...standard,
    scenario: 'mine',
    summary: 'Exports are slow.',
    quotas: { ...standard.quotas, private_images: 3 },
    flows: {
      ...standard.flows,
      'export-image': [{ at: { from: 3_600_000, to: 3_600_000 }, job: 'SUCCESS' }],
    },
  })
})

test('all mistakes are reported together, each with its place and the nearest name', () => {
  const mistakes = load(`scenario: mine
sumary: A slip.
pace: fast
quotas:
  private_image: 3
flows:
  import-image:
    - { at: soon, job: SUCCESS }
    - { at: 1s, error: IMG.0015x }
`)
  expect(mistakes).toBe(
    [
      '/mine.yaml:2:1: sumary: no such key; did you mean summary?',
      '/mine.yaml:3:1: pace: Invalid input: expected number, received string',
      '/mine.yaml:5:3: quotas.private_image: no such key; did you mean private_images?',
      '/mine.yaml:8:9: flows.import-image.0.at: soon is no duration; write 90s, 3m or 60s-90s',
      '/mine.yaml:9:17: IMG.0015x is no error code; did you mean IMG.0015?',
    ].join('\n'),
  )
})

test('invalid YAML is reported with its place', () => {
  expect(load('scenario: [')).toMatch(/^\/mine\.yaml:\d+:\d+: Flow sequence/)
})

test('a scenario that extends itself is refused', () => {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'round.yaml')
  writeFileSync(file, `extends: ${file}`)
  expect(() => loadScenario(file)).toThrow(/extends goes round in a circle/)
})

test.each([
  ['when: { nht: 2 }, then: {}', 'when.nht: no such key; did you mean nth?'],
  ['when: {}, then: { eror: IMG.0057 }', 'then.eror: no such key; did you mean error?'],
  [
    'when: {}, then: { job: { fail_at: 60 } }',
    'then.job.fail_at: must be a percentage or a duration, e.g. 60% or 30s',
  ],
  [
    'when: {}, then: { throttle: 5s }',
    'then.throttle: must be true, or the time to wait: { retry_after: 5s }',
  ],
  ['then: {}', 'when: is missing'],
  ['when: {}, then: { stale: 5 }', 'then.stale: must be one duration above zero, e.g. 90s'],
])('the mistake in a rule with %s is reported with what is expected', (rule, complaint) => {
  expect(load(`rules: [{ name: r, ${rule} }]`)).toMatch(
    new RegExp(`^/mine.yaml:1:\\d+: rules\\.0\\.${complaint.replace(/[{}?.]/g, '\\$&')}$`),
  )
})

test('a scenario with a name of its own does not take the summary of the one it extends', () => {
  expect(load('scenario: mine')).toMatchObject({ summary: 'As standard, with changes of its own.' })
  expect(load('{ scenario: mine, extends: slow }')).toMatchObject({
    summary: 'As slow, with changes of its own.',
  })
  expect(load('extends: slow')).toMatchObject({ scenario: 'slow', summary: loadScenario('slow').summary })
})
