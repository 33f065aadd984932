import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { jobOf } from '../demo-world.ts'
import { scratchFolder, startTestEmulator, type TestEmulator, test } from '../emulator.ts'

const LIST = '/v2/cloudimages?limit=1'
const FILE = { name: 'swapped', image_url: 'images:tiny.qcow2', min_disk: 1 }
const DOWN = `
scenario: down
summary: Nothing is listed.
rules:
  - { name: down, when: { operation: ListImages }, then: { error: APIGW.0201 } }
`

function putYaml(emulator: TestEmulator, body: string, path = '/_ims/scenario') {
  return emulator.request('PUT', path, { body, headers: { 'Content-Type': 'application/yaml' } })
}

async function scenarioOf(emulator: TestEmulator): Promise<Record<string, unknown>> {
  return (await emulator.get('/_ims/scenario')).body
}

const listing = async (emulator: TestEmulator) => (await emulator.get(LIST)).status

describe('a scenario that is put in force', () => {
  test('takes effect at the next request, in YAML and in JSON', async ({ emulator }) => {
    const put = await putYaml(emulator, DOWN)
    expect({ status: put.status, body: put.body }).toEqual({
      status: 200,
      body: { scenario: 'down', summary: 'Nothing is listed.', not_applied: [] },
    })
    expect(await listing(emulator)).toBe(503)
    const back = await emulator.put('/_ims/scenario', { extends: 'standard' })
    expect(back.body).toEqual({ scenario: 'standard', summary: expect.any(String), not_applied: [] })
    expect(await listing(emulator)).toBe(200)
  })

  test('is shown as it is written, and does not change when it is sent back', async ({ emulator }) => {
    await putYaml(emulator, DOWN)
    const shown = await scenarioOf(emulator)
    expect(shown).toMatchObject({
      scenario: 'down',
      pace: 60,
      clock: { rate: 0 },
      rules: [{ name: 'down', when: { operation: 'ListImages' }, then: { error: 'APIGW.0201' } }],
      auth: { mode: 'lenient', token_life: '24h' },
    })
    const again = await emulator.put('/_ims/scenario', shown)
    expect(again.body.not_applied).toEqual([])
    expect(await scenarioOf(emulator)).toEqual(shown)
    expect((await emulator.get('/_ims/info')).body.scenario).toBe('down')
  })

  test('extends a shipped scenario with its rules', async ({ emulator }) => {
    await emulator.put('/_ims/scenario', { extends: 'maintenance' })
    const shown = await scenarioOf(emulator)
    expect(shown).toMatchObject({ scenario: 'maintenance', rules: expect.any(Array) })
    expect(shown.extends).toBeUndefined()
    await emulator.put('/_ims/scenario', shown)
    expect(await scenarioOf(emulator)).toEqual(shown)
  })

  test('brings its machine, flows, quotas, pace and authentication', async ({ emulator }) => {
    const { token_life } = (await emulator.get('/_ims/auth')).body
    expect(token_life).toBe('24h')
    await putYaml(
      emulator,
      `
scenario: other
summary: Everything else.
pace: 1
auth: { token_life: 1h }
quotas: { private_images: 1 }
machine: { states: { active: { on: { delete: retired } }, retired: {} } }
flows:
  import-image: [{ at: 10s, job: SUCCESS, image: activate, progress: 100 }]
`,
    )
    expect((await emulator.get('/_ims/auth')).body.token_life).toBe('1h')
    const id = jobOf(await emulator.post('/v2/cloudimages/action', FILE))
    await emulator.advance('9999ms')
    expect((await emulator.job(id)).body.status).toBe('INIT')
    await emulator.advance('1ms')
    expect((await emulator.job(id)).body.status).toBe('SUCCESS')
    expect((await emulator.post('/v2/cloudimages/action', FILE)).body.error.code).toBe('IMG.0015')
    const [image] = (await emulator.get('/v2/cloudimages?__imagetype=private')).body.images
    await emulator.delete(`/v2/images/${image.id}`)
    expect((await emulator.get(`/v2/images/${image.id}`)).body.status).toBe('retired')
  })

  test('leaves a job under way the steps that were planned for it', async ({ emulator }) => {
    const id = jobOf(await emulator.post('/v2/cloudimages/action', FILE))
    const { next, planned } = (await emulator.get('/_ims/clock')).body
    await putYaml(emulator, 'flows: { import-image: [{ at: 100h, job: FAIL, error: IMG.0057 }] }')
    expect((await emulator.get('/_ims/clock')).body).toMatchObject({ next, planned })
    await emulator.advance()
    expect((await emulator.job(id)).body.status).toBe('SUCCESS')
  })

  test('keeps the seed, the clock and the fixtures of the beginning, and reports them as not applied', async ({
    emulator,
  }) => {
    const before = await scenarioOf(emulator)
    const { now } = (await emulator.get('/_ims/clock')).body
    const put = await putYaml(
      emulator,
      'seed: 99\nclock: { start: 2040-01-01T00:00:00Z, rate: 5 }\nfixtures: [./none.yaml]',
    )
    expect(put.body.not_applied).toEqual(['seed', 'clock', 'fixtures'])
    const { seed, clock, fixtures } = await scenarioOf(emulator)
    expect({ seed, clock, fixtures }).toEqual({
      seed: before.seed,
      clock: before.clock,
      fixtures: before.fixtures,
    })
    expect((await emulator.get('/_ims/clock')).body).toMatchObject({ now, rate: 0 })
    const create = { name: 'x', disk_format: 'raw', container_format: 'bare' }
    await using plain = await startTestEmulator()
    const { id } = (await plain.post('/v2/images', create)).body
    expect((await emulator.post('/v2/images', create)).body.id).toBe(id)
  })

  test('starts its rules with counts of zero and durations from now on', async ({ emulator }) => {
    const counting = `
phases: { initial: calm, moves: [{ from: calm, to: outage, when: { after: 5m } }] }
rules: [{ name: second, when: { operation: ListImages, nth: 2 }, then: { error: APIGW.0201 } }]
`
    await putYaml(emulator, counting)
    await emulator.advance('4m')
    await emulator.post('/_ims/rules', {
      name: 'mine',
      when: { operation: 'ShowJob' },
      then: { error: 'IMG.0046' },
    })
    expect([await listing(emulator), await listing(emulator)]).toEqual([200, 503])
    await emulator.delete('/_ims/rules/second')
    await putYaml(emulator, counting)
    const { rules } = (await emulator.get('/_ims/rules')).body
    expect(rules).toMatchObject([{ name: 'second', hits: 0, matched: 0, source: 'scenario' }])
    expect([await listing(emulator), await listing(emulator)]).toEqual([200, 503])
    const phase = async () => (await emulator.get('/_ims/phase')).body.phase
    await emulator.advance('4m')
    expect(await phase()).toBe('calm')
    await emulator.advance('1m')
    expect(await phase()).toBe('outage')
  })

  test('is forgotten by a reset', async ({ emulator }) => {
    const before = await scenarioOf(emulator)
    await putYaml(emulator, DOWN)
    await emulator.post('/_ims/reset')
    expect(await scenarioOf(emulator)).toEqual(before)
    expect(await listing(emulator)).toBe(200)
  })

  test('does not change other worlds', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'blue', pace: 7 })
    await putYaml(emulator, DOWN, '/_ims/worlds/blue/scenario')
    expect((await emulator.get('/_ims/worlds/blue')).body.scenario).toBe('down')
    expect((await emulator.get('/w/blue/_ims/scenario')).body.pace).toBe(7)
    expect((await emulator.get(`/w/blue${LIST}`)).status).toBe(503)
    expect(await listing(emulator)).toBe(200)
  })

  test('takes what it leaves out from the command line', async () => {
    await using emulator = await startTestEmulator({ pace: 5, auth: { mode: 'strict' } })
    await putYaml(emulator, 'extends: slow')
    expect(await scenarioOf(emulator)).toMatchObject({ scenario: 'slow', pace: 5, auth: { mode: 'strict' } })
    await putYaml(emulator, 'extends: slow\npace: 2')
    expect(await scenarioOf(emulator)).toMatchObject({ pace: 2 })
  })
})

