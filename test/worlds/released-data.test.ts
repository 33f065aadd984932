import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../src/index.ts'
import { scratchFolder, startTestEmulator } from '../emulator.ts'

/** Data folders that released versions have written, made by scripts/make-released-fixture.ts. */
const RELEASED = fileURLToPath(new URL('../fixtures/released', import.meta.url))
const VERSIONS = readdirSync(RELEASED)

/** Unpacks the data folder of a version into a temporary one. */
function unpack(version: string, folder: string) {
  const place = join(folder, 'released')
  cpSync(join(RELEASED, version), place, { recursive: true })
  const data = join(place, 'data')
  mkdirSync(join(place, 'buckets/images'), { recursive: true })
  for (const path of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.gz')) continue
    writeFileSync(join(data, path.slice(0, -'.gz'.length)), gunzipSync(readFileSync(join(data, path))))
    rmSync(join(data, path))
  }
  const ids = z
    .record(z.string(), z.string())
    .parse(JSON.parse(readFileSync(join(place, 'images.json'), 'utf8')))
  return { data, scenario: join(place, 'scenario.yaml'), buckets: join(place, 'buckets'), ids }
}

test('the layout of the released version is kept', () => {
  expect(VERSIONS).toContain('0.1.0')
})

describe.each(VERSIONS)('the data folder of version %s', (version) => {
  test('is opened: its worlds list their images with their bytes, its job ends and its snapshot is restored', async () => {
    using scratch = scratchFolder()
    const { ids, ...options } = unpack(version, scratch.path)
    await using emulator = await startTestEmulator(options)
    const names = async (prefix: string) => {
      const { body } = await emulator.get(
        `${prefix}/v2/cloudimages?__imagetype=private&sort_key=name&sort_dir=asc`,
      )
      return body.images.map(({ name }: { name: string }) => name)
    }
    const bytesOf = async (path: string) => (await emulator.get(`${path}/file`)).text
    expect(await names('')).toEqual(['kept', 'later'])
    expect(await bytesOf(`/v2/images/${ids.kept}`)).toBe('the bytes of the kept image')
    expect(await bytesOf(`/v2/images/${ids.later}`)).toBe('the bytes of the later image')
    expect(await names('/w/other')).toEqual(['other'])
    expect(await bytesOf(`/w/other/v2/images/${ids.other}`)).toBe('the bytes of the other world')
    // A change of quotas lasts as long as the scenario is the same, and this version ships another standard scenario.
    expect((await emulator.get('/_ims/quotas')).body).toMatchObject({ private_images: 100 })
    expect((await emulator.get('/_ims/journal')).body.requests.length).toBeGreaterThan(5)
    await emulator.advance()
    expect((await emulator.get('/_ims/clock')).body.planned).toBe(0)
    expect((await emulator.request('PUT', '/_ims/snapshots/before/restore')).status).toBe(204)
    expect(await names('')).toEqual(['kept'])
    expect(await bytesOf(`/v2/images/${ids.kept}`)).toBe('the bytes of the kept image')
  })

  test('has the job type of today for cross-region copies, which had another one', async () => {
    using scratch = scratchFolder()
    const { ids: _, ...options } = unpack(version, scratch.path)
    const database = new Database(join(options.data, 'default.sqlite'))
    const id = String(database.prepare('SELECT id FROM jobs').pluck().get())
    database
      .prepare("UPDATE jobs SET type = 'imsCopyImageCrossRegionJob', payload = NULL WHERE id = ?")
      .run(id)
    database.close()
    await using emulator = await startTestEmulator(options)
    expect((await emulator.job(id)).body.job_type).toBe('imsCrossRegionCopyImageJob')
  })

  test('is refused when a newer version has migrated it, and the message says so', async () => {
    using scratch = scratchFolder()
    const { ids: _, ...options } = unpack(version, scratch.path)
    const file = join(options.data, 'default.sqlite')
    const database = new Database(file)
    const later =
      Number(database.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get()) + 1e10
    database.prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', ?)").run(later)
    database.close()
    await expect(startEmulator(options)).rejects.toThrow(
      /default\.sqlite is no world of an ims-emulator of this version: a newer version has migrated it \(its migration is of \d{4}-\d\d-\d\d, the last that this version knows is of \d{4}-\d\d-\d\d\); start that version$/,
    )
  })
})
