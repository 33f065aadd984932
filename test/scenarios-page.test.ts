import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { inlineYaml } from '../scripts/docs/scenarios-page.ts'
import { scenarioSchema } from '../scripts/scenario-format/schema.ts'
import { type FormatKey, formatSections } from '../src/simulation/scenario/format.ts'
import { loadScenario, shippedScenarios } from '../src/simulation/scenario/load.ts'
import { Scenario } from '../src/simulation/scenario/schema.ts'
import { checkNames } from '../src/worlds/known-names.ts'
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
  return loadScenario(file, {}, checkNames)
}

/** Starts the example of the page with a name. */
async function startExample(name: string): Promise<TestEmulator> {
  using scratch = scratchFolder()
  const scenario = join(scratch.path, 'example.yaml')
  writeFileSync(scenario, examples.find((text) => text.startsWith(`scenario: ${name}\n`)) ?? '')
  return await startTestEmulator({ scenario })
}

const importFile = (emulator: TestEmulator) =>
  emulator.post('/v2/cloudimages/action', { name: 'file', image_url: 'images:tiny.qcow2', min_disk: 1 })

describe('the page about scenarios', () => {
  test('has 7 examples in its text, and every shipped scenario but standard', () => {
    expect(examples).toHaveLength(7 + shippedScenarios().length - 1)
  })

  test.each(examples.map((text): [string, string] => [text.trimEnd().split('\n')[0] ?? '', text]))(
    'has an example that loads: %s',
    (_, text) => {
      expect(load(text).machine.initial).toBe('queued')
    },
  )

  test('has an example of less than ten lines that fails the second import and throttles the third', async () => {
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

  test('has an example of an outage that begins after five minutes and ends after fifteen', async () => {
    await using emulator = await startExample('outage')
    const phases: string[] = []
    for (const by of ['0s', '5m', '10m']) {
      await emulator.advance(by)
      phases.push((await emulator.get('/_ims/phase')).body.phase)
    }
    expect(phases).toEqual(['calm', 'outage', 'recovered'])
  })

  test('has an example that refuses lists from the fifth request on, for ten minutes', async () => {
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

  test('has an example of images that stay in error', async () => {
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

  test('has an example of tokens that are valid for ten minutes', () => {
    const { auth } = load(examples.find((text) => text.startsWith('scenario: short-tokens')) ?? '')
    expect(auth).toEqual({ mode: 'strict', token_life: 600_000 })
  })

  test('has an example of a further state, which an image leaves when it is reactivated', async () => {
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

test('the scenario in the README loads', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [shown = ''] = /(?<=```yaml\n).*?(?=```)/s.exec(readme) ?? []
  expect(load(shown).rules).toHaveLength(1)
})

const sections = formatSections(Scenario)

/** What an example needs beside it, by the path of its map. */
const COMPANIONS: Readonly<Record<string, object>> = {
  'rules[].then.error': { status: 503 },
  'phases.moves[].when count': { operation: 'ListImages' },
}

/** A map with a key, with what its schema requires beside the key. */
function mapWith(path: string, key: string, value: unknown): Record<string, unknown> {
  const section = sections.find((each) => each.path === path && each.keys.some((other) => other.key === key))
  const required = path === '' ? [] : (section?.keys ?? []).filter((other) => other.required)
  const companions = COMPANIONS[path] ?? COMPANIONS[`${path} ${key}`]
  return {
    ...Object.fromEntries(required.map((other) => [other.key, other.examples[0]])),
    ...companions,
    [key]: value,
  }
}

/** A whole scenario with a key at a path of the format. */
function scenarioWith(path: string, key: string, value: unknown): Record<string, unknown> {
  const map = mapWith(path, key, value)
  if (path === '') return map
  const outer = /^(?:(.*)\.)?([^.*[\]]+)((?:\.\*|\[\])*)$/.exec(path)
  const [, around = '', name = '', steps = ''] = outer ?? []
  const inner = steps.endsWith('[]') ? [map] : map
  return scenarioWith(around, name, steps.startsWith('.*') ? { active: inner } : inner)
}

describe('the description of the format', () => {
  const everyKey = sections.flatMap(({ path, keys }) => keys.map((entry) => ({ path, ...entry })))
  /** Without the further places of maps that stand in several places: matchers, and the limits of a project. */
  const keys = [...new Map(everyKey.map((entry) => [`${entry.key} ${entry.description}`, entry])).values()]

  test.each(keys)('has a sentence about the key $key of "$path", and the page shows it', (entry) => {
    const { key, description, examples }: FormatKey = entry
    expect(description).toMatch(/^[A-Z`\d].*\.$/)
    expect(page).toContain(`| \`${key}\` | `)
    expect(examples.length).toBeGreaterThan(0)
  })

  test.each(keys)('has examples of the key $key of "$path" that load', ({ path, key, examples }) => {
    const phases = { initial: 'calm', others: ['outage'] }
    for (const example of examples) {
      expect(parse(inlineYaml(key, example))).toEqual({ [key]: example })
      const scenario = scenarioWith(path, key, example)
      expect(load(stringify({ phases, ...scenario })).machine.initial).toBe('queued')
    }
  })
})

describe('the JSON Schema of the format', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, 'utf8')))

  test('is up to date', () => {
    // `npm run schema` writes it.
    expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(scenarioSchema())))
  })

  test.each(shippedScenarios())(
    'accepts the shipped scenario %s, which refers to it in its first line',
    (name) => {
      const text = readFileSync(new URL(`../scenarios/${name}.yaml`, import.meta.url), 'utf8')
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=schema.json')
      expect(schema.safeParse(parse(text)).error).toBeUndefined()
    },
  )

  test.each([
    ['a key that does not exist', { pase: 3 }],
    ['a code that does not exist', { rules: [{ name: 'a', when: {}, then: { error: 'IMG.0015x' } }] }],
    [
      'a job error that does not exist',
      { rules: [{ name: 'a', when: {}, then: { job: { error: 'IMG' } } }] },
    ],
    ['a rule without a name', { rules: [{ when: {}, then: {} }] }],
  ])('refuses %s', (_, scenario) => {
    expect(schema.safeParse(scenario).success).toBe(false)
  })
})
