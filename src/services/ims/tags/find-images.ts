import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { ownImages } from '../images/list-reach.ts'
import { type Condition, countListed, listImages } from '../queries/image-list.ts'
import type { Image } from '../queries/images.ts'

/** A key with the values that count; none means any value. */
interface TagFilter {
  key: string
  values: readonly string[]
}

/** What images must carry, or not; all that is given holds at once (tags.md, "resource_instances/action"). */
export interface TagQuery {
  /** Every one of these. */
  tags?: readonly TagFilter[] | undefined
  /** At least one of these. */
  tagsAny?: readonly TagFilter[] | undefined
  /** Not all of these together. */
  notTags?: readonly TagFilter[] | undefined
  /** None of these. */
  notTagsAny?: readonly TagFilter[] | undefined
  /** No tags at all; then the four above do not count. */
  withoutAnyTag: boolean
  id?: string | undefined
  /** A part of the name. */
  nameContains?: string | undefined
}

/** One page of the caller's own images that fit, newest first, and how many there are in all. */
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

/** How many of the caller's own images fit. */
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
