import type { RequestContext } from '../../../../contract/call.ts'
import { CodedRefusal } from '../../../../lib/errors.ts'
import { checkAttributeValues, isReservedAttribute } from '../../../ims/images/update.ts'
import { findImage, type Image } from '../../../ims/queries/images.ts'
import { GlanceError } from '../../errors.ts'
import { str } from '../../python/repr.ts'
import { textOrNull } from '../attributes.ts'
import { type Draft, draftOf, keepDraft } from '../draft.ts'
import { checkNotNegative } from '../numbers.ts'
import type { Change } from '../patch-document.ts'
import { badRequest, forbidden } from '../refusals.ts'
import { checkOwner, visibleImage } from '../rights.ts'

/** What the image service lets change of an image beside attributes: these two, which are never taken away. */
const CORE: ReadonlySet<string> = new Set(['name', 'min_ram'])

/**
 * Applies a patch to an image of the caller in order, all or nothing. Attributes of one's own, the name and what the
 * image service lets change may be changed; all others are reserved (403).
 */
export function patchCloudImage(context: RequestContext, id: string, changes: readonly Change[]): Image {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = visibleImage(context, id)
    checkOwner(caller, image)
    const draft = draftOf(world, image)
    for (const change of changes) apply(draft, change)
    if (changes.length === 0) return image
    checkValues(image, draft, changes)
    keepDraft(world, 'huawei', draft, world.clock.now())
    return findImage(world.db, id) ?? image
  })
}

function apply(draft: Draft, { op, path, value, older }: Change): void {
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
  } else draft.properties.set(name, str(value ?? null))
}

function absent(name: string): GlanceError {
  return new GlanceError(409, undefined, { detail: `Property ${name} does not exist.` })
}

/** Values that an attribute of the image service cannot have are refused in Glance's form. */
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
