import { z } from 'zod'
import { wireSeconds } from '../../../lib/time.ts'
import { Time } from '../../ims/contract/fields.ts'
import { ImageWire as CloudImageWire, renderImage } from '../../ims/contract/images.ts'
import type { Image } from '../../ims/queries/images.ts'
import type { MemberRow } from '../../ims/tables.ts'
import { stockView, stockViews } from '../rules/view.ts'
import type { GlanceCall } from './glance-operation.ts'

/** An image as a stock Glance shows it; properties are texts, two of them may be null. */
const StockImageWire = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    status: z.enum([
      'queued',
      'saving',
      'uploading',
      'importing',
      'active',
      'deactivated',
      'killed',
      'pending_delete',
    ]),
    visibility: z.enum(['public', 'private', 'shared', 'community']),
    protected: z.boolean(),
    os_hidden: z.boolean(),
    owner: z.string().nullable(),
    tags: z.array(z.string()),
    container_format: z.string().nullable(),
    disk_format: z.string().nullable(),
    min_disk: z.int(),
    min_ram: z.int(),
    size: z.int().nullable(),
    virtual_size: z.int().nullable(),
    checksum: z.string().nullable(),
    os_hash_algo: z.string().nullable(),
    os_hash_value: z.string().nullable(),
    created_at: Time,
    updated_at: Time,
    self: z.string(),
    file: z.string(),
    schema: z.literal('/v2/schemas/image'),
  })
  .catchall(z.string().nullable())

/** An image: what Huawei's cloud shows of it, or what a stock Glance does. */
export const ImageWire = z.union([CloudImageWire, StockImageWire])

export const ImagesWire = z.strictObject({
  images: z.array(ImageWire),
  first: z.string(),
  next: z.string().optional(),
  schema: z.literal('/v2/schemas/images'),
})

/** An image as the edition of the call shows it. */
export function imageView(call: GlanceCall, image: Image): unknown {
  return call.edition === 'stock' ? stockView(call, image) : nativeView(image)
}

export function imageViews(call: GlanceCall, images: readonly Image[]): unknown[] {
  return call.edition === 'stock' ? stockViews(call, images) : images.map(nativeView)
}

export const MemberWire = z.strictObject({
  member_id: z.union([z.string(), z.number(), z.boolean()]),
  image_id: z.string(),
  status: z.enum(['pending', 'accepted', 'rejected']),
  created_at: Time,
  updated_at: Time,
  schema: z.literal('/v2/schemas/member'),
  /** In the cloud alone, where a member may also be an organisation with a name of its own. */
  member_type: z.literal('project').optional(),
  urn: z.string().optional(),
})

export function memberView(
  { edition }: Pick<GlanceCall, 'edition'>,
  member: MemberRow,
): z.input<typeof MemberWire> {
  return {
    member_id: member.projectId,
    image_id: member.imageId,
    status: member.status,
    created_at: wireSeconds(member.createdAt),
    updated_at: wireSeconds(member.updatedAt),
    schema: '/v2/schemas/member',
    ...(edition === 'huawei' && { member_type: 'project' as const }),
  }
}

/**
 * An image of the cloud for OpenStack's clients: the schema says that every further attribute is a string, and clients
 * refuse the boolean that the image service's own call shows. Here even the SDKs read a size of any length.
 */
function nativeView(image: Image) {
  const { __system_support_market: _, ...native } = renderImage(image)
  return { ...native, ...(image.size !== null && { size: image.size }) }
}
