import { expect } from 'vitest'
import type { Recording } from '../../src/api/control/recording-format.ts'
import { type Replayed, replay } from '../../src/kit/replay/replay.ts'
import { type TestEmulator, test } from '../emulator.ts'
import { PARTNER } from '../private-image.ts'

async function recorded(emulator: TestEmulator, prefix = '/_ims'): Promise<Recording> {
  return (await emulator.get(`${prefix}/recording`)).body
}

async function played(emulator: TestEmulator, recording: Recording): Promise<Replayed[]> {
  const all: Replayed[] = []
  for await (const each of replay(recording, emulator.url)) all.push(each)
  return all
}

/** What differs, and what was left out, by the place of the request. */
const faults = (all: readonly Replayed[]) =>
  all.flatMap(({ request: { method, path }, differences, leftOut }) =>
    differences.length > 0 || leftOut !== undefined ? [{ method, path, differences, leftOut }] : [],
  )

const worlds = async (emulator: TestEmulator) =>
  (await emulator.get('/_ims/worlds')).body.worlds.map(({ name }: { name: string }) => name)

const RULE = { name: 'down', when: { operation: 'ListImages' }, then: { error: 'APIGW.0201' } }

test.for([
  [
    'the life of an image',
    async (emulator: TestEmulator) => {
      const id = await emulator.importImage()
      await emulator.patch(`/v2/cloudimages/${id}`, [{ op: 'replace', path: '/name', value: 'other' }])
      await emulator.delete(`/v2/images/${id}`)
    },
  ],
  [
    'a rule that was added at run time',
    async (emulator: TestEmulator) => {
      await emulator.post('/_ims/rules', RULE)
      await emulator.get('/v2/cloudimages')
    },
  ],
  [
    'an upload',
    async (emulator: TestEmulator) => {
      const { body } = await emulator.post('/v2/images', {
        name: 'raw',
        disk_format: 'raw',
        container_format: 'bare',
      })
      const octets = { 'Content-Type': 'application/octet-stream' }
      await emulator.request('PUT', `/v2/images/${body.id}/file`, {
        body: new Uint8Array([0, 255, 1]),
        headers: octets,
      })
      await emulator.get(`/v2/images/${body.id}`)
    },
  ],
  [
    'a phase that was set',
    async (emulator: TestEmulator) => {
      const phases = { initial: 'calm', moves: [{ from: 'calm', to: 'rough', when: { after: '1h' } }] }
      const rules = [{ ...RULE, when: { phase: 'rough' } }]
      const scenario = { scenario: 'phased', summary: 'Two phases.', phases, rules }
      await emulator.put('/_ims/scenario', scenario)
      await emulator.get('/v2/cloudimages')
      await emulator.put('/_ims/phase', { phase: 'rough' })
      const { status } = await emulator.get('/v2/cloudimages')
      expect(status).toBe(503)
    },
  ],
  [
    'a member who is another user',
    async (emulator: TestEmulator) => {
      const id = await emulator.importImage()
      await emulator.post(`/v2/images/${id}/members`, { member: PARTNER })
      const { body } = await emulator.post('/_ims/tokens', { user: 'partner' })
      const as = { token: body.token }
      await emulator.put(`/v2/images/${id}/members/${PARTNER}`, { status: 'accepted' }, as)
      const seen = await emulator.get(`/v2/images/${id}`, as)
      expect(seen.status).toBe(200)
    },
  ],
  [
    'an answer that broke on the wire',
    async (emulator: TestEmulator) => {
      await emulator.post('/_ims/rules', { ...RULE, then: { disconnect: 'before_headers' } })
      await emulator.get('/v2/cloudimages').catch(() => 'broken')
      await emulator.get('/v2/images')
    },
  ],
  [
    'errors',
    async (emulator: TestEmulator) => {
      await emulator.get('/v2/images/none')
      await emulator.get('/v2/cloudimages?limit=0')
    },
  ],
] as const)('%s is answered the same when it is played again', async ([_what, act], { emulator }) => {
  await act(emulator)
  const recording = await recorded(emulator)
  expect(recording.requests.length).toBeGreaterThan(1)
  expect(faults(await played(emulator, recording))).toEqual([])
})

test('an answer that was changed in the recording is found at its place', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  const [request] = recording.requests
  if (request === undefined) throw new Error('nothing was recorded')
  const changed = { ...recording, requests: [{ ...request, answer: { ...request.answer, status: 201 } }] }
  const [first] = await played(emulator, changed)
  expect(first?.differences).toEqual([{ place: 'status', recorded: 201, now: 200 }])
})

test('a request with a password is left out, with the reason', async ({ emulator }) => {
  await emulator.post('/v3/auth/tokens', {
    auth: { identity: { methods: ['password'], password: { user: { name: 'demo', password: 'wrong' } } } },
  })
  const all = await played(emulator, await recorded(emulator))
  expect(all.map(({ leftOut, differences }) => [leftOut, differences])).toEqual([
    ['a secret was in it, which the journal does not keep', []],
  ])
})

test('the world of a replay is gone afterwards, also when it ends in the middle', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  await played(emulator, recording)
  expect(await worlds(emulator)).toEqual(['default'])
  const [request] = recording.requests
  if (request === undefined) throw new Error('nothing was recorded')
  const broken = { ...recording, requests: [{ ...request, at: 'never' }] }
  await expect(played(emulator, broken)).rejects.toThrow()
  expect(await worlds(emulator)).toEqual(['default'])
})

test('a recording from a world is played like one of the default world', async ({ emulator }) => {
  await emulator.post('/_ims/worlds', { name: 'blue' })
  await emulator.post('/w/blue/v2/images', { name: 'one' })
  await emulator.post('/_ims/worlds/blue/clock/advance', { by: '1h' })
  await emulator.post('/_ims/worlds/blue/rules', RULE)
  await emulator.get('/w/blue/v2/images')
  const recording = await recorded(emulator, '/_ims/worlds/blue')
  expect(recording.requests.map(({ path }) => path)).toEqual(['/v2/images', '/_ims/rules', '/v2/images'])
  expect(faults(await played(emulator, recording))).toEqual([])
})
