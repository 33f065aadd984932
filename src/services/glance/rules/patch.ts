import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { findImage, type Image } from '../../ims/queries/images.ts'
import { GlanceError } from '../errors.ts'
import type { PyValue } from '../python/value.ts'
import { BASE_ATTRIBUTES, checkPropertyQuota, textOrNull } from './attributes.ts'
import { textsOf } from './create.ts'
import { type Draft, draftOf, keepDraft } from './draft.ts'
import { checkInRange, checkNotNegative } from './numbers.ts'
import { type Change, emptiesLocations } from './patch-document.ts'
import { badRequest, checkLimit, forbidden, forbiddenBecause, glanceWouldFail } from './refusals.ts'
import { checkAdmin, checkOwner, isAdmin, sees, visibleImage } from './rights.ts'
import { stamp } from './stamp.ts'
import { checkCharacters, hasFourByteCharacter } from './unicode.ts'
import { isVisibility } from './visibility.ts'

/**
 * Names that Glance takes for attributes of every image because its own objects have them; writing to them changes
 * nothing that anybody sees.
 */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  `member context delete deactivate reactivate get_data set_data get_payload get_super_class repo notifier
   helper`.split(/\s+/),
)
/** Writing to these breaks Glance. */
const BREAKING: ReadonlySet<string> = new Set(['extra_properties', 'base', 'send_notification'])

/** Statuses in which the formats of an image may still change. */
const WITHOUT_DATA: ReadonlySet<string> = new Set(['queued', 'importing'])

/** Applies a patch in order, all or nothing, and answers the image as it is then. */
export function patchStockImage(context: RequestContext, id: string, changes: readonly Change[]): Image {
  const { world, caller } = context
  const image = visibleImage(context, id)
  const draft = draftOf(world, image)
  for (const change of changes) apply(caller, draft, change)
  if (changes.length === 0) return image
  checkDraft(draft)
  // Glance looks for the image under its new id, where there is none; one of its sentences is not filled in.
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
  // All other changes are made by then.
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

/** Where the bytes of an image lie is not shown, and so cannot be changed. */
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

/** Sets an attribute or a property; the schema has seen to its type. */
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

/** What Glance looks at once, after all changes. */
function checkDraft({ before, image, properties }: Draft): void {
  const isNew = (name: string) => !(name in before.attributes)
  if ([...properties.keys()].some(isNew)) checkPropertyQuota(properties.keys())
  checkCharacters([
    ['id', image.id],
    ['name', image.name],
    ['owner', image.owner],
  ])
  checkCharacters(properties)
  checkInRange('min_disk', image.minDisk)
  checkInRange('min_ram', image.minRam)
}
