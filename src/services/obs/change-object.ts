import type { World } from '../../simulation/world.ts'
import { obsError } from './errors.ts'
import { etagOf } from './etags.ts'
import {
  findObject,
  type ObjectFields,
  putObject,
  readObject,
  receiveObject,
  type StoredObject,
} from './objects.ts'
import { updateObjectRow } from './queries/change-object.ts'

/**
 * Changes what is said about an object, and leaves its bytes. A file of `--buckets` becomes an object of the world first, because
 * files have no such fields.
 * @throws CodedRefusal NoSuchKey when the object went away meanwhile.
 */
export async function changeObject(world: World, object: StoredObject, fields: ObjectFields): Promise<void> {
  if (!('file' in object.bytes)) {
    updateObjectRow(world.db, object, fields)
    return
  }
  const received = await receiveObject(world, readObject(world, object))
  const now = findObject(world, object)
  if (now === undefined || etagOf(now) !== etagOf(object)) {
    world.blobs.remove(received.blobId)
    throw obsError('NoSuchKey', { key: object.key })
  }
  const { bucket, key, bytes: _, etag: __, size: ___, ...kept } = object
  putObject(world, { bucket, key }, received, { ...kept, ...fields })
}
