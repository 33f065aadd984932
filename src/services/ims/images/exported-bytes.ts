import { HeaderRefused, refuse } from '../../../lib/disk-image/bounded-file.ts'
import { openByteSource } from '../../../lib/disk-image/byte-source.ts'
import { writeDisk } from '../../../lib/disk-image/convert.ts'
import { openGuestDisk } from '../../../lib/disk-image/guest/guest-disk.ts'
import { inspectDiskImage } from '../../../lib/disk-image/inspect.ts'
import type { World } from '../../../simulation/world.ts'
import type { ObjectBytes } from '../../obs/objects.ts'
import { fail } from '../errors.ts'
import type { Image } from '../queries/images.ts'
import { ACCEPTED } from '../sources/stored-disks.ts'
import type { ExportImage } from './export.ts'

type ImageWithBytes = Image & { blobId: string }

/**
 * Makes the blob of an export, which the object owns later, in the format of the request. Bytes that have the format already are
 * kept as they are. It comes before the transaction that starts the job, so the conversion may take its time.
 * @throws CodedRefusal IMG.0071 for bytes that are no disk, and for a file in a format of the cloud's own from elsewhere, which
 * has no public description. @throws Error when the bytes of the image are gone meanwhile.
 */
export async function exportedBytes(
  world: World,
  image: ImageWithBytes,
  { format }: ExportImage,
): Promise<ObjectBytes> {
  using file = openByteSource(world.blobs.path(image.blobId))
  const found = inspectDiskImage(file, ACCEPTED)
  const stored = found.ok ? found.image.format : undefined
  const isForeign = image.virtualSize === null && isOwnFormat(image.diskFormat) && (stored ?? 'raw') === 'raw'
  if (stored === format || (isForeign && image.diskFormat === format)) return sameBytes(world, image)
  const blobId = world.chance.uuid('blob')
  try {
    if (isForeign) refuse(`The ${image.diskFormat} file comes from elsewhere, and its format is not public.`)
    const { size, md5 } = await world.blobs.receive(blobId, writeDisk(openGuestDisk(file, ACCEPTED), format))
    return { blobId, size, etag: md5 }
  } catch (error) {
    if (error instanceof HeaderRefused) throw fail('IMG.0071', { imageId: image.id, found: error.message })
    throw error
  }
}

function isOwnFormat(format: string | null): boolean {
  return format === 'zvhd' || format === 'zvhd2'
}

async function sameBytes({ blobs, chance }: World, image: ImageWithBytes): Promise<ObjectBytes> {
  const blobId = chance.uuid('blob')
  const size = blobs.size(image.blobId)
  if (image.checksum === null) {
    const { md5 } = await blobs.receive(blobId, blobs.read(image.blobId, 0, size))
    return { blobId, size, etag: md5 }
  }
  blobs.duplicate(blobId, image.blobId)
  return { blobId, size, etag: image.checksum }
}
