import type { RequestContext } from '../../../contract/call.ts'
import { namedImage } from '../images/find.ts'
import { markedImage } from '../images/list.ts'
import { attributeConditions, countingNumber, type Filters } from '../images/list-filters.ts'
import { ownImages, reach } from '../images/list-reach.ts'
import { distinctTags, listImages } from '../queries/image-list.ts'
import type { TagRow } from '../tables.ts'

const DEFAULT_LIMIT = 500

/** The tags of one image that the caller may see, in the order they came. */
export function tagsOfImage(context: RequestContext, imageId: string): TagRow[] {
  return namedImage(context, imageId).tags
}

/** Every key on the caller's own images with its different values, both in order; a tag without a value has the empty one. */
export function tagsOfProject(context: RequestContext): { key: string; values: string[] }[] {
  const { world, caller } = context
  const byKey = new Map<string, string[]>()
  for (const { key, value } of distinctTags(world.db, [ownImages(caller)])) {
    byKey.set(key, [...(byKey.get(key) ?? []), value])
  }
  return [...byKey].map(([key, values]) => ({ key, values }))
}

/**
 * The different tags on the images that filters find, in order, one page of them. Filters are those of the image list;
 * when they name neither catalogue nor visibility, the caller's own images are meant. A marker leaves out the images up to
 * it; `limit` and `page` (from 1) count tags.
 */
export function tagsOfImages(context: RequestContext, filters: Filters): TagRow[] {
  const { world, caller } = context
  const where = [reach(caller, filters, () => ownImages(caller)), ...attributeConditions(filters)]
  const limit = countingNumber(filters, 'limit', DEFAULT_LIMIT)
  const page = countingNumber(filters, 'page', 1)
  const after = markedImage(context, filters)
  if (after !== undefined) {
    const rest = listImages(world.db, { where, sort: [{ by: 'created_at', direction: 'desc' }], after })
    where.push({ column: 'id', oneOf: rest.map(({ id }) => id) })
  }
  return distinctTags(world.db, where).slice((page - 1) * limit, page * limit)
}
