import { expect, test as plain } from 'vitest'
import { type Replayed, replay } from '../../src/client/replay/replay.ts'
import { EAST } from '../demo-world.ts'
import { startTestEmulator, type TestEmulator, test } from '../emulator.ts'
import { faults, played, recorded } from '../played.ts'
import { asPartner, PARTNER } from '../private-image.ts'
import { asReader, strictTest } from '../tenants.ts'

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
      await emulator.post('/_ims/rules', { ...RULE, then: { disconnect: 'before-headers' } })
      await emulator.get('/v2/cloudimages').catch(() => 'broken')
      await emulator.get('/v2/images')
    },
  ],
  [
    'an answer of which only the beginning came',
    async (emulator: TestEmulator) => {
      await emulator.post('/_ims/rules', { ...RULE, then: { truncate: 10 } })
      await emulator.get('/v2/cloudimages').catch(() => 'broken')
      await emulator.get('/v2/images')
    },
  ],
  [
    'a phase that a rule entered',
    async (emulator: TestEmulator) => {
      const phases = {
        initial: 'calm',
        moves: [{ from: 'calm', to: 'rough', when: { operation: 'ShowJob' } }],
      }
      const rules = [{ ...RULE, when: { phase: 'rough' } }]
      await emulator.put('/_ims/scenario', { scenario: 'phased', summary: 'Two phases.', phases, rules })
      await emulator.job('none')
      expect((await emulator.get('/v2/cloudimages')).status).toBe(503)
    },
  ],
  [
    'an upload of text',
    async (emulator: TestEmulator) => {
      const formats = { disk_format: 'raw', container_format: 'bare' }
      const { body } = await emulator.post('/v2/images', formats)
      const headers = { 'Content-Type': 'application/octet-stream' }
      await emulator.request('PUT', `/v2/images/${body.id}/file`, { body: 'bytes', headers })
      expect((await emulator.get(`/v2/images/${body.id}`)).body.size).toBe(5)
    },
  ],
  [
    'one user in two projects',
    async (emulator: TestEmulator) => {
      const formats = { disk_format: 'raw', container_format: 'bare' }
      const { token } = (await emulator.post('/_ims/tokens', { project: 'cn-east-3' })).body
      const owners = [
        (await emulator.post('/v2/images', formats)).body.owner,
        (await emulator.post('/v2/images', formats, { token })).body.owner,
      ]
      expect(owners).toEqual([emulator.projectId, EAST.project])
    },
  ],
  [
    'a caller who showed nothing',
    async (emulator: TestEmulator) => {
      expect((await emulator.get('/v2/cloudimages', { token: null })).status).toBe(401)
    },
  ],
  [
    'a caller whom nobody knows',
    async (emulator: TestEmulator) => {
      expect((await emulator.get('/v2/cloudimages?limit=1', { token: 'anything' })).status).toBe(200)
    },
  ],
  [
    'somebody who came again after a token would have ended',
    async (emulator: TestEmulator) => {
      expect((await emulator.patch('/_ims/auth', { mode: 'strict', token_life: '1h' })).status).toBe(200)
      await emulator.get('/v1/cloudimages/quota')
      await emulator.advance('2h')
      expect((await emulator.get('/v1/cloudimages/quota')).status).toBe(200)
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
  expect(recording.requests.length).toBeGreaterThan(0)
  expect(faults(await played(emulator, recording))).toEqual([])
})

strictTest('a member who is another user is the same where tokens must be good', async ({ emulator }) => {
  const id = await emulator.importImage()
  await emulator.post(`/v2/images/${id}/members`, { member: PARTNER })
  expect((await emulator.get(`/v2/images/${id}`, asReader)).status).toBe(200)
  const refused = await emulator.delete(`/v2/images/${id}`, undefined, asReader)
  expect(refused.status).toBe(403)
  await emulator.put(`/v2/images/${id}/members/${PARTNER}`, { status: 'accepted' }, asPartner)
  expect((await emulator.get(`/v2/images/${id}`, asPartner)).status).toBe(200)
  const recording = await recorded(emulator)
  expect(new Set(recording.requests.map(({ user }) => user)).size).toBe(3)
  expect(faults(await played(emulator, recording))).toEqual([])
})

plain('what a stock Glance was asked is answered the same when it is played again', async () => {
  await using glance = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
  const formats = { disk_format: 'raw', container_format: 'bare' }
  const as = { token: 'tok-a' }
  const { body } = await glance.post('/v2/images', formats, as)
  const headers = { 'Content-Type': 'application/octet-stream' }
  await glance.request('PUT', `/v2/images/${body.id}/file`, { ...as, headers, body: 'bytes' })
  await glance.get(`/v2/images/${body.id}`, as)
  await glance.get(`/v2/images/${body.id}`, { token: 'tok-b' })
  const recording = await recorded(glance)
  expect(recording).toMatchObject({ glance: 'stock' })
  expect(recording.requests.map(({ answer }) => answer.status)).toEqual([201, 204, 200, 404])
  expect(faults(await played(glance, recording))).toEqual([])
})

plain('a world that began with a seed of its own is played with that seed on another emulator', async () => {
  await using emulator = await startTestEmulator({ seed: 9 })
  await emulator.post('/v2/images', { disk_format: 'raw', container_format: 'bare' })
  const recording = await recorded(emulator)
  await using other = await startTestEmulator({ seed: 10 })
  expect(faults(await played(other, recording))).toEqual([])
})

test('new ids replace recorded ones in paths, headers and bodies of later requests', async ({ emulator }) => {
  const id = await emulator.importImage()
  await emulator.post('/v1/cloudimages/members', { images: [id], projects: [PARTNER] })
  const headers = { 'X-Openstack-Image': id }
  await emulator.patch(`/v2/cloudimages/${id}`, [{ op: 'replace', path: '/name', value: id }], { headers })
  const recording = await recorded(emulator)
  const otherSeed = { ...recording, scenario: { ...recording.scenario, seed: 3 } }
  const sent: Request[] = []
  const send = (request: Request) => {
    sent.push(request.clone())
    return fetch(request)
  }
  const all: Replayed[] = []
  for await (const each of replay(otherSeed, emulator.url, send)) all.push(each)
  expect(faults(all)).toEqual([])
  const patched = sent.find(({ method }) => method === 'PATCH')
  const newId = patched?.url.split('/').at(-1)
  expect(newId).not.toBe(id)
  expect(patched?.headers.get('x-openstack-image')).toBe(newId)
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
