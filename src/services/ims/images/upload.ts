import type { ReceivedBytes } from '../../../database/blobs.ts'
import { openByteSource } from '../../../lib/disk-image/byte-source.ts'
import { inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
import { runningJobOf } from '../../../simulation/queries/jobs.ts'
import { move } from '../../../simulation/scenario/machine.ts'
import type { World } from '../../../simulation/world.ts'
import { findImage, type Image, imageIdsInStatus, updateImage } from '../queries/images.ts'
import { moveImage } from './states.ts'

/**
 * Starts an upload: the image is being saved from now on.
 * @returns false when the image does not wait for bytes, because it has some or because a job fills it.
 */
export function beginUpload(world: World, image: Image): boolean {
  if (runningJobOf(world.db, image.id) !== undefined) return false
  if (move(world.scenario.machine, image.status, 'save') === undefined) return false
  world.db.transaction(() => moveImage(world, image.id, ['save'], world.clock.now()))
  return true
}

/**
 * Ends an upload whose bytes have all arrived: the image becomes active with their size and hashes.
 * @returns false when the image was deleted in the meantime; the bytes are removed then.
 */
export function completeUpload(
  world: World,
  imageId: string,
  bytes: ReceivedBytes & { blobId: string },
): boolean {
  const done = world.db.transaction(() => {
    const image = findImage(world.db, imageId)
    if (image === undefined || move(world.scenario.machine, image.status, 'activate') === undefined)
      return false
    updateImage(world.db, imageId, {
      blobId: bytes.blobId,
      size: bytes.size,
      virtualSize: virtualSizeOf(world, bytes.blobId, image.diskFormat),
      checksum: bytes.md5,
      hashAlgorithm: 'sha512',
      hashValue: bytes.sha512,
      attributes: { ...image.attributes, __image_size: String(bytes.size) },
    })
    moveImage(world, imageId, ['activate'], world.clock.now())
    return true
  })
  if (!done) world.blobs.remove(bytes.blobId)
  return done
}

/** Ends an upload that was cut off: the image waits for its bytes again. */
export function abandonUpload(world: World, imageId: string): void {
  world.db.transaction(() => moveImage(world, imageId, ['restore'], world.clock.now()))
}

/** Ends the uploads that were running when the process ended: their images wait for bytes again. */
export function abandonLostUploads(world: World): void {
  for (const id of imageIdsInStatus(world.db, 'saving')) {
    if (runningJobOf(world.db, id) === undefined) abandonUpload(world, id)
  }
}

/** The size in bytes of the disk in a file; null when its format does not tell. A disk that is declared raw has any content. */
function virtualSizeOf(world: World, blobId: string, declared: string | null): number | null {
  using file = openByteSource(world.blobs.path(blobId))
  const inspection = inspectDiskImage(file, declared === 'raw' ? 'disk.raw' : undefined)
  return inspection.ok ? inspection.image.virtualSize : null
}
