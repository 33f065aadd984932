import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { CodedRefusal } from '../../../lib/errors.ts'
import type { World } from '../../../simulation/world.ts'
import { checkAttributeValues, isReservedAttribute } from '../../ims/images/update.ts'
import { findImage, type Image, updateImage, writeTags } from '../../ims/queries/images.ts'
import { formatTag, parseTag } from '../../ims/tags/tag.ts'
import type { Edition } from '../contract/glance-contract.ts'
import {
  badRequest,
  checkLimit,
  forbidden,
  forbiddenBecause,
  GlanceError,
  glanceWouldFail,
} from '../errors.ts'
import type { PyValue } from '../python/json.ts'
import { str } from '../python/repr.ts'
import { findGlanceExtras, stamp, writeGlanceExtras } from '../queries.ts'
import {
  BASE_ATTRIBUTES,
  checkCharacters,
  checkInRange,
  checkNotNegative,
  checkPropertyName,
  checkPropertyQuota,
  hasFourByteCharacter,
  isVisibility,
  type Properties,
  splitNulls,
  textOrNull,
} from './attributes.ts'
import { textsOf } from './image-document.ts'
import { isOfOtc, tagsAfter } from './otc-patch.ts'
import { type Change, emptiesLocations } from './patch-document.ts'
import { checkAdmin, checkOwner, isAdmin, sees, visibleImage } from './rights.ts'

/**
 * Members of Glance's own image object, which it takes for attributes of every image. Writing to them has no visible
 * effect.
 */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  `member context delete deactivate reactivate get_data set_data get_payload get_super_class repo notifier
   helper`.split(/\s+/),
)
/** Members of the same object; writing to them breaks Glance. */
const BREAKING: ReadonlySet<string> = new Set(['extra_properties', 'base', 'send_notification'])

/** Statuses in which the formats of an image can change. */
const WITHOUT_DATA: ReadonlySet<string> = new Set(['queued', 'importing'])

/** Applies the changes of a patch in order, all or none, to an image of a stock Glance, and returns the new image. */
export function patchStockImage(context: RequestContext, id: string, changes: readonly Change[]): Image {
  const { world, caller } = context
  const image = visibleImage(context, id)
  const draft = draftOf(world, image)
  for (const change of changes) apply(caller, draft, change)
  if (changes.length === 0) return image
  checkDraft(draft)
  // Glance looks up the image under its new id and finds none. One of its two messages has an unfilled placeholder.
  if (draft.image.id !== id)
    throw new GlanceError(
      404,
      isAdmin(caller)
        ? 'Image with the given id %(image_id)s was not found'
        : `No image found with ID ${draft.image.id}`,
    )
  const tags = draft.tags
  draft.tags = tags.filter((tag) => !hasFourByteCharacter(tag))
  const after = world.db.transaction(() => {
    const owner = draft.image.owner === '' ? null : draft.image.owner
    if (!sees(world, caller, { ...draft.image, owner }))
      throw forbidden(`Forbidding request, image ${id} not visible`)
    keepDraft(world, 'stock', draft, stamp(world))
    return findImage(world.db, id)
  })
  // By then all other changes have been made.
  if (draft.tags.length < tags.length) throw badRequest("Param values can't contain 4 byte unicode.")
  if (after === undefined) throw new Error('an image that was just patched is gone')
  return { ...after, owner: draft.image.owner }
}

function isBase(name: string): boolean {
  return BASE_ATTRIBUTES.has(name) || WITHOUT_EFFECT.has(name) || BREAKING.has(name) || name === 'image_id'
}

