import type { RequestContext } from '../../../../contract/call.ts'
import { describeImage } from '../../../ims/images/create.ts'
import { imageIdTaken } from '../../../ims/queries/images.ts'
import { checkTagQuota } from '../../../ims/quotas.ts'
import { parseTag } from '../../../ims/tags/tag.ts'
import type { PyObject } from '../../python/value.ts'
import { propertiesOf } from '../attributes.ts'
import { checkFields, checkNames, checkOwnerGiven, checkReadOnly, textsOf } from '../create.ts'
import { badRequest, conflict } from '../refusals.ts'
import { checkImage } from '../schema.ts'

/** Attributes of the image service that follow from other things. */
const FOLLOWS: ReadonlySet<string> = new Set(['__imagetype', '__system_support_market', 'active_at'])

/** GB. */
const LARGEST_DISK = 1024

/**
 * Describes an image whose bytes are uploaded later, as Glance does, with what the image service says of all its images:
 * only private ones in a bare container, ten tags (IMG.0116), and no more images than the quota allows (IMG.0015).
 */
export function createCloudImage(context: RequestContext, fields: PyObject): string {
  const { world, caller } = context
  checkFields(fields)
  checkImage('huawei', fields)
  const { __os_version: osVersion, ...attributes } = textsOnly(fields)
  checkNames(Object.keys(attributes))
  checkOwnerGiven(caller, fields)
  checkReadOnly(fields)
  checkOnly(fields, 'visibility', 'private')
  checkOnly(fields, 'container_format', 'bare')
  checkOnly(fields, 'os_hidden', false)
  const minDisk = Number(fields.get('min_disk') ?? 0)
  const minRam = Number(fields.get('min_ram') ?? 0)
  if (minDisk < 0 || minDisk > LARGEST_DISK)
    throw badRequest(`Invalid value '${minDisk}' for parameter 'min_disk': Must be from 0 to ${LARGEST_DISK}`)
  if (minRam < 0)
    throw badRequest(`Invalid value '${minRam}' for parameter 'min_ram': Cannot be a negative value`)
  const tags = new Map(textsOf(fields.get('tags')).map((tag) => [parseTag(tag).key, parseTag(tag)]))
  checkTagQuota(context, tags.size)
  const id = text(fields, 'id')
  if (id !== undefined && imageIdTaken(world.db, id)) throw conflict(`Image ID ${id} already exists!`)
  return describeImage(context, {
    id,
    name: text(fields, 'name') ?? '',
    osVersion,
    protected: fields.get('protected') === true,
    containerFormat: 'bare',
    diskFormat: text(fields, 'disk_format') ?? 'zvhd2',
    minDisk,
    minRam,
    tags: [...tags.values()],
    attributes,
  })
}

function text(fields: PyObject, name: string): string | undefined {
  const value = fields.get(name)
  return typeof value === 'string' ? value : undefined
}

/** Properties of one's own; a null is a property that was not sent. */
function textsOnly(fields: PyObject): Record<string, string> {
  return Object.fromEntries(
    [...propertiesOf(fields)].flatMap(([name, value]) =>
      value === null || FOLLOWS.has(name) ? [] : [[name, value]],
    ),
  )
}

function checkOnly(fields: PyObject, name: string, only: string | boolean): void {
  const value = fields.get(name) ?? only
  if (value !== only)
    throw badRequest(`Invalid value '${String(value)}' for parameter '${name}': Must be '${only}'`)
}
