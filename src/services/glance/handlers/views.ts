import type { z } from 'zod'
import type { Caller } from '../../../accounts/caller.ts'
import { wireSeconds } from '../../../lib/time.ts'
import { renderImage } from '../../ims/contract/images.ts'
import type { Member } from '../../ims/members/member.ts'
import type { Image } from '../../ims/queries/images.ts'
import type { ImageWire, StockImageWire } from '../contract/images.ts'
import type { MemberWire } from '../contract/members.ts'
import { findGlanceExtras, nullProperties } from '../queries.ts'
import { isNullable } from '../rules/attributes.ts'
import { hasData } from '../rules/data.ts'
import { isAdmin } from '../rules/rights.ts'
import { STORE } from '../rules/stores.ts'
import type { GlanceCall } from './glance-operation.ts'

type ImageView = z.input<typeof ImageWire>

/** Renders an image for the edition of a call. */
export function imageView(call: GlanceCall, image: Image): ImageView {
  if (call.edition === 'huawei') return cloudView(image)
  return stockView(call.caller, image, findGlanceExtras(call.world.db, image.id)?.nulls ?? [])
}

/** Renders the images of a page with one query for all of them. */
export function imageViews(call: GlanceCall, images: readonly Image[]): ImageView[] {
  if (call.edition === 'huawei') return images.map(cloudView)
  const nulls = nullProperties(call.world.db)
  return images.map((image) => stockView(call.caller, image, nulls.get(image.id) ?? []))
}

/**
 * Renders an image of the cloud for OpenStack's clients. The schema of an image says that additional properties are texts,
 * and clients refuse the boolean `__system_support_market`. Unlike the image service's own calls, these calls show a size
 * of any length, which even the SDKs read.
 */
function cloudView(image: Image): ImageView {
  const { __system_support_market: _, ...shown } = renderImage(image)
  return { ...shown, ...(image.size !== null && { size: image.size }) }
}

/** Renders an image of a stock Glance. Custom properties come first, and a field of every image hides one of its name. */
function stockView(caller: Caller, image: Image, nulls: readonly string[]): z.input<typeof StockImageWire> {
  const nullValues = nulls.map((name) => [name, isNullable(name) ? null : ''])
  // Only administrators are told the store of a deactivated image.
  const stores = hasData(image) && (image.status !== 'deactivated' || isAdmin(caller))
  return {
    ...image.attributes,
    ...Object.fromEntries(nullValues),
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
}

/** Renders a member; the cloud says whether it is a project, an account or an organisation. */
export function memberView(
  { edition }: Pick<GlanceCall, 'edition'>,
  member: Member,
): z.input<typeof MemberWire> {
  return {
    member_id: member.memberId,
    image_id: member.imageId,
    status: member.status,
    created_at: wireSeconds(member.createdAt),
    updated_at: wireSeconds(member.updatedAt),
    schema: '/v2/schemas/member',
    ...(edition === 'huawei' && { member_type: member.memberType }),
    ...(member.urn !== undefined && { urn: member.urn }),
  }
}
