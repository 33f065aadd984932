import { z } from 'zod'
import { type FixtureAdding, FixtureMistake, fixtureSection, Id, record } from '../../simulation/fixtures.ts'
import { parseBucketPolicy } from './bucket-policy.ts'
import { STANDARD, writeBucket } from './buckets.ts'
import { emptyDisk } from './empty-disk.ts'
import { putObject } from './objects.ts'
import { findBucketRow } from './queries/buckets.ts'
import { HeaderText } from './tables.ts'

/** A policy as JSON or as an object. */
const Policy = z
  .union([z.string(), z.looseObject({})])
  .transform((policy) => (typeof policy === 'string' ? policy : JSON.stringify(policy)))
  .superRefine((policy, context) => {
    const parsed = parseBucketPolicy(policy)
    if ('mistake' in parsed) context.addIssue({ code: 'custom', message: parsed.mistake })
  })

const StorageClass = z.enum(['STANDARD', 'WARM', 'COLD']).default(STANDARD)

const Disk = record({ format: z.enum(['qcow2', 'raw']), size: z.string() }).transform((disk, context) => {
  const made = emptyDisk(disk)
  if ('bytes' in made) return made.bytes
  context.addIssue({ code: 'custom', message: made.mistake })
  return z.NEVER
})

/** An object with its bytes: a text, Base64, or an empty disk. A fixture in a file may name a file beside it instead. */
const StoredObject = record({
  key: z.string().min(1),
  text: z.string().optional(),
  base64: z.base64().optional(),
  disk: Disk.optional(),
  file: z
    .never({ error: 'only a fixture in a file of this machine can name a file; write its bytes as base64' })
    .optional(),
  storage_class: StorageClass,
  content_type: HeaderText.optional(),
}).refine(
  ({ text, base64, disk }) => [text, base64, disk].filter((form) => form !== undefined).length === 1,
  {
    error: 'needs one of text, base64, disk and file',
  },
)

/**
 * A bucket. Without `domain_id` it belongs to every account, without `region` it is in every region. It may have the name of a
 * folder of `--buckets`, whose files are in it then.
 */
const Bucket = record({
  name: Id,
  domain_id: Id.optional(),
  region: Id.optional(),
  storage_class: StorageClass,
  policy: Policy.optional(),
  objects: z.array(StoredObject).default([]),
})

function addBucket({ world, ids }: FixtureAdding, bucket: z.output<typeof Bucket>): void {
  const { name, domain_id: ownerId, region = null, storage_class: storageClass, policy } = bucket
  if (findBucketRow(world.db, name) !== undefined)
    throw new FixtureMistake(`bucket ${name} is there already`, true)
  ids.require('domain', ownerId, `bucket ${name}`)
  const settings = policy === undefined ? {} : { policy }
  writeBucket(world, { name, ownerId: ownerId ?? null, region, storageClass, settings })
  for (const { key, text, base64, disk, storage_class, content_type: contentType = null } of bucket.objects) {
    const blobId = world.chance.uuid('blob')
    const bytes = disk ?? Buffer.from(text ?? base64 ?? '', text === undefined ? 'base64' : 'utf8')
    const { size, md5: etag } = world.blobs.keep(blobId, bytes)
    putObject(
      world,
      { bucket: name, key },
      { blobId, size, etag },
      { storageClass: storage_class, contentType },
    )
  }
}

/** The sections of fixture files that describe buckets. */
export const bucketFixtures = {
  buckets: fixtureSection({
    item: Bucket,
    after: ['projects'],
    add(adding, items) {
      for (const item of items) addBucket(adding, item)
    },
  }),
} as const
