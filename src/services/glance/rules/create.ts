import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { describeImage } from '../../ims/images/new-image.ts'
import { findImage, type Image, imageIdTaken, insertImage } from '../../ims/queries/images.ts'
import { checkTagQuota } from '../../ims/quotas.ts'
import { parseTag } from '../../ims/tags/tag.ts'
import { conflict, forbidden } from '../errors.ts'
import type { PyObject } from '../python/json.ts'
import { stamp, writeGlanceExtras } from '../queries.ts'
import { hasFourByteCharacter, isVisibility, propertiesOf, splitNulls, textOrNull } from './attributes.ts'
import { checkCloudImage, checkStockImage, checkTagCount, textsOf, unkeepableTag } from './image-document.ts'
import { checkAdmin, isAdmin } from './rights.ts'

/**
 * Creates an image of a stock Glance that waits for its bytes. The checks come in Glance's order.
 * @param fields a document that `newImage.stock` has read.
 */
export function createStockImage(context: RequestContext, fields: PyObject): Image {
  const { world, caller } = context
  if (fields.get('visibility') === 'public') checkAdmin(caller, 'publicize_image')
  checkOwnerGiven(caller, fields)
  checkTagCount(fields)
  checkStockImage(fields)

  const tags = [...new Set(textsOf(fields.get('tags')))]
  const { attributes, nulls } = splitNulls(propertiesOf(fields))
  const kept = tags.filter((tag) => !hasFourByteCharacter(tag))
  const owner = fields.has('owner') ? textOrNull(fields.get('owner')) : caller.projectId
  const image = world.db.transaction(() => {
    const wanted = fields.get('id')
    const id = typeof wanted === 'string' ? wanted : world.chance.uuid('image')
    if (imageIdTaken(world.db, id)) throw conflict(`Image ID ${id} already exists!`)
    const now = stamp(world)
    const visibility = fields.get('visibility')
    insertImage(
      world.db,
      {
        id,
        owner: owner === '' ? null : owner,
        name: textOrNull(fields.get('name')),
        status: 'queued',
        visibility: isVisibility(visibility) ? visibility : 'shared',
        imageType: 'private',
        protected: fields.get('protected') === true,
        hidden: fields.get('os_hidden') === true,
        containerFormat: textOrNull(fields.get('container_format')),
        diskFormat: textOrNull(fields.get('disk_format')),
        minDisk: Number(fields.get('min_disk') ?? 0),
        minRam: Number(fields.get('min_ram') ?? 0),
        createdAt: now,
        updatedAt: now,
        attributes,
      },
      kept.map((key) => ({ key, value: '' })),
    )
    if (nulls.length > 0) writeGlanceExtras(world.db, id, { nulls })
    return findImage(world.db, id)
  })
  if (image === undefined) throw new Error('an image that was just created is gone')
  // By then the image exists, without the tags that cannot be kept.
  if (kept.length < tags.length) throw unkeepableTag()
  return { ...image, owner }
}

/** Refuses an owner other than the caller, except for an administrator (403). */
function checkOwnerGiven(caller: Caller, fields: PyObject): void {
  const owner = fields.get('owner')
  if (owner === undefined || owner === caller.projectId || isAdmin(caller)) return
  throw forbidden(`You are not permitted to create images owned by '${owner ?? 'None'}'.`)
}

/** Attributes that the image service alone sets; a value in the request is ignored. */
const DERIVED: ReadonlySet<string> = new Set([
  ...['__imagetype', '__system_support_market', 'active_at', '__system__cmkid', '__whole_image'],
  ...['__data_origin', '__root_origin', '__image_location'],
])

/**
 * Creates an image of the cloud that waits for its bytes and returns its id. It is private and bare, has at most as many
 * tags as the quota allows (IMG.0116), and counts against the quota of private images (IMG.0015).
 * @param fields a document that `newImage.huawei` has read.
 */
export function createCloudImage(context: RequestContext, fields: PyObject): string {
  const { world, caller } = context
  checkOwnerGiven(caller, fields)
  checkCloudImage(fields)
  const tags = new Map(textsOf(fields.get('tags')).map((tag) => [parseTag(tag).key, parseTag(tag)]))
  checkTagQuota(context, tags.size)
  const id = text(fields, 'id')
  if (id !== undefined && imageIdTaken(world.db, id)) throw conflict(`Image ID ${id} already exists!`)
  const { __os_version: osVersion, ...attributes } = textsOnly(fields)
  return describeImage(context, {
    id,
    name: text(fields, 'name') ?? '',
    osVersion,
    protected: fields.get('protected') === true,
    containerFormat: 'bare',
    diskFormat: text(fields, 'disk_format') ?? 'zvhd2',
    minDisk: Number(fields.get('min_disk') ?? 0),
    minRam: Number(fields.get('min_ram') ?? 0),
    tags: [...tags.values()],
    attributes,
  })
}

function text(fields: PyObject, name: string): string | undefined {
  const value = fields.get(name)
  return typeof value === 'string' ? value : undefined
}

/** Custom properties of a new image; null counts as a property that was not sent. */
function textsOnly(fields: PyObject): Record<string, string> {
  return Object.fromEntries(
    [...propertiesOf(fields)].flatMap(([name, value]) =>
      value === null || DERIVED.has(name) ? [] : [[name, value]],
    ),
  )
}
