import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { fail } from '../errors.ts'
import { type Condition, listImages, type Sorting } from '../queries/image-list.ts'
import type { Image } from '../queries/images.ts'
import { findVisibleImage } from './find.ts'
import {
  attributeConditions,
  countingNumber,
  enterpriseProject,
  type Filters,
  oneOf,
  single,
} from './list-filters.ts'

export type { Filters } from './list-filters.ts'

const DEFAULT_LIMIT = 500
const HIGHEST_LIMIT = 1000
const SORT_KEYS = ['name', 'container_format', 'disk_format', 'status', 'id', 'size', 'created_at'] as const

/**
 * Lists images as `GET /v2/cloudimages` does: those that the caller sees and that match every filter, one page after the
 * marker. An attribute without a column of its own is compared as text.
 * @throws CodedRefusal IMG.0001 for a value that the cloud cannot parse, IMG.0192 for an impossible flavor, IMG.0027 for a
 * marker that the caller does not see.
 */
export function listCloudImages(context: RequestContext, filters: Filters): Image[] {
  const { world, caller } = context
  const where = [
    reach(caller, filters, everythingVisible(caller)),
    NOT_HIDDEN,
    ...grantedEnterpriseProjects(caller),
    ...oldEnough(context),
    ...attributeConditions(world, filters),
  ]
  const sort = [sorting(filters)]
  const limit = Math.min(countingNumber(filters, 'limit', DEFAULT_LIMIT), HIGHEST_LIMIT)
  const after = markedImage(context, filters)
  return listImages(world.db, { where, sort, limit, ...(after && { after }) })
}

/** Hidden images are in no list of the cloud; they can be read by their ids. */
const NOT_HIDDEN: Condition = { column: 'os_hidden', is: 'eq', value: false }

/** The condition on images when reads lag behind: only those made before the lag are visible. */
export function oldEnough({ world, facts: { lagMs } }: RequestContext): Condition[] {
  return lagMs === undefined ? [] : [{ column: 'created_at', is: 'lte', value: world.clock.now() - lagMs }]
}

/**
 * The condition for a caller that has rights in some enterprise projects only: it sees their images and public ones.
 */
function grantedEnterpriseProjects({ enterpriseProjects }: Caller): Condition[] {
  if (enterpriseProjects === undefined) return []
  return [{ anyOf: [{ imageType: 'gold' }, ...enterpriseProjects.flatMap(enterpriseProject)] }]
}

/** Finds the image after which a page starts. An empty marker counts as none: clients send it for the first page. */
export function markedImage(context: RequestContext, filters: Filters): Image | undefined {
  const marker = single(filters, 'marker')
  if (marker === undefined || marker === '') return undefined
  const image = findVisibleImage(context, marker)
  if (image === undefined) throw fail('IMG.0027', { marker })
  return image
}

/** The SDK spells one of its keys `status ` with a blank at the end. */
function sorting(filters: Filters): Sorting {
  return {
    by: oneOf(SORT_KEYS, 'sort_key', single(filters, 'sort_key')?.trim() ?? 'created_at'),
    direction: oneOf(['asc', 'desc'] as const, 'sort_dir', single(filters, 'sort_dir') ?? 'desc'),
  }
}

const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const

const GOLD: Condition = { imageType: 'gold' }
const MARKET: Condition = { imageType: 'market' }
const NOTHING: Condition = { anyOf: [] }

/** The caller's own private images, whether they are shared with others or not. */
export function ownImages({ projectId }: Pick<Caller, 'projectId'>): Condition {
  return {
    allOf: [{ column: 'owner', is: 'eq', value: projectId }, { not: GOLD }, { not: MARKET }],
  }
}

/**
 * The condition that follows from catalogue (`__imagetype`), visibility and the state of a sharing. A repeated parameter
 * asks for both values at once.
 * @param otherwise the condition when the query names neither a catalogue nor a visibility; it never includes the market.
 */
export function reach(
  caller: Caller,
  filters: Filters,
  otherwise: (sharedIn: Condition) => Condition,
): Condition {
  const types = filters.get('__imagetype') ?? []
  const visibilities = filters.get('visibility') ?? []
  const status = single(filters, 'member_status')
  const sharedOnly = types.includes('shared') || visibilities.includes('shared')
  const asked =
    sharedOnly && status !== undefined ? oneOf(MEMBER_STATUSES, 'member_status', status) : undefined
  const sharedIn: Condition = { sharedWith: caller, status: asked ?? 'accepted' }
  if (types.length === 0 && visibilities.length === 0) return otherwise(sharedIn)

  const mine = ownImages(caller)
  const privateOnes: Condition = { allOf: [mine, { shared: false }] }
  const sharedOnes: Condition =
    asked === undefined ? { anyOf: [{ allOf: [mine, { shared: true }] }, sharedIn] } : sharedIn
  const byType = new Map<string, Condition>([
    ['gold', GOLD],
    ['market', MARKET],
    ['private', privateOnes],
    ['shared', sharedOnes],
  ])
  // Images of the market are public too, but are listed only when the query names the market.
  const byVisibility = new Map<string, Condition>([
    ['public', types.includes('market') ? MARKET : GOLD],
    ['private', privateOnes],
    ['shared', sharedOnes],
  ])
  return {
    allOf: [
      ...types.map((type) => byType.get(type) ?? NOTHING),
      ...visibilities.map((visibility) => byVisibility.get(visibility) ?? NOTHING),
    ],
  }
}

/** The condition of a listing without filters: public images, the caller's own, and those that it has accepted. */
export function everythingVisible(caller: Caller): (sharedIn: Condition) => Condition {
  return (sharedIn) => ({ anyOf: [GOLD, ownImages(caller), sharedIn] })
}
