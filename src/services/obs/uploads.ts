import { afterCommit } from '../../database/after-commit.ts'
import type { World } from '../../simulation/world.ts'
import { etagOfParts } from './etags.ts'
import { type ObjectBytes, type ObjectFields, type ObjectUrl, putObject, receiveObject } from './objects.ts'
import {
  deleteUploadRow,
  findPartRow,
  findUploadRow,
  insertUploadRow,
  type PartRow,
  partRows,
  type UploadRow,
  writePartRow,
} from './queries/uploads.ts'

/** Begins an upload and returns its id. */
export function beginUpload(
  { db, clock, chance }: World,
  { bucket, key }: ObjectUrl,
  userId: string,
  fields: ObjectFields,
): string {
  const id = chance.hexId('upload').toUpperCase()
  const {
    storageClass = 'STANDARD',
    contentType = null,
    headers = {},
    metadata = {},
    ownerId = null,
  } = fields
  const { acl = null, tags = [] } = fields
  const about = { storageClass, contentType, headers, metadata, ownerId, acl, tags }
  insertUploadRow(db, { id, bucket, key, startedAt: clock.now(), userId, ...about })
  return id
}

/** Finds an upload into an object. */
export function findUpload({ db }: World, id: string, { bucket, key }: ObjectUrl): UploadRow | undefined {
  const row = findUploadRow(db, id)
  return row?.bucket === bucket && row.key === key ? row : undefined
}

/** Makes received bytes a part of an upload; false when the upload has ended meanwhile, and the bytes are dropped. */
export function putPart(world: World, upload: UploadRow, number: number, bytes: ObjectBytes): boolean {
  const { db, blobs, clock } = world
  const done = db.transaction(() => {
    if (findUploadRow(db, upload.id) === undefined) return false
    const before = findPartRow(db, upload.id, number)
    writePartRow(db, { uploadId: upload.id, number, ...bytes, modifiedAt: clock.now() })
    if (before !== undefined) afterCommit(db, () => blobs.remove(before.blobId))
    return true
  })
  if (!done) blobs.remove(bytes.blobId)
  return done
}

/** The parts of an upload in the order of their numbers. */
export function partsOf({ db }: World, { id }: UploadRow): PartRow[] {
  return partRows(db, id)
}

/**
 * Makes an object of parts: their bytes are put together in a blob first, then one transaction replaces the upload by the object.
 * @param check is called in that transaction; what it throws leaves the upload as it was.
 */
export async function completeParts(
  world: World,
  upload: UploadRow,
  parts: readonly PartRow[],
  check: () => void,
): Promise<string> {
  const { db, blobs } = world
  const { blobId, size } = await receiveObject(world, bytesOf(world, parts))
  const etag = etagOfParts(parts.map((part) => part.etag))
  const { id: _, startedAt: __, userId: ___, bucket, key, ...fields } = upload
  try {
    db.transaction(() => {
      check()
      putObject(world, { bucket, key }, { blobId, size, etag }, fields)
      dropParts(world, upload)
    })
  } catch (error) {
    blobs.remove(blobId)
    throw error
  }
  return etag
}

async function* bytesOf({ blobs }: World, parts: readonly PartRow[]): AsyncGenerator<Uint8Array> {
  for (const { blobId, size } of parts) yield* blobs.read(blobId, 0, size)
}

/** Drops an upload with all of its parts. */
export function abortUpload(world: World, upload: UploadRow): void {
  world.db.transaction(() => dropParts(world, upload))
}

function dropParts({ db, blobs }: World, { id }: UploadRow): void {
  const dropped = partRows(db, id)
  deleteUploadRow(db, id)
  afterCommit(db, () => {
    for (const { blobId } of dropped) blobs.remove(blobId)
  })
}
