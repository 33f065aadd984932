import { type Bucket, findBucket } from '../buckets.ts'
import { obsError } from '../errors.ts'
import { findObject, type StoredObject } from '../objects.ts'
import type { ObsCall } from '../obs-call.ts'

/** Finds the bucket of a call. @throws CodedRefusal NoSuchBucket */
export function existingBucket({ world }: Pick<ObsCall, 'world'>, name: string): Bucket {
  const bucket = findBucket(world, name)
  if (bucket === undefined) throw obsError('NoSuchBucket', { bucket: name })
  return bucket
}

/** Finds the object of a call. @throws CodedRefusal NoSuchBucket, NoSuchKey, NoSuchVersion */
export function existingObject(
  call: Pick<ObsCall, 'world'>,
  { bucket, key }: { bucket: string; key: string },
  versionId?: string,
): StoredObject {
  existingBucket(call, bucket)
  checkVersion(versionId)
  const object = findObject(call.world, { bucket, key })
  if (object === undefined) throw obsError('NoSuchKey', { bucket, key })
  return object
}

/** Without versioning every object has one version, `null`. @throws CodedRefusal NoSuchVersion */
export function checkVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== '' && versionId !== 'null')
    throw obsError('NoSuchVersion', { versionId })
}
