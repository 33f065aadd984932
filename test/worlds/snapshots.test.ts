import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, test as plain } from 'vitest'
import { expect, scratchFolder, startTestEmulator, test } from '../emulator.ts'

test('restoring a snapshot restores images, their bytes, and the clock', async ({ emulator }) => {
  const id = await emulator.importImage({ name: 'kept' })
  const before = (await emulator.get('/_ims/clock')).body.now
  const saved = await emulator.post('/_ims/snapshots', { name: 'one-image' })
  expect([saved.status, saved.body]).toEqual([
    201,
    { name: 'one-image', time: before, bytes: expect.any(Number) },
  ])
  const bytes = await emulator.get(`/v2/images/${id}/file`)
  await emulator.delete(`/v2/images/${id}`)
  await emulator.importImage({ name: 'later' })
  await emulator.advance('1h')

  const restored = await emulator.put('/_ims/snapshots/one-image/restore')
  expect([restored.status, restored.text]).toEqual([204, ''])
  const { images } = (await emulator.get('/v2/cloudimages?__imagetype=private')).body
  expect(images.map(({ name }: { name: string }) => name)).toEqual(['kept'])
  expect((await emulator.get('/_ims/clock')).body.now).toBe(before)
  expect((await emulator.get(`/v2/images/${id}/file`)).text).toBe(bytes.text)
})

test('requests after a restore get the same answers each time', async ({ emulator }) => {
  await emulator.post('/_ims/snapshots', { name: 'start' })
  const first = await emulator.importImage()
  await emulator.put('/_ims/snapshots/start/restore')
  expect(await emulator.importImage()).toBe(first)
})

plain.each(['in memory', 'on disk'])('the journal continues over a restore of a world %s', async (where) => {
  using folder = scratchFolder()
  await using emulator = await startTestEmulator(
    where === 'on disk' ? { data: join(folder.path, 'data') } : {},
  )
  await emulator.post('/_ims/snapshots', { name: 'start' })
  await emulator.get('/v1/cloudimages/quota')
  await emulator.put('/_ims/snapshots/start/restore')
  await emulator.get('/v1/cloudimages/quota')
  expect((await emulator.get('/_ims/journal')).body).toMatchObject({
    total: 2,
    requests: [{ number: 1 }, { number: 2 }],
  })
})

test('restoring a snapshot restores rules that were added at run time, with their counts', async ({
  emulator,
}) => {
  await emulator.post('/_ims/rules', {
    name: 'second',
    when: { operation: 'ListImages', nth: 2 },
    then: { error: 'APIGW.0201' },
  })
  await emulator.get('/v2/cloudimages')
  await emulator.post('/_ims/snapshots', { name: 'one-listed' })
  await emulator.delete('/_ims/rules/second')
  await emulator.put('/_ims/snapshots/one-listed/restore')
  expect((await emulator.get('/v2/cloudimages')).status).toBe(503)
})

describe('snapshots', () => {
  test('are listed by name and deleted', async ({ emulator }) => {
    for (const name of ['b', 'a']) await emulator.post('/_ims/snapshots', { name })
    const names = async () =>
      (await emulator.get('/_ims/snapshots')).body.snapshots.map(({ name }: { name: string }) => name)
    expect(await names()).toEqual(['a', 'b'])
    expect((await emulator.delete('/_ims/snapshots/a')).status).toBe(204)
    expect(await names()).toEqual(['b'])
  })

  test('have unique names', async ({ emulator }) => {
    await emulator.post('/_ims/snapshots', { name: 'taken' })
    const again = await emulator.post('/_ims/snapshots', { name: 'taken' })
    expect([again.status, again.body.detail]).toEqual([
      409,
      'a snapshot is called taken already; DELETE it first',
    ])
    const odd = await emulator.post('/_ims/snapshots', { name: '../out' })
    expect(odd.status).toBe(400)
  })

  test('that do not exist are refused with the names of those that do', async ({ emulator }) => {
    await emulator.post('/_ims/snapshots', { name: 'here' })
    for (const reply of [
      await emulator.put('/_ims/snapshots/gone/restore'),
      await emulator.delete('/_ims/snapshots/gone'),
      await emulator.put('/_ims/snapshots/..%2Fhere/restore'),
    ]) {
      expect(reply.status).toBe(404)
      expect(reply.body.detail).toContain('there are: here')
    }
  })

  test('belong to one world', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'other' })
    await emulator.post('/_ims/worlds/other/snapshots', { name: 'its-own' })
    expect((await emulator.get('/_ims/snapshots')).body).toEqual({ snapshots: [] })
    await emulator.delete('/_ims/worlds/other')
    await emulator.post('/_ims/worlds', { name: 'other' })
    expect((await emulator.get('/_ims/worlds/other/snapshots')).body).toEqual({ snapshots: [] })
  })
})

