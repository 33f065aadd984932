import { StoreFailure } from '../../../database/object-store/connection.ts'
import type { ReportFault } from '../../../simulation/settle.ts'
import type { World } from '../../../simulation/world.ts'
import type { ObjectBytes, ObjectUrl } from '../../obs/objects.ts'
import { pullObject } from '../../obs/pull-object.ts'
import { fail, imsErrors } from '../errors.ts'

/** An object that a request is going to read, and the bytes that it may have. */
export interface WantedObject {
  url: ObjectUrl
  largest: number
}

/**
 * Fetches objects from the object store, so that the world finds them as they are there now. Does nothing without a store.
 * @returns what keeps their bytes until it is disposed of.
 * @throws CodedRefusal IMG.0069 when the store fails, IMG.0059 for an object that is too large.
 */
export async function pullObjects(world: World, wanted: readonly WantedObject[]): Promise<Disposable> {
  const pulled: Disposable[] = []
  const result = {
    [Symbol.dispose]() {
      for (const each of pulled) each[Symbol.dispose]()
    },
  }
  try {
    for (const { url, largest } of wanted) {
      pulled.push(await orRefused(url, () => pullObject(world, url, largest)))
      const size = world.objectStore?.find(url.bucket, url.key)?.size ?? 0
      if (size > largest) throw fail('IMG.0059', { ...url, size, largest })
    }
    return result
  } catch (error) {
    result[Symbol.dispose]()
    throw error
  }
}

/**
 * Asks the object store for an object, so that the world knows whether it is there. Does nothing without a store.
 * @throws CodedRefusal IMG.0069 when the store fails.
 */
export async function lookAtObject({ objectStore }: World, url: ObjectUrl): Promise<void> {
  if (objectStore !== undefined) await orRefused(url, () => objectStore.look(url.bucket, url.key))
}

/** The client learns what is wrong with the store: no one else can mend it. */
async function orRefused<Result>(url: ObjectUrl, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    const found = error.message
    throw fail('IMG.0069', { ...url, found }, { text: `${imsErrors.table['IMG.0069'].message} (${found})` })
  }
}

/** What became of the upload of an export: a bucket that the store does not have may be one of the world itself. */
export const UPLOADS = ['stored', 'no bucket', 'taken', 'failed'] as const
export type UploadResult = (typeof UPLOADS)[number]

/** Uploads the bytes of an export. A store that fails is reported, and the export fails. */
export async function uploadExport(
  { blobs, objectStore }: World,
  { bucket, key, blobId, size, etag }: ObjectBytes & ObjectUrl,
  report: ReportFault,
): Promise<UploadResult> {
  if (objectStore === undefined) return 'no bucket'
  // A world that was downloaded without its blobs has no bytes to upload.
  if (!blobs.has(blobId)) return 'failed'
  const read = (start: number, end: number) => blobs.read(blobId, start, end)
  try {
    return await objectStore.push(bucket, key, { size, etag, read })
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    report(new Error(`the export to ${bucket}:${key} has failed: ${error.message}`, { cause: error }))
    return 'failed'
  }
}
