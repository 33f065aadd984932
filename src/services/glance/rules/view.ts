import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { wireSeconds } from '../../../lib/time.ts'
import type { Image } from '../../ims/queries/images.ts'
import { findGlanceExtras, nullProperties } from '../queries.ts'
import { isAdmin } from './rights.ts'
import { isNullable } from './schema.ts'

/** The name of the only store there is. */
export const STORE = 'fs'

/** Whether an image has bytes that can be fetched: staged ones are only on their way. */
export function hasData({ blobId, status }: Pick<Image, 'blobId' | 'status'>): boolean {
  return blobId !== null && status !== 'uploading' && status !== 'importing'
}

/** An image as a stock Glance shows it to a caller. */
export function stockView(context: RequestContext, image: Image): Record<string, unknown> {
  const { world, caller } = context
  return view(caller, image, findGlanceExtras(world.db, image.id)?.nulls ?? [])
}

export function stockViews(context: RequestContext, images: readonly Image[]): Record<string, unknown>[] {
  const { world, caller } = context
  const nulls = nullProperties(world.db)
  return images.map((image) => view(caller, image, nulls.get(image.id) ?? []))
}

/** Properties come first: what the image has anyway hides one of the same name. */
function view(caller: Caller, image: Image, nulls: readonly string[]): Record<string, unknown> {
  const shown = new Map<string, unknown>(Object.entries(image.attributes))
  for (const name of nulls) shown.set(name, isNullable(name) ? null : '')
  // Where the bytes of a deactivated image lie is told to administrators only.
  const stores = hasData(image) && (image.status !== 'deactivated' || isAdmin(caller))
  const fixed = {
    name: image.name,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    visibility: image.visibility,
    size: image.size,
    virtual_size: image.virtualSize,
    status: image.status,
    checksum: image.checksum,
    protected: image.protected,
    min_ram: image.minRam,
    min_disk: image.minDisk,
    owner: image.owner,
    os_hidden: image.hidden,
    os_hash_algo: image.hashAlgorithm,
    os_hash_value: image.hashValue,
    id: image.id,
    created_at: wireSeconds(image.createdAt),
    updated_at: wireSeconds(image.updatedAt),
    tags: image.tags.map(({ key }) => key),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
    ...(stores && { stores: STORE }),
  }
  return Object.fromEntries([...shown, ...Object.entries(fixed)])
}