plain('snapshots of a world on disk survive a restart and can be restored', async () => {
  using folder = scratchFolder()
  const data = join(folder.path, 'data')
  await using first = await startTestEmulator({ data })
  const id = await first.importImage()
  await first.post('/_ims/snapshots', { name: 'kept' })
  await first.delete(`/v2/images/${id}`)
  await first.close()
  await using second = await startTestEmulator({ data })
  expect((await second.get(`/v2/images/${id}`)).status).toBe(404)
  await second.put('/_ims/snapshots/kept/restore')
  expect((await second.get(`/v2/images/${id}/file`)).status).toBe(200)
  await second.close()
  await using third = await startTestEmulator({ data })
  expect((await third.get(`/v2/images/${id}`)).body.status).toBe('active')
})

describe.each(['in memory', 'on disk'])('the database of a world %s', (where) => {
  plain('is a file that any SQLite opens', async () => {
    using folder = scratchFolder()
    await using emulator = await startTestEmulator(
      where === 'on disk' ? { data: join(folder.path, 'data') } : {},
    )
    const id = await emulator.importImage({ name: 'looked-at' })
    const response = await fetch(`${emulator.url}/_ims/database`)
    expect(response.headers.get('content-type')).toBe('application/vnd.sqlite3')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="default.sqlite"')
    const file = join(folder.path, 'world.sqlite')
    writeFileSync(file, Buffer.from(await response.arrayBuffer()))
    const database = new Database(file, { readonly: true })
    expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(database.prepare('select name, status from images where id = ?').get(id)).toEqual({
      name: 'looked-at',
      status: 'active',
    })
    database.close()
  })
})

describe('a fork', () => {
  test('starts with the state of its world, and both are isolated', async ({ emulator }) => {
    const id = await emulator.importImage({ name: 'common' })
    const { status, body: fork } = await emulator.post('/_ims/fork', { name: 'branch' })
    expect([status, fork.name, fork.endpoint]).toEqual([201, 'branch', `${emulator.url}/w/branch`])
    expect(fork.time).toBe((await emulator.get('/_ims/clock')).body.now)
    const token = { headers: { 'X-Auth-Token': fork.token } }
    expect((await emulator.get(`/w/branch/v2/images/${id}/file`, token)).status).toBe(200)
    await emulator.delete(`/w/branch/v2/images/${id}`, undefined, token)
    expect((await emulator.get(`/w/branch/v2/images/${id}`, token)).status).toBe(404)
    expect((await emulator.get(`/v2/images/${id}/file`)).status).toBe(200)
  })

  test('is found by its own credentials', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'stem' })
    const { body: fork } = await emulator.post('/_ims/worlds/stem/fork')
    expect(fork.name).toBe('world-1')
    const headers = { 'X-Auth-Token': fork.token }
    await emulator.post('/v2/images', imageNamed('mine'), { headers })
    const names = async (world: string) =>
      (await emulator.get(`/w/${world}/v2/images?visibility=private`)).body.images.map(
        ({ name }: { name: string }) => name,
      )
    expect([await names('world-1'), await names('stem')]).toEqual([['mine'], []])
  })

  test('ends its jobs on its own clock', async ({ emulator }) => {
    const { body } = await emulator.post('/v2/cloudimages/action', {
      name: 'tiny',
      image_url: 'images:tiny.qcow2',
      min_disk: 1,
    })
    await emulator.post('/_ims/fork', { name: 'ahead' })
    await emulator.post('/_ims/worlds/ahead/clock/advance', { until: 'idle' })
    const statusIn = async (prefix: string) =>
      (await emulator.get(`${prefix}/v1/${emulator.projectId}/jobs/${body.job_id}`)).body.status
    expect([await statusIn('/w/ahead'), await statusIn('')]).toEqual(['SUCCESS', 'INIT'])
  })

  test('needs an unused name', async ({ emulator }) => {
    const reply = await emulator.post('/_ims/fork', { name: 'default' })
    expect([reply.status, reply.body.detail]).toEqual([
      409,
      'a world is called default already; DELETE it first',
    ])
  })
})

function imageNamed(name: string) {
  return { name, disk_format: 'raw', container_format: 'bare' }
}

plain(
  'a snapshot of a version that this one does not know is refused, and the world stays as it is',
  async () => {
    using folder = scratchFolder()
    const data = join(folder.path, 'data')
    await using emulator = await startTestEmulator({ data })
    const id = await emulator.importImage()
    await emulator.post('/_ims/snapshots', { name: 'later' })
    const database = new Database(join(data, 'snapshots', 'default', 'later', 'world.sqlite'))
    database.exec('DELETE FROM __drizzle_migrations')
    database.close()
    const refused = await emulator.put('/_ims/snapshots/later/restore')
    expect([refused.status, refused.body.detail]).toEqual([
      400,
      expect.stringContaining('was made by another version'),
    ])
    expect((await emulator.get(`/v2/images/${id}/file`)).status).toBe(200)
  },
)

plain('a snapshot that a crash cut short is not listed, and its name is free', async () => {
  using folder = scratchFolder()
  const data = join(folder.path, 'data')
  mkdirSync(join(data, 'snapshots', 'default', '.part-half', 'blobs'), { recursive: true })
  await using emulator = await startTestEmulator({ data })
  expect((await emulator.get('/_ims/snapshots')).body).toEqual({ snapshots: [] })
  expect((await emulator.post('/_ims/snapshots', { name: 'half' })).status).toBe(201)
  expect((await emulator.put('/_ims/snapshots/half/restore')).status).toBe(204)
})