function apply(caller: Caller, draft: Draft, change: Change): void {
  const { op, path, value } = change
  const [name] = path
  if (name === 'locations') refuseLocations(caller, draft, change)
  if (op === 'replace' && name === 'owner' && !isAdmin(caller))
    throw forbiddenBecause("Owner can't be updated by non admin.")
  if (op !== 'remove' && name === 'visibility' && value === 'public') checkAdmin(caller, 'publicize_image')
  checkOwner(caller, draft.image)
  if (op === 'remove') remove(draft, name)
  else {
    const present = isBase(name) || draft.properties.has(name)
    if (op === 'add' && change.older && present)
      throw new GlanceError(409, undefined, { detail: `Property ${name} already present.` })
    if (op === 'replace' && !present) throw absent(name)
    set(draft, name, value ?? null)
  }
}

/** Locations of bytes are invisible here, so they cannot be changed. */
function refuseLocations(caller: Caller, draft: Draft, change: Change): never {
  const words = { add: 'add', replace: 'update', remove: 'remove' }
  if (change.op === 'replace' && emptiesLocations(change))
    throw forbiddenBecause('Cannot set locations to empty list.')
  checkOwner(caller, draft.image)
  const sentence = `It's not allowed to ${words[change.op]} locations if locations are invisible.`
  throw forbidden(sentence)
}

function absent(name: string): GlanceError {
  return new GlanceError(409, undefined, { detail: `Property ${name} does not exist.` })
}

function remove(draft: Draft, name: string): void {
  if (isBase(name)) throw forbiddenBecause(`Property ${name} may not be removed.`)
  if (!draft.properties.delete(name)) throw absent(name)
}

/** Sets an attribute or a property. Its type matches the schema already. */
function set(draft: Draft, name: string, value: PyValue): void {
  const { image } = draft
  switch (name) {
    case 'name':
    case 'owner':
      draft.image = { ...image, [name]: textOrNull(value) }
      return
    case 'visibility':
      if (isVisibility(value)) draft.image = { ...image, visibility: value }
      return
    case 'protected':
      draft.image = { ...image, protected: value === true }
      return
    case 'os_hidden':
      draft.image = { ...image, hidden: value === true }
      return
    case 'disk_format':
    case 'container_format':
      if (!WITHOUT_DATA.has(image.status))
        throw forbidden(`Attribute ${name} can be only replaced for a queued image.`)
      draft.image = {
        ...image,
        [name === 'disk_format' ? 'diskFormat' : 'containerFormat']: textOrNull(value),
      }
      return
    case 'min_disk':
    case 'min_ram':
      checkNotNegative(name, value)
      draft.image = { ...image, [name === 'min_disk' ? 'minDisk' : 'minRam']: Number(value) }
      return
    case 'tags':
      checkLimit('allowed image tags', textsOf(value).length)
      draft.tags = [...new Set(textsOf(value))]
      return
    case 'image_id':
      draft.image = { ...image, id: textOrNull(value) ?? image.id }
      return
    default:
      if (BREAKING.has(name)) throw glanceWouldFail(`a change of ${name}`)
      if (!WITHOUT_EFFECT.has(name)) draft.properties.set(name, textOrNull(value))
  }
}

/** Checks the image once, after all changes. */
function checkDraft(draft: Draft): void {
  const { image, properties } = draft
  checkQuota(draft)
  checkCharacters([
    ['id', image.id],
    ['name', image.name],
    ['owner', image.owner],
  ])
  checkCharacters(properties)
  checkInRange('min_disk', image.minDisk)
  checkInRange('min_ram', image.minRam)
}

/** Refuses more custom properties than an image may have, unless it has none that is new (413). */
function checkQuota({ before, properties }: Draft): void {
  const isNew = (name: string) => !Object.hasOwn(before.attributes, name)
  if ([...properties.keys()].some(isNew)) checkPropertyQuota(properties.keys())
}

/** The fields that a patch of the cloud can change beside attributes. They cannot be removed. */
const CORE: ReadonlySet<string> = new Set(['name', 'min_ram'])

/**
 * Applies the changes of a patch in order, all or none, to an image of the cloud. The name, `min_ram`, custom attributes
 * and the attributes that the image service lets change can be changed; all others are reserved (403).
 */
