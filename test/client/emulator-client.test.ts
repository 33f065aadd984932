import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ControlFailure,
  connectEmulator,
  type EmulatorClient,
  type StartedEmulator,
  startEmulator,
} from '../../src/index.ts'
import { diskImage, type Scratch, scratchFolder } from '../emulator.ts'

const TINY = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }

let scratch: Scratch
let started: StartedEmulator

beforeAll(async () => {
  scratch = scratchFolder()
  mkdirSync(join(scratch.path, 'images'))
  copyFileSync(diskImage('tiny-v3.qcow2'), join(scratch.path, 'images', 'tiny.qcow2'))
  started = await startEmulator({ clock: { rate: 0 }, buckets: scratch.path })
})

afterAll(async () => {
  await started.close()
  scratch[Symbol.dispose]()
})

/** The emulator as its own process sees it, and as another one does. */
const WAYS: [string, () => Promise<EmulatorClient>][] = [
  ['in process', async () => started],
  ['over the network', () => connectEmulator(started.url)],
]

const send = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

describe.each(WAYS)('an emulator %s', (_way, reach) => {
  test('creates worlds with clock, jobs and journal', async () => {
    const emulator = await reach()
    await using world = await emulator.world()
    const imported = await world.fetch('/v2/cloudimages/action', send('POST', TINY))
    const { job_id: id } = JSON.parse(await imported.text())
    const job = async () => JSON.parse(await (await world.fetch(`/v1/${world.projectId}/jobs/${id}`)).text())
    expect((await job()).status).toBe('INIT')
    const { settled } = await world.clock.advance({ until: 'next' })
    expect(settled.map(({ job_id }) => job_id)).toEqual([id])
    await world.jobs.finish()
    expect((await job()).status).toBe('SUCCESS')
    await world.journal.expect({ operation: 'CreateImage' }).exactly(1)
    await world.journal.expectInOrder([{ operation: 'CreateImage' }, { operation: 'ShowJob' }])
    await expect(world.journal.expect({ operation: 'ShowJob' }).never()).rejects.toThrow(
      /found 2 such requests, meant none for \{"operation":"ShowJob"\}. The latest requests:\n {2}POST .*\/v2\/cloudimages\/action 200/,
    )
    const [request] = await world.journal.requests({ operation: 'Create*' })
    expect(request?.request.body?.text).toBe(JSON.stringify(TINY))
  })

  test('adds, removes and explains rules', async () => {
    await using world = await (await reach()).world({ scenario: 'instant' })
    await world.rules.add({ name: 'down', when: { operation: 'ListImages' }, then: { error: 'APIGW.0201' } })
    expect((await world.fetch('/v2/cloudimages')).status).toBe(503)
    expect((await world.rules.list()).map(({ name, hits }) => [name, hits])).toEqual([['down', 1]])
    expect((await world.rules.explain('down')).requests.map(({ fired }) => fired)).toEqual([true])
    await world.rules.remove('down')
    expect((await world.fetch('/v2/cloudimages')).status).toBe(200)
  })

  test('shows, changes and removes what images are made from', async () => {
    await using world = await (await reach()).world()
    const [key] = await world.fixtures.list('keys')
    const id = String(key?.id)
    expect(await world.fixtures.change('keys', id, { state: 'disabled' })).toEqual({
      ...key,
      state: 'disabled',
    })
    expect(await world.fixtures.show('keys', id)).toMatchObject({ state: 'disabled' })
    const refused = await world.fetch('/v2/cloudimages/action', send('POST', { ...TINY, cmk_id: id }))
    expect(await refused.text()).toContain('IMG.0097')
    await world.fixtures.remove('keys', id)
    await expect(world.fixtures.change('keys', id, { state: 'enabled' })).rejects.toThrow(
      `${id} is not among the keys of this world`,
    )
  })

  test('puts scenarios in force, and enters phases', async () => {
    await using world = await (await reach()).world()
    await world.putScenario(
      '{ scenario: s, phases: { initial: calm, moves: [{ from: calm, to: rough, when: { after: 1h } }] } }',
    )
    expect(await world.phase.show()).toBe('calm')
    await world.phase.enter('rough')
    expect(await world.phase.show()).toBe('rough')
    await world.putScenario({ extends: 'instant' })
    expect(await world.phase.show()).toBe(null)
  })

  test('forks, saves and restores', async () => {
    await using world = await (await reach()).world()
    await world.snapshots.save('empty')
    const image = { name: 'n', disk_format: 'raw', container_format: 'bare' }
    await world.fetch('/v2/images', send('POST', image))
    await using fork = await world.fork()
    await world.snapshots.restore('empty')
    const count = async ({ fetch }: typeof world) =>
      JSON.parse(await (await fetch('/v2/images?visibility=private')).text()).images.length
    expect([await count(world), await count(fork)]).toEqual([0, 1])
    expect((await world.snapshots.list()).map(({ name }) => name)).toEqual(['empty'])
    await world.snapshots.remove('empty')
    expect(await world.snapshots.list()).toEqual([])
  })

  test('has a second account, whose user is served by the world without its path', async () => {
    const emulator = await reach()
    await using world = await emulator.world({ auth: 'strict' })
    const { partner } = world.users
    const created = await world.fetch('/v2/images', { method: 'POST', body: '{"name":"golden"}' })
    const { id, owner } = JSON.parse(await created.text())
    expect(owner).toBe(world.users.demo?.projectId)
    expect(partner?.projectId).not.toBe(owner)
    const seen = (sent: RequestInit) => partner?.fetch(`/v2/images/${id}`, sent)
    expect((await seen({}))?.status).toBe(404)
    expect((await seen({ headers: { 'X-Auth-Token': world.users.demo?.token ?? '' } }))?.status).toBe(200)
    const headers = { 'X-Auth-Token': partner?.token ?? '' }
    expect((await emulator.fetch(`/v2/images/${id}`, { headers })).status).toBe(404)
    expect((await world.journal.requests({ operation: 'GlanceShowImage' })).length).toBe(3)
  })

  test('issues tokens for several users', async () => {
    await using world = await (await reach()).world({ auth: 'strict' })
    await world.addFixtures({
      users: [
        { id: '5'.repeat(32), name: 'reader', project_id: world.projectId, roles: ['IMS ReadOnlyAccess'] },
      ],
    })
    const headers = { 'X-Auth-Token': await world.token({ user: 'reader' }) }
    expect((await world.fetch('/v2/cloudimages', { headers })).status).toBe(200)
    const refused = await world.fetch('/v2/cloudimages/action', {
      ...send('POST', TINY),
      headers: { ...headers, 'Content-Type': 'application/json' },
    })
    expect(refused.status).toBe(403)
    await world.setAuth('lenient')
    expect((await world.fetch('/v2/cloudimages', { headers: { 'X-Auth-Token': 'anybody' } })).status).toBe(
      200,
    )
  })

  test('changes quotas and shows the timeline', async () => {
    await using world = await (await reach()).world()
    expect((await world.quotas.change({ private_images: 1 })).private_images).toBe(1)
    await world.fetch('/v2/cloudimages/action', send('POST', TINY))
    expect((await world.fetch('/v2/cloudimages/action', send('POST', TINY))).status).toBe(400)
    expect((await world.quotas.show()).private_images).toBe(1)
    const { happened, planned } = await world.timeline()
    expect([happened.map(({ event }) => event), planned.at(-1)?.job]).toEqual([['began'], 'SUCCESS'])
  })

  test('runs and freezes the clock', async () => {
    await using world = await (await reach()).world()
    expect((await world.clock.run(60)).rate).toBe(60)
    expect((await world.clock.freeze()).frozen).toBe(true)
    expect(await world.clock.show()).toMatchObject({ frozen: true, planned: 0 })
  })

  test('deletes a world at the end of its block, and resets one', async () => {
    const emulator = await reach()
    {
      await using world = await emulator.world({ name: 'passing' })
      await world.fetch('/v2/cloudimages')
      await world.reset()
      expect(await world.journal.requests()).toEqual([])
      expect((await emulator.worlds()).map(({ name }) => name)).toContain('passing')
    }
    expect((await emulator.worlds()).map(({ name }) => name)).not.toContain('passing')
  })

  test('throws the refusals of the control plane', async () => {
    const emulator = await reach()
    await expect(emulator.world({ scenario: 'brown-uot' })).rejects.toThrow(/did you mean brown-out\?/)
    await expect(emulator.rules.remove('none')).rejects.toThrow(
      new ControlFailure('no rule is called none; GET /_ims/rules lists them', 404),
    )
  })
})

test('connecting to an address where nothing listens is refused', async () => {
  await expect(connectEmulator('http://127.0.0.1:9')).rejects.toThrow(
    'nothing answers at http://127.0.0.1:9; start it with ims-emulator start, or say where it is',
  )
})

test('an emulator without a port answers fetch', async () => {
  await using quiet = await startEmulator({ listen: false, scenario: 'instant' })
  expect(quiet.port).toBe(0)
  expect((await quiet.fetch('/v2/cloudimages')).status).toBe(200)
  await using world = await quiet.world()
  expect((await world.fetch('/v1/cloudimages/quota')).status).toBe(200)
  await quiet.journal.expect({ operation: 'ShowImageQuota' }).never()
})