describe('a mistake', () => {
  const WRONG = `scenario: wrong
pace: fast
rules:
  - { name: a, when: { operation: ListImages }, then: { error: IMG.0015x } }
quotas: { private_image: 3 }
`

  test('is reported with all others, and nothing changes', async ({ emulator }) => {
    await putYaml(emulator, DOWN)
    const before = await scenarioOf(emulator)
    const put = await putYaml(emulator, WRONG)
    expect({ status: put.status, body: put.body }).toEqual({
      status: 400,
      body: {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: expect.stringMatching(
          /^scenario:2:1: pace: .*\nscenario:4:\d+: .*did you mean IMG\.0015\?\nscenario:5:11: .*did you mean private_images\?$/,
        ),
      },
    })
    expect(await scenarioOf(emulator)).toEqual(before)
    expect(await listing(emulator)).toBe(503)
    expect((await emulator.get('/_ims/rules')).body.rules).toMatchObject([{ hits: 1 }])
  })

  test('is reported by a check, which changes nothing', async ({ emulator }) => {
    const before = await scenarioOf(emulator)
    const check = (body: string) => emulator.request('POST', '/_ims/scenario/check', { body })
    expect((await check(WRONG)).body).toEqual({
      sound: false,
      mistakes: [
        { line: 2, column: 1, message: expect.stringContaining('pace') },
        { line: 4, column: expect.any(Number), message: expect.stringContaining('IMG.0015x') },
        { line: 5, column: 11, message: expect.stringContaining('private_images') },
      ],
    })
    expect((await check(DOWN)).body).toEqual({ sound: true, mistakes: [] })
    expect(await scenarioOf(emulator)).toEqual(before)
  })

  test.for([
    [
      'rules: [{ name: a, when: { operation: ListImagez }, then: { error: IMG.0046 } }]',
      'did you mean ListImages?',
    ],
    ['extends: standart', 'did you mean standard?'],
    ['machine: { initial: queud }', 'queud is no state; did you mean queued?'],
    [
      'machine: { states: { active: { on: { quarantine: quarantined } } } }',
      'machine.states.active.on.quarantine: quarantined is no state',
    ],
    [
      'flows: { copy-image: [{ at: 1s, image: activat }] }',
      'activat is no event of the machine; did you mean activate?',
    ],
    ['extends: /etc/hosts', 'the command line alone takes the path of a file'],
    ['- a list', 'a scenario is a map of sections'],
    ['scenario: [', 'Flow sequence'],
    ['', 'the request has no body'],
  ] as const)('in %o is reported with a suggestion', async ([text, meant], { emulator }) => {
    const put = await putYaml(emulator, text)
    expect({ status: put.status, detail: put.body.detail }).toEqual({
      status: 400,
      detail: expect.stringContaining(meant),
    })
    expect((await scenarioOf(emulator)).scenario).toBe('standard')
  })

  test('of more than a MiB is refused unread', async ({ emulator }) => {
    const put = await putYaml(emulator, `# ${'x'.repeat(2 ** 20)}`)
    expect({ status: put.status, detail: put.body.detail }).toEqual({
      status: 413,
      detail: 'a scenario has up to 1 MiB',
    })
  })
})

