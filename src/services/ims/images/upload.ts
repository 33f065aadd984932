import type { ReceivedBytes } from '../../../database/blobs.ts'
import { openByteSource } from '../../../lib/disk-image/byte-source.ts'
import { findFlaw } from '../../../lib/disk-image/guest/check.ts'
import { hasKnownHeader, inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
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

/** Declared formats that bytes without a known header can have: those of the cloud itself are not public. */
const WITHOUT_HEADER: ReadonlySet<string | null> = new Set(['raw', 'zvhd', 'zvhd2'])

/**
 * Looks at the bytes of an upload before the image becomes active. A disk need not have the format that its image declares, as it
 * can have one that no image declares; an ISO has to.
 * @returns why the bytes cannot be an image, an English sentence: the disk needs another file or a key, contradicts itself, is an ISO
 * in an image that is none, or has neither a header nor the content of a disk; undefined also for an image that was deleted
 * meanwhile.
 */
export async function findUploadFlaw(
  world: World,
  imageId: string,
  blobId: string,
): Promise<string | undefined> {
  using file = openByteSource(world.blobs.path(blobId))
  const image = findImage(world.db, imageId)
  if (image === undefined) return undefined
  const { diskFormat } = image
  if (!hasKnownHeader(file) && WITHOUT_HEADER.has(diskFormat)) return undefined
  const inspection = inspectDiskImage(file)
  if (!inspection.ok) return inspection.reason
  const isIso = inspection.image.format === 'iso'
  if (isIso && diskFormat !== 'iso') return `The file is an ISO, the image is declared ${diskFormat}.`
  if (!isIso && diskFormat === 'iso') return 'The file is no ISO, the image is declared iso.'
  return isIso ? undefined : await findFlaw(file)
}

/** Ends an upload whose bytes cannot be an image: the image is dead, and the bytes are removed. */
export function killUpload(world: World, imageId: string, blobId: string): void {
  world.db.transaction(() => moveImage(world, imageId, ['fail'], world.clock.now()))
  world.blobs.remove(blobId)
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
