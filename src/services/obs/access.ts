import { type BucketRequest, policyEffect } from './bucket-policy.ts'
import type { Bucket } from './buckets.ts'

/** What is done with a bucket or an object, as bucket policies name it. */
export type BucketAction = 'GetObject' | 'PutObject'

/** An action of a caller on an object of a bucket. */
export type BucketUse = Omit<BucketRequest, 'bucket'> & { action: BucketAction }

/**
 * Decides who may use a bucket: its policy first, whose denial beats everything, then its owner. A bucket without an owner
 * belongs to every account.
 */
export function mayUse(bucket: Bucket, use: BucketUse): boolean {
  const effect = policyEffect(bucket.settings.policy, { ...use, bucket: bucket.name })
  if (effect !== undefined) return effect === 'Allow'
  return bucket.ownerId === null || bucket.ownerId === use.caller?.domainId
}
