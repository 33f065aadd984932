import { z } from 'zod'
import { FixtureMistake, fixtureSection, Id, record } from '../../simulation/fixtures.ts'
import { defineNeighbour } from '../service.ts'
import { parseBucketPolicy } from './bucket-policy.ts'
import { STANDARD, writeBucket } from './buckets.ts'
import { findBucketRow } from './queries/buckets.ts'

/** A policy as JSON or as an object. */
const Policy = z
  .union([z.string(), z.looseObject({})])
  .transform((policy) => (typeof policy === 'string' ? policy : JSON.stringify(policy)))
  .superRefine((policy, context) => {
    const parsed = parseBucketPolicy(policy)
    if ('mistake' in parsed) context.addIssue({ code: 'custom', message: parsed.mistake })
  })

/**
 * A bucket. Without `domain_id` it belongs to every account, without `region` it is in every region. It may have the name of a
 * folder of `--buckets`, whose files are in it then.
 */
const Bucket = record({
  name: Id,
  domain_id: Id.optional(),
  region: Id.optional(),
  storage_class: z.enum(['STANDARD', 'WARM', 'COLD']).default(STANDARD),
  policy: Policy.optional(),
})

const bucketFixtures = {
  buckets: fixtureSection({
    item: Bucket,
    after: ['projects'],
    add({ world, ids }, items) {
      for (const { name, domain_id: ownerId, region = null, storage_class: storageClass, policy } of items) {
        if (findBucketRow(world.db, name) !== undefined)
          throw new FixtureMistake(`bucket ${name} is there already`, true)
        ids.require('domain', ownerId, `bucket ${name}`)
        const settings = policy === undefined ? {} : { policy }
        writeBucket(world, { name, ownerId: ownerId ?? null, region, storageClass, settings })
      }
    },
  }),
} as const

export const obs = defineNeighbour({
  id: 'obs',
  title: 'Object Storage Service',
  description: 'Buckets, from which images are imported and to which they are exported.',
  fixtures: bucketFixtures,
})
