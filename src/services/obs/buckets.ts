import { shown } from '../../lib/nearest.ts'
import type { World } from '../../simulation/world.ts'
import { deleteBucketRow, findBucketRow, listBucketRows, writeBucketRow } from './queries/buckets.ts'
import type { BucketRow } from './tables.ts'

/** A bucket of a world. */
export type Bucket = Omit<BucketRow, 'deleted'>

/** The class of a bucket and of an object unless they say otherwise, and the only one that images are imported from. */
export const STANDARD = 'STANDARD'

/** A folder of `--buckets`, about which nothing was set in the world: it belongs to every account, in every region. */
function bucketOfFolder(name: string): Bucket {
  return { name, ownerId: null, region: null, storageClass: STANDARD, createdAt: 0, settings: {} }
}

/** Finds a bucket: one that was made in the world, or a folder of `--buckets`. */
export function findBucket({ db, bucketFolder }: World, name: string): Bucket | undefined {
  const row = findBucketRow(db, name)
  if (row !== undefined) return row.deleted ? undefined : row
  return bucketFolder.has(name) ? bucketOfFolder(name) : undefined
}

/** Lists the buckets of a world in the order of their names. */
export function listBuckets({ db, bucketFolder }: World): Bucket[] {
  const rows = listBucketRows(db)
  const known = new Set(rows.map(({ name }) => name))
  const folders = bucketFolder.list().filter((name) => !known.has(name))
  return [...rows.filter(({ deleted }) => !deleted), ...folders.map(bucketOfFolder)].sort((one, other) =>
    one.name < other.name ? -1 : 1,
  )
}

/** The fields of a bucket that are chosen when it is made. */
export type NewBucket = Pick<Bucket, 'name' | 'ownerId' | 'region'> & Partial<Bucket>

/** Makes a bucket, or gives an existing one these fields. */
export function writeBucket({ db, clock }: World, bucket: NewBucket): Bucket {
  const written = { storageClass: STANDARD, createdAt: clock.now(), settings: {}, ...bucket }
  writeBucketRow(db, { ...written, deleted: false })
  return written
}

const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/

/** What is wrong with the name of a new bucket; undefined for a good one. */
export function bucketNameMistake(name: string): string | undefined {
  if (NAME.test(name) && !/\.\.|\.-|-\./.test(name) && !ADDRESS.test(name)) return undefined
  return `${shown(name)} is no name of a bucket: 3 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends`
}

/** Removes an empty bucket; a folder of `--buckets` is hidden in the world. */
export function removeBucket({ db, bucketFolder }: World, name: string): void {
  if (bucketFolder.has(name)) writeBucketRow(db, { ...bucketOfFolder(name), deleted: true })
  else deleteBucketRow(db, name)
}
