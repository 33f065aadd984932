import type { World } from '../../simulation/world.ts'
import { findObject, type ObjectUrl } from './objects.ts'

const NOTHING: Disposable = { [Symbol.dispose]() {} }

/**
 * Fetches an object from the object store, so that the world finds it as it is there now. An object of the world's own is not
 * asked for. Does nothing without a store.
 * @param largest bytes above which only the facts of the object are fetched.
 * @returns what keeps its bytes until it is disposed of.
 * @throws StoreFailure
 */
export async function pullObject(
  world: World,
  url: ObjectUrl,
  largest = Number.MAX_SAFE_INTEGER,
): Promise<Disposable> {
  const { objectStore } = world
  return objectStore === undefined || isOwn(world, url)
    ? NOTHING
    : await objectStore.pull(url.bucket, url.key, largest)
}

/** True for an object that the world itself has: it wins over the store's. */
function isOwn(world: World, url: ObjectUrl): boolean {
  const object = findObject(world, url)
  return object !== undefined && 'blobId' in object.bytes
}
