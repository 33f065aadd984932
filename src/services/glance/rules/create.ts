import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { findImage, type Image, imageIdTaken, insertImage } from '../../ims/queries/images.ts'
import type { PyObject, PyValue } from '../python/value.ts'
import { writeGlanceExtras } from '../queries.ts'
import {
  BASE_ATTRIBUTES,
  checkPropertyQuota,
  isReserved,
  propertiesOf,
  splitNulls,
  textOrNull,
} from './attributes.ts'
import { checkInRange, checkNotNegative } from './numbers.ts'
import { badRequest, checkLimit, conflict, forbidden, forbiddenBecause } from './refusals.ts'
import { checkAdmin, isAdmin } from './rights.ts'
import { checkImage } from './schema.ts'
import { stamp } from './stamp.ts'
import { checkCharacters, hasFourByteCharacter } from './unicode.ts'
import { isVisibility } from './visibility.ts'

const READ_ONLY_LINKS = ['direct_url', 'self', 'file', 'schema', 'stores']
const READ_ONLY = ['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size']
/** In characters. */
const LONGEST_PROPERTY_NAME = 255

/** Describes a new image whose bytes come later, and answers it. The checks come in Glance's order. */
export function createStockImage(context: RequestContext, fields: PyObject): Image {
  const { world, caller } = context
  checkFields(fields)
  checkImage('stock', fields)
  const properties = propertiesOf(fields)
  checkNames(properties.keys())
  const tags = [...new Set(textsOf(fields.get('tags')))]
  const minDisk = fields.get('min_disk') ?? 0n
  const minRam = fields.get('min_ram') ?? 0n
  checkRights(caller, fields)
  checkReadOnly(fields)
  checkNotNegative('min_disk', minDisk)
  checkNotNegative('min_ram', minRam)
  checkPropertyQuota(properties.keys())
  checkCharacters([...fields].filter(([name]) => BASE_ATTRIBUTES.has(name)))
  checkCharacters(properties)
  checkInRange('min_disk', Number(minDisk))
  checkInRange('min_ram', Number(minRam))

  const { attributes, nulls } = splitNulls(properties)
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
        minDisk: Number(minDisk),
        minRam: Number(minRam),
        createdAt: now,
        updatedAt: now,
        attributes,
      },
      kept.map((key) => ({ key, value: '' })),
    )
    if (nulls.length > 0) writeGlanceExtras(world.db, id, { nulls })
    return findImage(world.db, id)
  })
  if (image === undefined) throw new Error('an image that was just made is gone')
  // The image is there by then, without the tags that cannot be kept.
  if (kept.length < tags.length) throw badRequest("Param values can't contain 4 byte unicode.")
  return { ...image, owner }
}

export function textsOf(value: PyValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** Links are nobody's to set. */
export function checkFields(fields: PyObject): void {
  for (const name of READ_ONLY_LINKS) if (fields.has(name)) throw readOnly(name)
}

function readOnly(name: string): Error {
  return forbidden(`Attribute '${name}' is read-only.`)
}

/** The names of new properties, in the order of the body. */
export function checkNames(names: Iterable<string>): void {
  for (const name of names) {
    if (Array.from(name).length > LONGEST_PROPERTY_NAME)
      throw badRequest(`Custom property should not be greater than ${LONGEST_PROPERTY_NAME} characters.`)
    if (isReserved(name)) throw forbiddenBecause(`Attribute '${name}' is reserved.`)
  }
}

function checkRights(caller: Caller, fields: PyObject): void {
  if (fields.get('visibility') === 'public') checkAdmin(caller, 'publicize_image')
  checkOwnerGiven(caller, fields)
  checkLimit('allowed image tags', textsOf(fields.get('tags')).length)
}

/** Only an administrator makes images for others. */
export function checkOwnerGiven(caller: Caller, fields: PyObject): void {
  const owner = fields.get('owner')
  if (owner === undefined || owner === caller.projectId || isAdmin(caller)) return
  throw forbidden(`You are not permitted to create images owned by '${owner ?? 'None'}'.`)
}

/** What follows from the bytes of an image, and where they lie, is not said when it is described. */
export function checkReadOnly(fields: PyObject): void {
  for (const name of READ_ONLY) if (fields.has(name)) throw readOnly(name)
  if (fields.has('locations')) throw forbidden("Attribute 'locations' is reserved.")
}
