import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder, startTestEmulator } from '../emulator.ts'
import { type Cell, cellsOf, type FullWorld, makeFullWorld } from './odd-world.ts'

/** Values that no column, or not this one, has. */
const ODD = [
  null,
  '',
  'x',
  'x\r\nSet-Cookie: a',
  '{"a":1}',
  '["a",null]',
  '{"a":',
  '"a"',
  '[[[[[[[[1]]]]]]]]',
  'null',
  -1,
  0.5,
  7,
  1e300,
  2 ** 52,
  -(2 ** 62),
  Buffer.from([0, 255]),
] as const

const folder = scratchFolder()
let world: FullWorld
/** The cells of each column. */
let columns: readonly (readonly Cell[])[]

beforeAll(async () => {
  world = await makeFullWorld(folder.path)
  const cells = cellsOf(join(folder.path, 'full.sqlite'))
  columns = [...Map.groupBy(cells, ({ table, column }) => `${table}.${column}`).values()]
})

afterAll(() => folder[Symbol.dispose]())

/** Starts from a file and asks about everything in it. @returns the first answer of 500 and more; or the refusal of the file. */
async function ask(file: string): Promise<{ refused?: string; fault?: string }> {
  const started = await startTestEmulator({ from: file, log: () => {} }).catch((error) => error)
  if (started instanceof Error) return { refused: `${started.name}: ${started.message}` }
  await using emulator = started
  for (const line of world.questions) {
    const [method = '', path = ''] = line.split(' ')
    const json = path.endsWith('/advance') ? { until: 'idle' } : undefined
    const { status, text } = await emulator.request(method, path, json && { json })
    if (status >= 500) return { fault: `${line}: ${status} ${text.slice(0, 200)}` }
  }
  return {}
}

/** A file is refused by one sentence that names it, or every answer is below 500. */
function expectSound(file: string, { refused, fault }: { refused?: string; fault?: string }): void {
  expect(fault).toBeUndefined()
  if (refused === undefined) return
  expect(refused).toMatch(/^SetupError: /)
  expect(refused).toContain(file)
}

test('an intact world file answers every question', async () => {
  const file = join(folder.path, 'intact.sqlite')
  writeFileSync(file, world.bytes)
  expect(await ask(file)).toEqual({})
})

describe('a world file is refused, or answered from below 500, after', () => {
  test('one cell was overwritten with an odd value', { timeout: 120_000 }, async () => {
    const file = join(folder.path, 'cell.sqlite')
    const oddCell = fc.record({
      cell: fc.tuple(fc.nat(), fc.nat()).map(([n, m]) => {
        const column = columns[n % columns.length] ?? []
        return column[m % column.length]
      }),
      value: fc.constantFrom(...ODD),
    })
    await fc.assert(
      fc.asyncProperty(oddCell, async ({ cell, value }) => {
        if (cell === undefined) return
        writeFileSync(file, world.bytes)
        overwrite(file, cell, value)
        expectSound(file, await ask(file))
      }),
      { seed: 14, numRuns: 30 },
    )
  })

  test('some of its bytes were flipped', { timeout: 120_000 }, async () => {
    const file = join(folder.path, 'bytes.sqlite')
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(flips, async (pairs) => {
        const bytes = Buffer.from(world.bytes)
        for (const [place, mask] of pairs) {
          const offset = place % bytes.length
          bytes[offset] = (bytes[offset] ?? 0) ^ mask
        }
        writeFileSync(file, bytes)
        expectSound(file, await ask(file))
      }),
      { seed: 14, numRuns: 30 },
    )
  })
})

