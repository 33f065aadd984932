import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { namedImage } from '../images/find.ts'
import { markedImage, ownImages, reach } from '../images/list.ts'
import { attributeConditions, countingNumber, type Filters } from '../images/list-filters.ts'
import { type Condition, countListed, distinctTags, listImages } from '../queries/image-list.ts'
import type { Image } from '../queries/images.ts'
import type { TagRow } from '../tables.ts'

const DEFAULT_LIMIT = 500

/** Lists the tags of one image that the caller may see, oldest first. */
export function tagsOfImage(context: RequestContext, imageId: string): TagRow[] {
  return namedImage(context, imageId).tags
}

/**
 * Lists every tag key of the caller's own images with its different values, sorted; a tag without a value has an empty
 * one.
 */
export function tagsOfProject(context: RequestContext): { key: string; values: string[] }[] {
  const { world, caller } = context
  const byKey = new Map<string, string[]>()
  for (const { key, value } of distinctTags(world.db, [ownImages(caller)])) {
    byKey.set(key, [...(byKey.get(key) ?? []), value])
  }
  return [...byKey].map(([key, values]) => ({ key, values }))
}

/**
 * Lists one page of the different tags of the images that match filters, sorted. The filters are those of the image list;
 * without a catalogue and a visibility they apply to the caller's own images. A marker leaves out the images up to it;
 * `limit` and `page` (from 1) count tags.
 */
export function tagsOfImages(context: RequestContext, filters: Filters): TagRow[] {
  const { world, caller } = context
  const where = [reach(caller, filters, () => ownImages(caller)), ...attributeConditions(world, filters)]
  const limit = countingNumber(filters, 'limit', DEFAULT_LIMIT)
  const page = countingNumber(filters, 'page', 1)
  const after = markedImage(context, filters)
  if (after !== undefined) {
    const rest = listImages(world.db, { where, sort: [{ by: 'created_at', direction: 'desc' }], after })
    where.push({ column: 'id', oneOf: rest.map(({ id }) => id) })
  }
  return distinctTags(world.db, where).slice((page - 1) * limit, page * limit)
}

/** A key with the values that match; an empty list matches any value. */
interface TagFilter {
  key: string
  values: readonly string[]
}

/** Conditions on the tags of images. All that are given hold at once. */
export interface TagQuery {
  /** Every one of these. */
  tags?: readonly TagFilter[] | undefined
  /** At least one of these. */
  tagsAny?: readonly TagFilter[] | undefined
  /** Not all of these together. */
  notTags?: readonly TagFilter[] | undefined
  /** None of these. */
  notTagsAny?: readonly TagFilter[] | undefined
  /** True for images without any tag; the four conditions above are ignored then. */
  withoutAnyTag: boolean
  id?: string | undefined
  /** A part of the name. */
  nameContains?: string | undefined
}

/** Lists one page of the caller's own images that match, newest first, and counts all of them. */
export function findImagesByTags(
  context: RequestContext,
  query: TagQuery,
  page: { limit: number; offset: number },
): { total: number; images: Image[] } {
  const { world, caller } = context
  const where = conditions(caller, query)
  return {
    total: countListed(world.db, where),
    images: listImages(world.db, { where, sort: [{ by: 'created_at', direction: 'desc' }], ...page }),
  }
}

/** Counts the caller's own images that match. */
export function countImagesByTags(context: RequestContext, query: TagQuery): number {
  const { world, caller } = context
  return countListed(world.db, conditions(caller, query))
}

function conditions(caller: Caller, query: TagQuery): Condition[] {
  const { id, nameContains } = query
  return [
    ownImages(caller),
    ...(query.withoutAnyTag ? [{ tagged: false }] : tagConditions(query)),
    ...(id === undefined ? [] : [{ column: 'id', is: 'eq', value: id } as const]),
    ...(nameContains === undefined ? [] : [{ nameContains }]),
  ]
}

function tagConditions({ tags, tagsAny, notTags, notTagsAny }: TagQuery): Condition[] {
  const found: Condition[] = []
  if (tags !== undefined) found.push({ allOf: tags.map(carries) })
  if (tagsAny !== undefined) found.push({ anyOf: tagsAny.map(carries) })
  if (notTags !== undefined) found.push({ not: { allOf: notTags.map(carries) } })
  if (notTagsAny !== undefined) found.push({ not: { anyOf: notTagsAny.map(carries) } })
  return found
}

function carries({ key, values }: TagFilter): Condition {
  if (values.length === 0) return { tag: key }
  return { anyOf: values.map((value) => ({ tag: key, value })) }
}