describe('after a restart', () => {
  test('a scenario that was put in force continues with its counts', async () => {
    using folder = scratchFolder()
    const data = join(folder.path, 'data')
    await using first = await startTestEmulator({ data })
    await putYaml(
      first,
      'rules: [{ name: third, when: { operation: ListImages, nth: 3 }, then: { error: APIGW.0201 } }]',
    )
    const shown = await scenarioOf(first)
    expect([await listing(first), await listing(first)]).toEqual([200, 200])
    await first.close()
    await using second = await startTestEmulator({ data })
    expect(await scenarioOf(second)).toEqual(shown)
    expect([await listing(second), await listing(second)]).toEqual([503, 200])
  })

  test.for([
    ['another scenario', { scenario: 'slow' }, 'slow'],
    ['other flags', { pace: 3 }, 'standard'],
  ] as const)('a start with %s takes precedence', async ([_, options, name]) => {
    using folder = scratchFolder()
    const data = join(folder.path, 'data')
    await using first = await startTestEmulator({ data })
    await putYaml(first, DOWN)
    await first.close()
    await using second = await startTestEmulator({ data, ...options })
    expect((await scenarioOf(second)).scenario).toBe(name)
    expect(await listing(second)).toBe(200)
    await second.close()
    await using third = await startTestEmulator({ data })
    expect((await scenarioOf(third)).scenario).toBe('standard')
  })

  test('an edited scenario file takes precedence', async () => {
    using folder = scratchFolder()
    const data = join(folder.path, 'data')
    const scenario = join(folder.path, 'mine.yaml')
    writeFileSync(scenario, 'scenario: mine\nsummary: Mine.\n')
    await using first = await startTestEmulator({ data, scenario })
    await putYaml(first, DOWN)
    await first.close()
    await using second = await startTestEmulator({ data, scenario })
    expect((await scenarioOf(second)).scenario).toBe('down')
    await second.close()
    writeFileSync(scenario, 'scenario: mine\nsummary: Mine, edited.\n')
    await using third = await startTestEmulator({ data, scenario })
    expect(await scenarioOf(third)).toMatchObject({ scenario: 'mine', summary: 'Mine, edited.' })
  })
})
