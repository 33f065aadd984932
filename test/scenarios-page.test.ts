import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { reference } from '../scripts/scenario-format/reference.ts'
import { scenarioSchema } from '../scripts/scenario-format/schema.ts'
import { keysOf } from '../scripts/scenario-format/schema-walk.ts'
import { loadScenario, shippedScenarios } from '../src/simulation/scenario/load.ts'
import { unknownToRegistry } from '../src/worlds/unknown-operations.ts'
import { jobOf } from './demo-world.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from './emulator.ts'

const page = readFileSync(new URL('../docs/scenarios.md', import.meta.url), 'utf8')
const schemaFile = new URL('../scenarios/schema.json', import.meta.url)
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '')

/** Loads a text as the file of a scenario. */
function load(text: string) {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'example.yaml')
  writeFileSync(file, text)
  return loadScenario(file, {}, unknownToRegistry)
}

/** Starts the example of the page that has a name. */
async function startExample(name: string): Promise<TestEmulator> {
  using scratch = scratchFolder()
  const scenario = join(scratch.path, 'example.yaml')
  writeFileSync(scenario, examples.find((text) => text.startsWith(`scenario: ${name}\n`)) ?? '')
  return await startTestEmulator({ scenario })
}

const importFile = (emulator: TestEmulator) =>
  emulator.post('/v2/cloudimages/action', { name: 'file', image_url: 'images:tiny.qcow2', min_disk: 1 })

describe('the page about scenarios', () => {
  test('has the examples of its text, and one of each shipped scenario but the standard one', () => {
    expect(examples).toHaveLength(6 + shippedScenarios().length - 1)
  })

  test.each(examples.map((text): [string, string] => [text.trimEnd().split('\n')[0] ?? '', text]))(
    'has an example that loads: %s',
    (_, text) => {
      expect(load(text).machine.initial).toBe('queued')
    },
  )

  test('shows how to fail the second import and throttle the third, in less than ten lines', async () => {
    const [text = ''] = examples
    expect(text.trimEnd().split('\n').length).toBeLessThan(10)
    await using emulator = await startExample('bad-luck')
    const outcomes: unknown[] = []
    for (let n = 0; n < 4; n++) {
      const created = await importFile(emulator)
      await emulator.advance()
      if (created.status !== 200) {
        outcomes.push([created.status, created.headers.get('retry-after')])
        continue
      }
      const { status, error_code } = (await emulator.job(jobOf(created))).body
      outcomes.push([status, error_code])
    }
    expect(outcomes).toEqual([
      ['SUCCESS', null],
      ['FAIL', 'IMG.0057'],
      [429, '5'],
      ['SUCCESS', null],
    ])
  })

  test('shows an outage that begins after five minutes and ends after fifteen', async () => {
    await using emulator = await startExample('outage')
    const phases: string[] = []
    for (const by of ['0s', '5m', '10m']) {
      await emulator.advance(by)
      phases.push((await emulator.get('/_ims/phase')).body.phase)
    }
    expect(phases).toEqual(['calm', 'outage', 'recovered'])
  })

  test('shows lists that are refused from the fifth request on, for ten minutes', async () => {
    await using emulator = await startExample('lists-break')
    const statuses: number[] = []
    const list = async () => void statuses.push((await emulator.get('/v2/cloudimages?limit=1')).status)
    for (let n = 0; n < 4; n++) await list()
    await emulator.advance('5m')
    for (const by of ['0s', '9m59s', '1s']) {
      await emulator.advance(by)
      await list()
    }
    expect(statuses).toEqual([200, 200, 200, 200, 503, 503, 200])
  })

  test('shows images that end in error and stay', async () => {
    await using emulator = await startExample('bad-names')
    const order = { image_url: 'images:tiny.qcow2', min_disk: 1 }
    for (const name of ['bad-import', 'good-import'])
      await emulator.post('/v2/cloudimages/action', { ...order, name })
    const uploaded = await emulator.post('/v2/images', {
      name: 'bad-upload',
      disk_format: 'qcow2',
      container_format: 'bare',
    })
    const headers = { 'Content-Type': 'application/octet-stream' }
    await emulator.request('PUT', `/v2/images/${uploaded.body.id}/file`, { body: 'bytes', headers })
    await emulator.advance()
    const { images } = (await emulator.get('/v2/images?visibility=private')).body
    const statuses = images.map(({ name, status }: Record<string, string>) => `${name} ${status}`)
    expect(statuses.sort()).toEqual(['bad-import killed', 'bad-upload killed', 'good-import active'])
  })

  test('shows tokens that are good for ten minutes', () => {
    const { auth } = load(examples.find((text) => text.startsWith('scenario: short-tokens')) ?? '')
    expect(auth).toEqual({ mode: 'strict', token_life: 600_000 })
  })

  test('shows a state of its own, which an image leaves when it is reactivated', async () => {
    await using emulator = await startExample('quarantine')
    const created = await importFile(emulator)
    await emulator.advance()
    const { image_id } = (await emulator.job(jobOf(created))).body.entities
    const status = async () => (await emulator.get(`/v2/images/${image_id}`)).body.status
    expect(await status()).toBe('quarantined')
    await emulator.post(`/v2/images/${image_id}/actions/reactivate`)
    expect(await status()).toBe('active')
  })
})

test('the README shows a scenario that loads', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [shown = ''] = /(?<=```yaml\n).*?(?=```)/s.exec(readme) ?? []
  expect(load(shown).rules).toHaveLength(1)
})

describe('the reference of the format', () => {
  const entries = reference.flatMap(({ path, around, keys }) =>
    keys.map((entry) => ({ path, around, entry })),
  )

  test('has every key of the format, and no other', () => {
    const known = new Set(keysOf(scenarioSchema()).map(({ path, key }) => `${path}: ${key}`))
    expect(entries.map(({ path, entry }) => `${path}: ${entry.key}`).sort()).toEqual([...known].sort())
  })

  test.each(entries.map(({ path, around, entry }) => ({ where: `${path} ${entry.key}`, around, ...entry })))(
    'has an example that loads for $where',
    ({ key, around, example }) => {
      const text = around.replace('…', () => example)
      expect(text).toMatch(new RegExp(`\\b${key}:`))
      expect(load(text).machine.initial).toBe('queued')
    },
  )
})

describe('the JSON Schema of the format', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, 'utf8')))

  test('is what the format says now', () => {
    // Written anew by `npm run schema`.
    expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(scenarioSchema())))
  })

  test.each(shippedScenarios())('takes the shipped scenario %s, which names it in its first line', (name) => {
    const text = readFileSync(new URL(`../scenarios/${name}.yaml`, import.meta.url), 'utf8')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=schema.json')
    expect(schema.safeParse(parse(text)).error).toBeUndefined()
  })

  test.each([
    ['a key that does not exist', { pase: 3 }],
    ['a code that does not exist', { rules: [{ name: 'a', when: {}, then: { error: 'IMG.0015x' } }] }],
    ['a rule without a name', { rules: [{ when: {}, then: {} }] }],
  ])('refuses %s', (_, scenario) => {
    expect(schema.safeParse(scenario).success).toBe(false)
  })
})
