import type { World } from '../../../simulation/world.ts'
import type { ObjectBytes } from '../../obs/objects.ts'
import type { Image } from '../queries/images.ts'
import type { ExportImage } from './export.ts'

/**
 * Makes the blob of an export, which the object owns later. It comes before the transaction that starts the job, so a
 * conversion of the image to the format of the request may take its time here.
 * @throws Error when the bytes of the image are gone meanwhile.
 */
export async function exportedBytes(
  world: World,
  image: Image & { blobId: string },
  _request: ExportImage,
): Promise<ObjectBytes> {
  const { blobs } = world
  const blobId = world.chance.uuid('blob')
  const size = blobs.size(image.blobId)
  if (image.checksum === null) {
    const { md5 } = await blobs.receive(blobId, blobs.read(image.blobId, 0, size))
    return { blobId, size, etag: md5 }
  }
  blobs.duplicate(blobId, image.blobId)
  return { blobId, size, etag: image.checksum }
}
