import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import type { Place } from '../place.ts'

/** Names of what is only there while something is under way. */
const UNFINISHED = /^\.(building|deleting|part)-|^\.replacement$|\.part$/

/** Looks for what a start should have removed or finished, and for blobs that do not fit the rows of their world. */
export function diskDamage(place: Place, worlds: readonly string[]): string[] {
  return [...leftovers(place), ...worlds.flatMap((world) => blobDamage(place, world))]
}

function leftovers({ data, temporary }: Place): string[] {
  const unfinished = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((path) => UNFINISHED.test(path.split('/').at(-1) ?? ''))
    .map((path) => `${path} was left in the data folder`)
  const abandoned = readdirSync(temporary).filter((name) => name.startsWith('ims-emulator-'))
  return [
    ...unfinished,
    ...(abandoned.length > 1
      ? [`${abandoned.length - 1} temporary folders of dead processes were left`]
      : []),
  ]
}

/** The blobs of images, of objects, and of exports under way. */
const NAMED_BLOBS = `
  SELECT blob_id FROM images WHERE blob_id IS NOT NULL AND deleted_at IS NULL
  UNION SELECT blob_id FROM objects
  UNION SELECT json_extract(payload, '$.blobId') FROM jobs
    WHERE type = 'imsNativeExportImageJob' AND status IN ('INIT', 'RUNNING')`

function blobDamage({ data }: Place, world: string): string[] {
  const folder = world === 'default' ? data : join(data, 'worlds', world)
  const file = join(folder, `${world}.sqlite`)
  if (!existsSync(file)) return [`${world} has no database file`]
  const database = new Database(file, { readonly: true })
  try {
    const rows = database.prepare(NAMED_BLOBS).pluck().all()
    const named = new Set(z.array(z.string()).parse(rows))
    const blobs = join(folder, 'blobs')
    const files = existsSync(blobs) ? readdirSync(blobs) : []
    const extra = files.filter((name) => !named.has(name))
    const missing = [...named].filter((name) => !files.includes(name))
    return [
      ...(extra.length > 0 ? [`${world} has ${extra.length} blobs that nothing names, as ${extra[0]}`] : []),
      ...(missing.length > 0 ? [`${world} has ${missing.length} rows whose blob is missing`] : []),
    ]
  } finally {
    database.close()
  }
}
