import type { World } from '../../../simulation/world.ts'
import { type Image, updateImage, writeTags } from '../../ims/queries/images.ts'
import { formatTag, parseTag } from '../../ims/tags/tag.ts'
import type { Edition } from '../contract/glance-contract.ts'
import { findGlanceExtras, writeGlanceExtras } from '../queries.ts'
import { type Properties, splitNulls } from './attributes.ts'

/** An image to which a patch is being applied. It is written once, after the whole patch. */
export interface Draft {
  readonly before: Image
  image: Image
  properties: Properties
  /** A tag of the cloud with a value is `key=value`. */
  tags: string[]
}

export function draftOf(world: World, image: Image): Draft {
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
export function keepDraft(world: World, edition: Edition, draft: Draft, now: number): void {
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
