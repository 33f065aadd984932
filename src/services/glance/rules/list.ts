import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { oldEnough } from '../../ims/images/list.ts'
import { everythingVisible, reach } from '../../ims/images/list-reach.ts'
import type { Condition } from '../../ims/queries/image-list.ts'
import type { Image } from '../../ims/queries/images.ts'
import { parseInteger } from '../python/value.ts'
import { findImageEvenDeleted, listForGlance } from '../queries.ts'
import type { Edition } from './edition.ts'
import { filterConditions } from './list-filters.ts'
import { takeSorting } from './list-sorting.ts'
import { Parameters } from './parameters.ts'
import { badRequest, forbidden, glanceWouldFail } from './refusals.ts'
import { isAdmin, sees } from './rights.ts'
import { isVisibility, VISIBILITIES } from './visibility.ts'

const DEFAULT_LIMIT = 25
const HIGHEST_LIMIT = 1000
const MEMBER_STATUSES = ['pending', 'accepted', 'rejected', 'all'] as const

export interface ImagePage {
  images: Image[]
  /** The image after which the next page begins, when there may be one. */
  next: string | undefined
}

/** One page of the images that a caller sees and a query finds, by the rules of Glance. */
export function listGlanceImages(
  context: RequestContext,
  query: Iterable<readonly [string, string]>,
  edition: Edition,
): ImagePage {
  const { world, caller } = context
  const filters = new Parameters(query)
  const wantedLimit = filters.take('limit')
  const marker = filters.take('marker')
  const askedStatus = filters.take('member_status')
  const memberStatus = askedStatus ?? 'accepted'
  const tags = filters.takeAll('tag').map((tag) => tag.trim())
  checkVisibility(filters, edition)
  const status = MEMBER_STATUSES.find((known) => known === memberStatus)
  if (status === undefined) throw badRequest(`Invalid status: ${memberStatus}`)
  const limit = readLimit(wantedLimit, edition)
  const sort = takeSorting(filters)
  const flags = flagConditions(filters)
  if (filters.has('changes-since')) throw glanceWouldFail('an empty changes-since')
  const where = [
    ...flags,
    ...(edition === 'stock' ? stockReach(caller, filters, status) : cloudReach(caller, filters, askedStatus)),
    ...filterConditions(filters, tags, edition),
    ...oldEnough(context),
  ]
  const after = marker === undefined ? undefined : markedImage(context, marker)
  const images = limit === 0 ? [] : listForGlance(world.db, { where, sort, after, limit })
  return { images, next: images.length === limit ? images.at(-1)?.id : undefined }
}

function checkVisibility(filters: Parameters, edition: Edition): void {
  const visibility = filters.last('visibility')
  const known = visibility === 'all' || isVisibility(visibility)
  // The image service answers an unknown value of a text with an empty list.
  if (visibility !== undefined && visibility !== '' && !known && edition === 'stock')
    throw badRequest(`Invalid visibility value: ${visibility}`)
  if (filters.last('changes-since'))
    throw badRequest('The "changes-since" filter is no longer available on v2.')
}

function readLimit(text: string | undefined, edition: Edition): number {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = parseInteger(text)
  if (limit === undefined) throw badRequest('limit param must be an integer')
  if (limit < 0n || (limit === 0n && edition === 'huawei')) throw badRequest('limit param must be positive')
  return limit > HIGHEST_LIMIT ? HIGHEST_LIMIT : Number(limit)
}

/** Hidden images are found only when they are asked for; failed ones never. */
function flagConditions(filters: Parameters): Condition[] {
  const hidden = (filters.last('os_hidden') ?? 'false').toLowerCase()
  if (hidden !== 'true' && hidden !== 'false') throw badFlag('os_hidden', hidden)
  const isProtected = filters.last('protected')
  if (isProtected !== undefined && isProtected !== 'true' && isProtected !== 'false')
    throw badFlag('protected', isProtected)
  for (const name of ['os_hidden', 'protected', 'deleted']) filters.takeAll(name)
  return [
    { column: 'os_hidden', is: 'eq', value: hidden === 'true' },
    ...(isProtected === undefined
      ? []
      : [{ column: 'protected', is: 'eq', value: isProtected === 'true' } as const]),
  ]
}

function badFlag(name: string, value: string): Error {
  return badRequest(`Invalid value '${value}' for '${name}' filter. Valid values are 'true' or 'false'.`)
}

const NOT_KILLED: Condition = { column: 'status', is: 'neq', value: 'killed' }

/** What a caller finds in a stock Glance: others' community images only when they are asked for. */
function stockReach(
  caller: Caller,
  filters: Parameters,
  status: (typeof MEMBER_STATUSES)[number],
): Condition[] {
  const own: Condition = { column: 'owner', is: 'eq', value: caller.projectId }
  const sharedWith: Condition = {
    allOf: [{ visibility: 'shared' }, { memberOf: caller.projectId, ...(status !== 'all' && { status }) }],
  }
  const reached: Condition[] = isAdmin(caller)
    ? []
    : [{ anyOf: [{ visibility: 'public' }, { visibility: 'community' }, own, sharedWith] }]
  const visibility = filters.take('visibility')
  const asked: Condition[] =
    visibility === undefined
      ? [{ anyOf: [own, { not: { visibility: 'community' } }] }]
      : visibility === 'all'
        ? []
        : [
            {
              anyOf: VISIBILITIES.filter((known) => known === visibility).map((known) => ({
                visibility: known,
              })),
            },
          ]
  return [NOT_KILLED, ...reached, ...asked]
}

/**
 * Catalogue, visibility and sharing as the image service has them. Every image of it is registered; `all` is what is seen
 * without asking.
 */
function cloudReach(caller: Caller, filters: Parameters, memberStatus: string | undefined): Condition[] {
  const asked = new Map<string, string[]>()
  if (memberStatus !== undefined && memberStatus !== 'all') asked.set('member_status', [memberStatus])
  for (const name of ['__imagetype', 'visibility'] as const) {
    const [value] = filters.takeAll(name)
    if (value !== undefined && value !== 'all') asked.set(name, [value])
  }
  for (const name of ['__isregistered', 'page', 'offset']) filters.takeAll(name)
  return [reach(caller, asked, everythingVisible(caller))]
}

/** The image after which a page begins; it need not be on any page itself. */
function markedImage(context: RequestContext, marker: string): Image {
  const { world, caller } = context
  const image = findImageEvenDeleted(world.db, marker)
  if (image === undefined || (image.deletedAt !== null && !isAdmin(caller)))
    throw badRequest(`No image found with ID ${marker}`)
  if (!sees(world, caller, image)) throw forbidden(`Forbidding request, image ${marker} not visible`)
  return image
}
