import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadScenario } from '../../../src/simulation/scenario/load.ts'
import { checkNames } from '../../../src/worlds/known-names.ts'
import { scratchFolder } from '../../emulator.ts'

function load(text: string) {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'mine.yaml')
  writeFileSync(file, text)
  try {
    const { rules, phases } = loadScenario(file, {}, checkNames)
    return { rules, phases }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return error.message.replaceAll(scratch.path, '')
  }
}

test('the standard scenario has neither rules nor phases', () => {
  expect(load('')).toEqual({ rules: [], phases: undefined })
})

test('rules and phases are loaded as they are written', () => {
  const read = load(`
phases:
  initial: calm
  moves:
    - { from: calm,   to: outage,    when: { after: 5m } }
    - { from: outage, to: recovered, when: { operation: ListImages, count: 3 } }
rules:
  - name: second import fails
    when: { operation: CreateImage, nth: 2, body: { image_url: { matches: '\\.qcow2$' } } }
    then: { job: { fail_at: 60%, error: IMG.0057 } }
  - name: outage
    when: { operation: '*', phase: outage, probability: 0.5 }
    then: { error: { status: 503, code: APIGW.0201 }, latency: 200ms-2s }
  - name: the third page never arrives
    when: { operation: ListImages, query: { marker: { present: true } }, nth: 2 }
    then: { disconnect: mid-body }
`)
  expect(read).toEqual({
    phases: {
      initial: 'calm',
      fixtures: {},
      others: [],
      moves: [
        { from: 'calm', to: 'outage', when: { after: '5m' } },
        { from: 'outage', to: 'recovered', when: { operation: 'ListImages', count: 3 } },
      ],
    },
    rules: [
      written('second import fails', imports, { job: { fail_at: '60%', error: 'IMG.0057' } }),
      written('outage', outage, { error: { status: 503, code: 'APIGW.0201' }, latency: '200ms-2s' }),
      written('the third page never arrives', pages, { disconnect: 'mid-body' }),
    ],
  })
})

function written(name: string, when: unknown, then: unknown) {
  return { name, when, then, continue: false, per: 'world' }
}

const imports = { operation: 'CreateImage', nth: 2, body: { image_url: { matches: '\\.qcow2$' } } }
const outage = { operation: '*', phase: 'outage', probability: 0.5 }
const pages = { operation: 'ListImages', query: { marker: { present: true } }, nth: 2 }

test('all mistakes in rules are reported together, each with its place and the nearest name', () => {
  const mistakes = load(`
phases: { initial: calm, others: [outage] }
rules:
  - name: a
    when: { opration: x, body: { image_url: { matchs: a } } }
    then: { eror: IMG.0057 }
  - name: b
    when: { query: { marker: { matches: '(a)\\1' } } }
    then: { error: IMG.0015x }
  - name: c
    when: {}
    then: { error: { code: IMG.0057, mesage: No. } }
`)
  expect(mistakes).toBe(
    [
      '/mine.yaml:5:13: rules.0.when.opration: no such key; did you mean operation?',
      '/mine.yaml:5:47: rules.0.when.body.image_url.matchs: no such key; did you mean matches?',
      '/mine.yaml:6:13: rules.0.then.eror: no such key; did you mean error?',
      '/mine.yaml:8:32: rules.1.when.query.marker.matches: is no pattern that can be used: it refers back to a group, which cannot be matched in linear time',
      '/mine.yaml:9:13: IMG.0015x is no error code; did you mean IMG.0015?',
      '/mine.yaml:12:38: rules.2.then.error.mesage: no such key; did you mean message?',
    ].join('\n'),
  )
})

test('undefined names and repeated names are reported with their places', () => {
  const mistakes = load(`
phases: { initial: calm, others: [outage] }
rules:
  - { name: a, when: { phase: outge }, then: {} }
  - { name: a, when: {}, then: { enter: clam, image: explode } }
`)
  expect(mistakes).toBe(
    [
      '/mine.yaml:4:24: rules.0.when.phase: outge is no phase; did you mean outage?',
      '/mine.yaml:5:7: rules.1.name: is the name of an earlier rule too',
      '/mine.yaml:5:34: rules.1.then.enter: clam is no phase; did you mean calm?',
      '/mine.yaml:5:47: rules.1.then.image: explode is no event of the machine; there are save, activate, fail, delete, restore, deactivate, soft_delete, reactivate, purge, recover',
    ].join('\n'),
  )
})
