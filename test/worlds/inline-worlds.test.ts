import { join } from 'node:path'
import { expect } from 'vitest'
import { scratchFolder, startTestEmulator, test } from '../emulator.ts'

const SCENARIO = {
  scenario: 'mine',
  summary: 'Written out.',
  seed: 5,
  clock: { start: '2026-01-01T00:00:00Z', rate: 0 },
  rules: [{ name: 'down', when: { operation: 'ListImages' }, then: { error: 'APIGW.0201' } }],
}

test('a world follows the scenario that was sent with its specification', async ({ emulator }) => {
  const { body } = await emulator.post('/_ims/worlds', { name: 'blue', scenario: SCENARIO })
  expect([body.scenario, body.seed, body.time]).toEqual(['mine', 5, '2026-01-01T00:00:00.000Z'])
  expect((await emulator.get('/w/blue/v2/cloudimages')).body.error_code).toBe('APIGW.0201')
})

test('the seed of a specification takes precedence over that of its scenario', async ({ emulator }) => {
  const { body } = await emulator.post('/_ims/worlds', { name: 'blue', scenario: SCENARIO, seed: 9 })
  expect(body.seed).toBe(9)
})

test('a specification changes only the named parts of a scenario', async ({ emulator }) => {
  const scenario = { ...SCENARIO, auth: { mode: 'strict', token_life: '7m' } }
  const wish = { name: 'blue', scenario, auth: 'lenient', clock: { rate: 60 } }
  const { body } = await emulator.post('/_ims/worlds', wish)
  expect(body.time).toMatch(/^2026-01-01T00:0/)
  expect((await emulator.get('/_ims/worlds/blue/clock')).body.rate).toBe(60)
  expect((await emulator.get('/_ims/worlds/blue/auth')).body).toEqual({ mode: 'lenient', token_life: '7m' })
})

test('a world with a sent scenario survives a restart', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using first = await startTestEmulator({ data })
  const { body } = await first.post('/_ims/worlds', { name: 'blue', scenario: SCENARIO })
  await first.close()
  await using second = await startTestEmulator({ data })
  const { endpoint: _, ...kept } = (await second.get('/_ims/worlds/blue')).body
  expect({ endpoint: body.endpoint, ...kept }).toEqual(body)
  expect((await second.get('/w/blue/v2/cloudimages')).body.error_code).toBe('APIGW.0201')
})

test.for([
  ['a file of the host', { fixtures: ['/etc/hostname'] }, 'cannot name the file /etc/hostname as a fixture'],
  ['a mistake', { quotas: { private_image: 1 } }, 'private_image'],
] as const)(
  '%s in a scenario that is sent is refused, and no world is made',
  async ([_, part, told], { emulator }) => {
    const { status, body } = await emulator.post('/_ims/worlds', {
      name: 'blue',
      scenario: { ...SCENARIO, ...part },
    })
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(told)])
    expect((await emulator.get('/_ims/worlds')).body.worlds).toHaveLength(1)
  },
)