describe('the message about a damaged file names the place', () => {
  test.each<[string, string, string]>([
    [
      'cut JSON',
      `UPDATE images SET attributes = '{"a":' WHERE rowid = 1`,
      'the column attributes of its table images holds "{\\"a\\":" in the row with the rowid 1: is no JSON',
    ],
    [
      'JSON of another shape',
      `UPDATE images SET attributes = '{"a":[1]}' WHERE rowid = 1`,
      'holds "{\\"a\\":[1]}" in the row with the rowid 1, at a: Invalid input: expected string, received array',
    ],
    [
      'a text in a number',
      "UPDATE images SET min_disk = 'x' WHERE rowid = 1",
      'the column min_disk of its table images holds "x" in the row with the rowid 1',
    ],
    [
      'a number that is no time',
      'UPDATE images SET created_at = 1e300 WHERE rowid = 1',
      'the column created_at of its table images holds 1E+300 in the row with the rowid 1',
    ],
    [
      'an unknown word',
      "UPDATE images SET visibility = 'odd' WHERE rowid = 1",
      'the column visibility of its table images holds "odd" in the row with the rowid 1',
    ],
    [
      'a payload of another kind of job',
      "UPDATE jobs SET payload = '7' WHERE type = 'imsNativeExportImageJob'",
      '(imsNativeExportImageJob) in its table jobs has another form than such jobs have',
    ],
    [
      'a broken reference',
      "INSERT INTO members VALUES ('none', 'p', 'pending', 0, 0)",
      'of its table members refers to a row of images that is not there',
    ],
    [
      'a setting of another form',
      "UPDATE settings SET value = '{}' WHERE key = 'clock'",
      'its setting "clock" has another form than this version gives it',
    ],
    ['no clock', "DELETE FROM settings WHERE key = 'clock'", 'its table settings has no clock'],
    [
      'a secret that was encrypted elsewhere',
      `UPDATE settings SET value = '"other"' WHERE key = 'seal'`,
      'in its table credentials cannot be decrypted',
    ],
  ])('%s', async (_what, statement, found) => {
    const file = join(folder.path, 'one.sqlite')
    writeFileSync(file, world.bytes)
    withSchema(file, (database) => database.exec(statement))
    const { refused } = await ask(file)
    expect(refused).toContain(`SetupError: ${file} was changed or damaged after an ims-emulator wrote it: `)
    expect(refused).toContain(found)
    expect(refused).toMatch(/\. Take an intact copy; GET \/_ims\/database gives one\.$/)
  })
})

test('a snapshot with a damaged cell is refused, and the world stays as it was', async () => {
  const data = join(folder.path, 'data')
  await using emulator = await startTestEmulator({ data })
  const id = await emulator.importImage({ name: 'kept' })
  await emulator.post('/_ims/snapshots', { name: 'damaged' })
  withSchema(join(data, 'snapshots/default/damaged/world.sqlite'), (database) =>
    database.exec("UPDATE images SET attributes = 'x' WHERE rowid = 1"),
  )
  const { status, body } = await emulator.request('PUT', '/_ims/snapshots/damaged/restore')
  expect(status).toBe(400)
  expect(body.detail).toContain('the snapshot damaged was changed or damaged after an ims-emulator wrote it')
  expect((await emulator.get(`/v2/images/${id}/file`)).status).toBe(200)
})

test('an image whose bytes are not in the file is answered as one without bytes', async () => {
  await using first = await startTestEmulator()
  const id = await first.importImage()
  const file = join(folder.path, 'without-bytes.sqlite')
  writeFileSync(file, Buffer.from(await (await fetch(`${first.url}/_ims/database`)).arrayBuffer()))
  await using second = await startTestEmulator({ from: file })
  expect((await second.get(`/v2/images/${id}/file`)).status).toBe(204)
  const target = { bucket_url: 'images:out.qcow2', file_format: 'qcow2' }
  expect((await second.post(`/v1/cloudimages/${id}/file`, target)).body.error.code).toBe('IMG.0071')
  const copied = await second.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' })
  expect(copied.body.error.code).toBe('IMG.0046')
})

/** Writes a cell as a program may that keeps to no NOT NULL: the schema is put aside meanwhile. */
function overwrite(file: string, { table, column, rowid }: Cell, value: (typeof ODD)[number]): void {
  const sql = withSchema(file, (database) => {
    const kept = database.prepare('SELECT sql FROM sqlite_master WHERE name = ?').pluck().get(table)
    database.prepare("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = ?").run(table)
    return kept
  })
  withSchema(file, (database) =>
    database.prepare(`UPDATE OR IGNORE "${table}" SET "${column}" = ? WHERE rowid = ?`).run(value, rowid),
  )
  withSchema(file, (database) =>
    database.prepare('UPDATE sqlite_master SET sql = ? WHERE name = ?').run(sql, table),
  )
}

function withSchema<Result>(file: string, change: (database: Database.Database) => Result): Result {
  const database = new Database(file)
  try {
    database.unsafeMode()
    database.pragma('foreign_keys = OFF')
    database.pragma('writable_schema = ON')
    return change(database)
  } finally {
    database.close()
  }
}