export function patchCloudImage(context: RequestContext, id: string, changes: readonly Change[]): Image {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = visibleImage(context, id)
    checkOwner(caller, image)
    const draft = draftOf(world, image)
    for (const change of changes)
      if (isOfOtc(world, change)) draft.tags = tagsAfter(change, draft.tags)
      else applyToCloud(draft, change)
    if (changes.length === 0) return image
    checkQuota(draft)
    checkValues(image, draft, changes)
    keepDraft(world, 'huawei', draft, world.clock.now())
    return findImage(world.db, id) ?? image
  })
}

function applyToCloud(draft: Draft, { op, path, value, older }: Change): void {
  const [name] = path
  if (isReservedAttribute(name) || name === 'os_hidden' || name === 'locations')
    throw forbidden(`Attribute '${name}' is reserved.`)
  const present = CORE.has(name) || draft.properties.has(name)
  if (op === 'remove') {
    if (CORE.has(name)) throw forbidden(`Property ${name} may not be removed.`)
    if (!draft.properties.delete(name)) throw absent(name)
    return
  }
  if (op === 'add' && older && present)
    throw new GlanceError(409, undefined, { detail: `Property ${name} already present.` })
  if (op === 'replace' && !present) throw absent(name)
  if (name === 'name') draft.image = { ...draft.image, name: textOrNull(value) ?? '' }
  else if (name === 'min_ram') {
    checkNotNegative(name, value)
    draft.image = { ...draft.image, minRam: Number(value) }
  } else {
    checkPropertyName(name)
    draft.properties.set(name, str(value ?? null))
  }
}

/** Refuses values that an attribute of the image service cannot have, in the form of Glance (400). */
function checkValues(image: Image, draft: Draft, changes: readonly Change[]): void {
  const after = Object.fromEntries([...draft.properties].map(([name, value]) => [name, value ?? '']))
  try {
    checkAttributeValues(
      image.attributes,
      after,
      changes.map(({ path: [name] }) => name),
    )
  } catch (error) {
    if (error instanceof CodedRefusal) throw badRequest(error.message)
    throw error
  }
}

/** An image to which a patch is being applied. It is written once, after the whole patch. */
interface Draft {
  readonly before: Image
  image: Image
  properties: Properties
  /** A tag of the cloud with a value is `key=value`. */
  tags: string[]
}

function draftOf(world: World, image: Image): Draft {
  const nulls = findGlanceExtras(world.db, image.id)?.nulls ?? []
  return {
    before: image,
    image,
    properties: new Map<string, string | null>([
      ...Object.entries(image.attributes),
      ...nulls.map((name) => [name, null] as const),
    ]),
    tags: image.tags.map(formatTag),
  }
}

/** Writes the draft to the database, inside the transaction of the caller. */
function keepDraft(world: World, edition: Edition, draft: Draft, now: number): void {
  const { before, image } = draft
  const { id } = before
  const { attributes, nulls } = splitNulls(draft.properties)
  updateImage(world.db, id, {
    owner: image.owner === '' ? null : image.owner,
    name: image.name,
    visibility: image.visibility,
    protected: image.protected,
    hidden: image.hidden,
    containerFormat: image.containerFormat,
    diskFormat: image.diskFormat,
    minDisk: image.minDisk,
    minRam: image.minRam,
    attributes,
    updatedAt: now,
  })
  writeTags(world.db, id, rowsOf(edition, draft.tags))
  const nullsBefore = findGlanceExtras(world.db, id)?.nulls ?? []
  if (nulls.length > 0 || nullsBefore.length > 0) writeGlanceExtras(world.db, id, { nulls })
}

/** A tag of a stock Glance is a key whatever it contains; in the cloud it may have a value. */
function rowsOf(edition: Edition, tags: readonly string[]): { key: string; value: string }[] {
  return [...new Set(tags)].map((tag) => (edition === 'stock' ? { key: tag, value: '' } : parseTag(tag)))
}
