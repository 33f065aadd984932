import type { Db } from '../database/open.ts'
import { blobsOfExports } from '../services/ims/queries/exports.ts'
import { blobsOfAnyImages, blobsOfImages } from '../services/ims/queries/images.ts'
import { blobsOfObjects } from '../services/obs/queries/objects.ts'

/** The ids of all blobs that a world uses: those of images, of objects and their parts, and of exports under way. */
export function blobsInUse(db: Db): Set<string> {
  return new Set([...blobsOfImages(db), ...blobsOfObjects(db), ...blobsOfExports(db)])
}

/** The ids of all blobs that a database names, used or not. */
export function namedBlobs(db: Db): string[] {
  return [...blobsOfAnyImages(db), ...blobsOfObjects(db), ...blobsOfExports(db)]
}
