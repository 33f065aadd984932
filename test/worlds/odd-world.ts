import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { startTestEmulator } from '../emulator.ts'
import { PARTNER } from '../private-image.ts'

/** A world file in which most tables have rows, and what of it can be asked for. */
export interface FullWorld {
  bytes: Buffer
  /** The requests that look at every kind of thing in it, as method and path. */
  questions: readonly string[]
}

/** Makes a world with bytes, tags, members, ended jobs, jobs under way, rules, changed quotas and counted requests. */
export async function makeFullWorld(folder: string): Promise<FullWorld> {
  await using first = await startTestEmulator({ pace: 1 })
  const { projectId } = first
  const id = await first.importImage({ name: 'kept', image_tags: [{ key: 'a', value: 'b' }] })
  const other = { images: [id], projects: [PARTNER] }
  const shared = await first.post('/v1/cloudimages/members', other)
  await first.advance()
  const target = { bucket_url: 'images:out.qcow2', is_quick_export: true }
  const exported = await first.post(`/v1/cloudimages/${id}/file`, target)
  const under = await first.post('/v2/cloudimages/action', {
    name: 'under way',
    image_url: 'images:tiny.qcow2',
    min_disk: 1,
  })
  await first.post('/_ims/rules', {
    name: 'never',
    when: { operation: 'ListImages', nth: 1000 },
    then: { error: 'IMG.0046' },
  })
  await first.patch('/_ims/quotas', { private_images: 7 })
  const policy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: 'own/*' }] }
  const objects = [{ key: 'a', text: 'a', content_type: 'text/plain' }]
  await first.post('/_ims/fixtures', { buckets: [{ name: 'own', policy, objects }] })
  await first.delete('/_ims/buckets/images/objects/tiny.qcow2')
  await first.get('/v2/cloudimages')
  for (const reply of [shared, exported, under]) if (!reply.body.job_id) throw new Error(reply.text)
  const jobs = [shared, exported, under].map(({ body }) => z.string().parse(body.job_id))
  const file = join(folder, 'full.sqlite')
  const bytes = Buffer.from(await (await fetch(`${first.url}/_ims/database?blobs=true`)).arrayBuffer())
  writeFileSync(file, bytes)
  return {
    bytes,
    questions: [
      'GET /v2/images',
      'GET /v2/images?visibility=private&limit=100',
      'GET /v2/cloudimages',
      'GET /v1.1/images/detail',
      `HEAD /v1/images/${id}`,
      `GET /v1/${projectId}/cloudimages/${id}/members`,
      `GET /v2/images/${id}/members`,
      ...jobs.flatMap((job) => [`GET /v1/${projectId}/jobs/${job}`, `GET /v1/cloudimages/job/${job}`]),
      `GET /v2/${projectId}/images/${id}/tags`,
      `GET /v2/${projectId}/images/tags`,
      'GET /v1/cloudimages/quota',
      'GET /v1.0/enterprise-projects',
      'GET /v3/projects',
      'GET /v3/users',
      'GET /v3/auth/projects',
      'GET /v3.0/OS-CREDENTIAL/credentials',
      'GET /_ims/journal',
      'GET /_ims/clock',
      'GET /_ims/timeline',
      'GET /_ims/rules',
      'GET /_ims/auth',
      'GET /_ims/tenants',
      'GET /_ims/scenario',
      'GET /_ims/worlds',
      'GET /_ims/recording',
      'GET /_ims/buckets',
      'GET /_ims/buckets/own/objects',
      'GET /_ims/buckets/own/objects/a',
      'GET /_ims/buckets/images/objects',
      'PUT /_ims/buckets/own/objects/a',
      'DELETE /_ims/buckets/own/objects/a',
      `GET /v2/images/${id}/file`,
      'POST /_ims/clock/advance',
      'GET /v2/cloudimages',
      'GET /_ims/timeline',
      ...jobs.map((job) => `GET /v1/${projectId}/jobs/${job}`),
      `DELETE /v2/images/${id}`,
      'GET /_ims/database?blobs=true',
      'POST /_ims/reset',
    ],
  }
}

/** A cell of a database by its place. */
export interface Cell {
  table: string
  column: string
  rowid: number
}

/** The cells of the latest rows of all tables, without numbers of rows, which take no other value. */
export function cellsOf(file: string): Cell[] {
  const database = new Database(file, { readonly: true })
  try {
    const tables = database.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    return z
      .array(z.string())
      .parse(tables.pluck().all())
      .filter((table) => table !== '__drizzle_migrations' && table !== 'packed_blobs')
      .flatMap((table) => {
        const columns = z
          .array(z.string())
          .parse(
            database
              .prepare("SELECT name FROM pragma_table_info(?) WHERE NOT (pk = 1 AND type = 'integer')")
              .pluck()
              .all(table),
          )
        const rows = z
          .array(z.number())
          .parse(database.prepare(`SELECT rowid FROM "${table}" ORDER BY rowid DESC LIMIT 20`).pluck().all())
        return rows.flatMap((rowid) => columns.map((column) => ({ table, column, rowid })))
      })
  } finally {
    database.close()
  }
}
