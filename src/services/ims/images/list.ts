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
import { everythingVisible, reach } from './list-reach.ts'

export type { Filters } from './list-filters.ts'

const DEFAULT_LIMIT = 500
const HIGHEST_LIMIT = 1000
const SORT_KEYS = ['name', 'container_format', 'disk_format', 'status', 'id', 'size', 'created_at'] as const

/**
 * Images as `GET /v2/cloudimages` lists them: what the caller sees, all filters together, a page after the marker. An
 * attribute that is no column is compared as text; values the cloud cannot read are refused with IMG.0001, a flavor that
 * there cannot be with IMG.0192, a marker that the caller does not see with IMG.0027.
 */
export function listCloudImages(context: RequestContext, filters: Filters): Image[] {
  const { world, caller } = context
  const where = [
    reach(caller, filters, everythingVisible(caller)),
    ...grantedEnterpriseProjects(caller),
    ...oldEnough(context),
    ...attributeConditions(filters),
  ]
  const sort = [sorting(filters)]
  const limit = Math.min(countingNumber(filters, 'limit', DEFAULT_LIMIT), HIGHEST_LIMIT)
  const after = markedImage(context, filters)
  return listImages(world.db, { where, sort, limit, ...(after && { after }) })
}

/** What reads that lag behind can show. */
export function oldEnough({ world, facts: { lagMs } }: RequestContext): Condition[] {
  return lagMs === undefined ? [] : [{ column: 'created_at', is: 'lte', value: world.clock.now() - lagMs }]
}

/** Who has its rights in some enterprise projects alone sees their images, and public ones. */
function grantedEnterpriseProjects({ enterpriseProjects }: Caller): Condition[] {
  if (enterpriseProjects === undefined) return []
  return [{ anyOf: [{ imageType: 'gold' }, ...enterpriseProjects.flatMap(enterpriseProject)] }]
}

/** The image after which the page starts; an empty marker is none, as clients begin to walk. */
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
