import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

const SECRET = 'a file of the user'

let scratch: ReturnType<typeof scratchFolder>
/** A file outside of every folder of the emulator, which must survive and stay unread. */
let canary: string

beforeEach(() => {
  scratch = scratchFolder()
  canary = join(scratch.path, 'canary')
  writeFileSync(canary, SECRET)
})

afterEach(() => {
  expect(readFileSync(canary, 'utf8')).toBe(SECRET)
  scratch[Symbol.dispose]()
})

/** Climbs to the root of the file system and back down to the canary. */
const climbing = () => '../'.repeat(30) + canary.slice(1)

async function download(emulator: TestEmulator): Promise<string> {
  const file = join(scratch.path, 'world.sqlite')
  writeFileSync(
    file,
    Buffer.from(await (await fetch(`${emulator.url}/_ims/database?blobs=true`)).arrayBuffer()),
  )
  return file
}

/** Changes a database as somebody with an SQLite shell would. */
function tamper(file: string, statement: string, ...values: (string | null)[]): void {
  const database = new Database(file)
  database.pragma('foreign_keys = OFF')
  if (values.length === 0) database.exec(statement)
  else expect(database.prepare(statement).run(...values).changes).toBeGreaterThan(0)
  database.close()
}

describe('a world file is refused that has', () => {
  test.each<[string, string, string]>([
    [
      'a trigger',
      'CREATE TRIGGER evil AFTER UPDATE ON images BEGIN DELETE FROM images; END',
      'it has the trigger "evil"; the database of a world has none',
    ],
    ['a view', 'CREATE VIEW evil AS SELECT * FROM images', 'it has the view "evil"'],
    [
      'a view in place of a table',
      'DROP TABLE settings; CREATE VIEW settings AS SELECT 1 AS key, 2 AS value',
      'it has the view "settings"',
    ],
    ['a virtual table', 'CREATE VIRTUAL TABLE evil USING fts5(a)', 'it has the virtual table "evil"'],
    [
      'an unknown table',
      'CREATE TABLE evil (a)',
      'it has the table "evil", which this version does not know',
    ],
    ['an unknown index', 'CREATE INDEX evil ON images (name)', 'it has the index "evil"'],
    [
      'a table of another form',
      'ALTER TABLE images ADD COLUMN evil TEXT',
      'its table "images" has another form than this version gives it',
    ],
    ['a table too few', 'DROP TABLE draws', 'it lacks the table draws'],
    [
      'packed bytes under a path',
      "UPDATE packed_blobs SET id = '../canary'",
      'it holds the bytes of "../canary", which is no id of a blob',
    ],
    [
      'packed bytes in a view',
      'DROP TABLE packed_blobs; CREATE VIEW packed_blobs AS SELECT 1 AS id, 2 AS piece, 3 AS bytes',
      'it has the view "packed_blobs"',
    ],
    [
      'packed bytes in a table of another form',
      'DROP TABLE packed_blobs; CREATE TABLE packed_blobs (id, piece, bytes AS (zeroblob(1000000000)))',
      'its table packed_blobs has another form than a download has',
    ],
  ])('%s', async (_what, statement, message) => {
    await using first = await startTestEmulator()
    await first.importImage()
    const from = await download(first)
    tamper(from, statement)
    await expect(startEmulator({ from })).rejects.toThrow(message)
  })

  test.each([
    ['climbs', () => climbing()],
    ['is absolute', () => canary],
    ['is a parent', () => '..'],
    ['is empty', () => ''],
    ['has a zero', () => '12345678-1234-4234-8234-123456789012\0'],
    ['ends in another line', () => '12345678-1234-4234-8234-123456789012\n'],
  ])('an image whose bytes have an id that %s', async (_how, id) => {
    await using first = await startTestEmulator()
    await first.importImage()
    const from = await download(first)
    tamper(from, 'UPDATE images SET blob_id = ? WHERE blob_id IS NOT NULL', id())
    await expect(startEmulator({ from })).rejects.toThrow('which is no id of a blob')
  })
})

test.each([
  ['that climbs', () => climbing()],
  ['that is absolute', () => canary],
])('an export whose bytes have an id %s is refused', async (_how, blobId) => {
  await using first = await startTestEmulator()
  await startExport(first)
  const from = await download(first)
  tamper(
    from,
    "UPDATE jobs SET payload = json_set(payload, '$.blobId', ?) WHERE payload IS NOT NULL",
    blobId(),
  )
  await expect(startEmulator({ from })).rejects.toThrow('which is no id of a blob')
})

test('an object whose bytes have an id that climbs is refused', async () => {
  await using first = await startTestEmulator()
  await first.put('/_ims/buckets/images/objects/a', 'text')
  const from = await download(first)
  tamper(from, 'UPDATE objects SET blob_id = ?', climbing())
  await expect(startEmulator({ from })).rejects.toThrow('which is no id of a blob')
})

test.each([
  ['a bucket that climbs', '$.bucket', '..'],
  ['a key that climbs', '$.key', '../../canary'],
  ['a key of partial files', '$.key', '.ims-emulator-1/canary'],
])('an export into %s writes no file', async (_where, field, value) => {
  await using first = await startTestEmulator()
  const job = await startExport(first)
  const from = await download(first)
  tamper(from, `UPDATE jobs SET payload = json_set(payload, '${field}', ?) WHERE payload IS NOT NULL`, value)
  const buckets = join(scratch.path, 'buckets')
  mkdirSync(join(buckets, 'images'), { recursive: true })
  await using second = await startTestEmulator({ from, buckets, bucketsWrite: true })
  await second.advance()
  expect((await second.job(job)).body.status).toBe('FAIL')
  expect(readdirSync(buckets, { recursive: true }).sort()).toEqual(['images', 'images/tiny.qcow2'])
})

