import type { Db } from '../database/open.ts'
import { blobsOfBackups } from '../services/cbr/queries.ts'
import { blobsOfVolumes } from '../services/evs/queries.ts'
import { blobsOfExports } from '../services/ims/queries/exports.ts'
import { blobsOfAnyImages, blobsOfImages } from '../services/ims/queries/images.ts'
import { blobsOfObjects } from '../services/obs/queries/objects.ts'

/** The ids of all blobs that a world uses: those of images, of disks, of backups, of objects and their parts, and of exports under way. */
export function blobsInUse(db: Db): Set<string> {
  return new Set([...blobsOfImages(db), ...blobsElsewhere(db)])
}

/** The ids of all blobs that a database names, used or not. */
export function namedBlobs(db: Db): string[] {
  return [...blobsOfAnyImages(db), ...blobsElsewhere(db)]
}

function blobsElsewhere(db: Db): string[] {
  return [...blobsOfVolumes(db), ...blobsOfBackups(db), ...blobsOfObjects(db), ...blobsOfExports(db)]
}
