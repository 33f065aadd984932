import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

/** Downloads a world into a file. */
async function download(emulator: TestEmulator, folder: string, query = '?blobs=true'): Promise<string> {
  const file = join(folder, 'downloaded.sqlite')
  const response = await fetch(`${emulator.url}/_ims/database${query}`)
  writeFileSync(file, Buffer.from(await response.arrayBuffer()))
  return file
}

describe.each(['in memory', 'on disk'])('a world that was downloaded, started %s', (where) => {
  test('continues with its images, their bytes, its jobs, clock and scenario', async () => {
    using folder = scratchFolder()
    const options = where === 'on disk' ? { data: join(folder.path, 'data') } : {}
    await using first = await startTestEmulator({ seed: 7, scenario: 'slow' })
    const id = await first.importImage({ name: 'kept' })
    const under = await first.post('/v2/cloudimages/action', {
      name: 'under way',
      image_url: 'images:tiny.qcow2',
      min_disk: 1,
    })
    const { now } = (await first.get('/_ims/clock')).body
    const file = await download(first, folder.path)

    await using second = await startTestEmulator({ ...options, from: file })
    expect((await second.get('/_ims/clock')).body.now).toBe(now)
    expect((await second.get('/_ims/scenario')).body).toMatchObject({ scenario: 'slow', seed: 7 })
    const bytes = async (emulator: TestEmulator) => (await emulator.get(`/v2/images/${id}/file`)).text
    expect(await bytes(second)).toBe(await bytes(first))
    for (const emulator of [first, second]) await emulator.advance()
    expect((await second.job(under.body.job_id)).body).toEqual((await first.job(under.body.job_id)).body)
    expect(await second.importImage()).toBe(await first.importImage())
    await second.post('/_ims/reset')
    expect((await second.get('/_ims/scenario')).body).toMatchObject({ scenario: 'slow', seed: 7 })
  })
})

test('a world that was downloaded without blobs keeps everything but bytes', async () => {
  using folder = scratchFolder()
  await using first = await startTestEmulator()
  const id = await first.importImage({ name: 'kept' })
  const file = await download(first, folder.path, '')
  await using second = await startTestEmulator({ from: file })
  expect((await second.get(`/v2/images/${id}`)).body.name).toBe('kept')
})

test('flags override only the parts of the scenario of the file that they name', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'mine.yaml')
  writeFileSync(scenario, 'scenario: mine\nauth: { token_life: 7m }\n')
  await using first = await startTestEmulator({ scenario })
  const file = await download(first, folder.path)
  await using second = await startTestEmulator({ from: file, auth: { mode: 'strict' } })
  expect((await second.get('/_ims/auth')).body).toEqual({ mode: 'strict', token_life: '7m' })
  expect((await second.get('/_ims/scenario')).body.scenario).toBe('mine')
})

test('the file of a world is not changed by a start, and can be used again', async () => {
  using folder = scratchFolder()
  await using first = await startTestEmulator()
  const id = await first.importImage()
  const file = await download(first, folder.path)
  for (const _ of [1, 2]) {
    await using next = await startTestEmulator({ from: file })
    expect((await next.get(`/v2/images/${id}/file`)).status).toBe(200)
  }
})

describe('a start is refused from', () => {
  test.each([
    [
      'a file that does not exist',
      'none.sqlite',
      'none.sqlite does not exist; GET /_ims/database gives such a file',
    ],
    ['a file that is no database', 'text.sqlite', 'text.sqlite is no SQLite file: file is not a database'],
    [
      'a database of something else',
      'other.sqlite',
      'other.sqlite is no world of an ims-emulator of this version: it has the table "a", which this version does not know',
    ],
  ])('%s', async (_what, name, sentence) => {
    using folder = scratchFolder()
    writeFileSync(join(folder.path, 'text.sqlite'), 'no database at all\n'.repeat(100))
    new Database(join(folder.path, 'other.sqlite')).exec('CREATE TABLE a (b)').close()
    const from = join(folder.path, name)
    await expect(startEmulator({ from })).rejects.toThrow(sentence)
  })

  test('a file, into a folder that has a world already', async () => {
    using folder = scratchFolder()
    const data = join(folder.path, 'data')
    await using first = await startTestEmulator({ data })
    const file = await download(first, folder.path)
    await first.close()
    await expect(startEmulator({ data, from: file })).rejects.toThrow(
      `${data} has a world already; leave --from away to go on with it, or take another --data folder`,
    )
  })

  test('a file of an unknown version', async () => {
    using folder = scratchFolder()
    await using emulator = await startTestEmulator()
    const file = await download(emulator, folder.path)
    const later = join(folder.path, 'later.sqlite')
    copyFileSync(file, later)
    const database = new Database(later)
    database.exec('DELETE FROM __drizzle_migrations')
    database.close()
    await expect(startEmulator({ from: later })).rejects.toThrow(/was made by another version/)
  })
})