async function startExport(emulator: TestEmulator): Promise<string> {
  const id = await emulator.importImage()
  const target = { bucket_url: 'images:out.qcow2', is_quick_export: true }
  return (await emulator.post(`/v1/cloudimages/${id}/file`, target)).body.job_id
}

test('the fixtures of a scenario in a world file name no files', async () => {
  writeFileSync(canary, SECRET)
  const fixture = join(scratch.path, 'private.yaml')
  writeFileSync(fixture, 'users: []\nprivate: a secret of the user\n')
  await using first = await startTestEmulator()
  expect((await first.patch('/_ims/quotas', { private_images: 7 })).status).toBe(200)
  const from = await download(first)
  const database = new Database(from)
  const row = database.prepare("SELECT value FROM settings WHERE key = 'scenario'").pluck().get()
  const kept = JSON.parse(String(row))
  kept.written.fixtures = [fixture]
  database.prepare("UPDATE settings SET value = ? WHERE key = 'scenario'").run(JSON.stringify(kept))
  database.close()
  await using second = await startTestEmulator({ from })
  for (const path of ['/_ims/recording', '/_ims/scenario', '/_ims/auth'])
    expect((await second.get(path)).text).not.toContain('a secret of the user')
})

test('a snapshot of another origin is refused, and the world stays as it was', async () => {
  const data = join(scratch.path, 'data')
  await using emulator = await startTestEmulator({ data })
  const id = await emulator.importImage({ name: 'kept' })
  for (const [name, statement] of [
    ['trigger', 'CREATE TRIGGER evil AFTER DELETE ON images BEGIN DELETE FROM settings; END'],
    ['blob', `UPDATE images SET blob_id = '${climbing()}' WHERE blob_id IS NOT NULL`],
  ] as const) {
    expect((await emulator.post('/_ims/snapshots', { name })).status).toBe(201)
    tamper(join(data, 'snapshots', 'default', name, 'world.sqlite'), statement)
    const reply = await emulator.request('PUT', `/_ims/snapshots/${name}/restore`)
    expect(reply.status).toBe(400)
    expect((await emulator.get(`/v2/images/${id}/file`)).status).toBe(200)
  }
})

test('a data folder of another origin is refused when its database has a trigger or a path as an id', async () => {
  const data = join(scratch.path, 'data')
  const first = await startTestEmulator({ data })
  await first.importImage()
  await first.close()
  const file = join(data, 'default.sqlite')
  tamper(file, 'CREATE TRIGGER evil AFTER DELETE ON images BEGIN DELETE FROM settings; END')
  await expect(startEmulator({ data })).rejects.toThrow('it has the trigger "evil"')
  tamper(file, 'DROP TRIGGER evil')
  tamper(file, 'UPDATE images SET blob_id = ? WHERE blob_id IS NOT NULL', climbing())
  await expect(startEmulator({ data })).rejects.toThrow('which is no id of a blob')
})

test('a link among the blobs of a data folder is no blob, and what it leads to is neither read nor removed', async () => {
  const data = join(scratch.path, 'data')
  const first = await startTestEmulator({ data })
  const id = await first.importImage()
  await first.close()
  const [blob = ''] = readdirSync(join(data, 'blobs'))
  tamper(
    join(data, 'default.sqlite'),
    'UPDATE images SET blob_id = ? WHERE blob_id = ?',
    `${'0'.repeat(8)}${blob.slice(8)}`,
    blob,
  )
  symlinkSync(canary, join(data, 'blobs', `${'0'.repeat(8)}${blob.slice(8)}`))
  await using second = await startTestEmulator({ data, log: () => {} })
  expect((await second.get(`/v2/images/${id}/file`)).text).not.toContain(SECRET)
  expect(existsSync(canary)).toBe(true)
})

test('a world can be downloaded with its bytes while its images are deleted', async () => {
  await using emulator = await startTestEmulator({ data: join(scratch.path, 'data') })
  const ids: string[] = []
  for (let n = 0; n < 5; n++) ids.push(await emulator.importImage({ name: `image-${n}` }))
  const downloads = Array.from({ length: 4 }, () => fetch(`${emulator.url}/_ims/database?blobs=true`))
  await Promise.all(ids.map((id) => emulator.delete(`/v2/images/${id}`)))
  for (const response of await Promise.all(downloads)) {
    expect(response.status).toBe(200)
    writeFileSync(join(scratch.path, 'one.sqlite'), Buffer.from(await response.arrayBuffer()))
    const database = new Database(join(scratch.path, 'one.sqlite'), { readonly: true })
    const named = database.prepare(
      'SELECT blob_id FROM images WHERE blob_id IS NOT NULL AND deleted_at IS NULL',
    )
    const packed = database.prepare('SELECT DISTINCT id FROM packed_blobs')
    expect(new Set(packed.pluck().all())).toEqual(new Set(named.pluck().all()))
    database.close()
  }
  expect(readdirSync(join(scratch.path, 'data', 'blobs'))).toEqual([])
})
