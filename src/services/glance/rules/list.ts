import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { everythingVisible, oldEnough, reach } from '../../ims/images/list.ts'
import { isCloudAttribute, systemCondition } from '../../ims/images/list-filters.ts'
import type { Condition, Sorting } from '../../ims/queries/image-list.ts'
import { everyAttributeOf, type Image } from '../../ims/queries/images.ts'
import { parseTag } from '../../ims/tags/tag.ts'
import type { Edition } from '../contract/glance-contract.ts'
import { badRequest, forbidden, glanceWouldFail } from '../errors.ts'
import { parseInteger } from '../python/json.ts'
import type { Parameters } from '../python/query.ts'
import { findImageEvenDeleted, listForGlance } from '../queries.ts'
import { isVisibility, VISIBILITIES } from './attributes.ts'
import { readFilters } from './list-filters.ts'
import { isAdmin, sees } from './rights.ts'

const DEFAULT_LIMIT = 25
const HIGHEST_LIMIT = 1000
const MEMBER_STATUSES = ['pending', 'accepted', 'rejected', 'all'] as const

/** The query of a list of images, before it is known who asks. */
export interface ImageListQuery {
  /** Images of a page, 0 to 1000. */
  limit: number
  /** Id of the image after which the page starts. */
  marker: string | undefined
  sort: Sorting[]
  /** The status of the sharings to look at; `asked` is undefined when the query does not say. */
  memberStatus: { asked: string | undefined; status: (typeof MEMBER_STATUSES)[number] }
  visibility: string | undefined
  /** `gold`, `private`, `shared` or `market`; a stock Glance has no such filter. */
  imageType: string | undefined
  /** Tags that an image has to have, as `key` or `key=value`. */
  tags: readonly string[]
  conditions: Condition[]
}

/** SQLite takes an expression of up to 1,000 terms; no client filters by so many attributes. */
const MOST_FILTERS = 500

/**
 * Reads the query of a list of images in the order in which Glance looks at its parameters.
 * @throws GlanceError 400 for a malformed parameter.
 */
export function readImageListQuery(filters: Parameters, edition: Edition): ImageListQuery {
  const wantedLimit = filters.take('limit')
  const marker = filters.take('marker')
  const asked = filters.take('member_status')
  const tags = filters.takeAll('tag').map((tag) => tag.trim())
  checkVisibility(filters, edition)
  const status = MEMBER_STATUSES.find((known) => known === (asked ?? 'accepted'))
  if (status === undefined) throw badRequest(`Invalid status: ${asked}`)
  const limit = readLimit(wantedLimit, edition)
  const sort = takeSorting(filters)
  const flags = flagConditions(filters)
  if (filters.has('changes-since')) throw glanceWouldFail('an empty changes-since')
  const reach = edition === 'stock' ? takeStockReach(filters) : takeCloudReach(filters)
  const found = readFilters(filters, tags, edition)
  if (found.tags.length + found.conditions.length > MOST_FILTERS)
    throw badRequest(`A list of images takes at most ${MOST_FILTERS} filters.`)
  return {
    limit,
    marker,
    sort,
    memberStatus: { asked, status },
    ...reach,
    tags: found.tags,
    conditions: [...flags, ...found.conditions],
  }
}

function takeStockReach(filters: Parameters): Pick<ImageListQuery, 'visibility' | 'imageType'> {
  return { visibility: filters.take('visibility'), imageType: undefined }
}

/** Every image of the cloud is registered, so that filter changes nothing; pages are asked for with a marker only. */
function takeCloudReach(filters: Parameters): Pick<ImageListQuery, 'visibility' | 'imageType'> {
  const [imageType] = filters.takeAll('__imagetype')
  const [visibility] = filters.takeAll('visibility')
  for (const name of ['__isregistered', 'page', 'offset']) filters.takeAll(name)
  return { visibility, imageType }
}

function checkVisibility(filters: Parameters, edition: Edition): void {
  const visibility = filters.last('visibility')
  const known = visibility === 'all' || isVisibility(visibility)
  // The cloud answers an unknown visibility with an empty list.
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

/** Hidden images are listed only when the query asks for them. Glance ignores a filter on `deleted`. */
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

const SORT_KEYS = [
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
] as const

const DIRECTIONS = ['asc', 'desc'] as const

/** Takes the sorting out of a query, in either of Glance's two forms, and completes it to a total order. */
function takeSorting(parameters: Parameters): Sorting[] {
  const { keys, directions } = parameters.has('sort') ? newerForm(parameters) : classicForm(parameters)
  const [only = 'desc'] = directions
  const otherwise = directions.length === 1 ? only : 'desc'
  const sort = keys.map(
    (by, n): Sorting => ({ by, direction: directions.length === 1 ? only : (directions[n] ?? 'desc') }),
  )
  for (const by of ['created_at', 'id'] as const) {
    if (!keys.includes(by)) sort.push({ by, direction: otherwise })
  }
  return sort
}

type Wanted = { keys: (typeof SORT_KEYS)[number][]; directions: (typeof DIRECTIONS)[number][] }

/** `sort=name:asc,size`: a key without a direction sorts downwards. */
function newerForm(parameters: Parameters): Wanted {
  if (parameters.has('sort_key') || parameters.has('sort_dir'))
    throw badRequest('Old and new sorting syntax cannot be combined')
  const wanted: Wanted = { keys: [], directions: [] }
  for (const part of (parameters.take('sort') ?? '').trim().split(',')) {
    const colon = part.indexOf(':')
    const key = colon < 0 ? part : part.slice(0, colon)
    const direction = colon < 0 ? '' : part.slice(colon + 1)
    wanted.keys.push(sortKey(key))
    wanted.directions.push(sortDirection(direction === '' ? 'desc' : direction))
  }
  return wanted
}

/** `sort_key=name&sort_key=size&sort_dir=asc`: one direction holds for all keys. */
function classicForm(parameters: Parameters): Wanted {
  const keys = parameters.takeAll('sort_key').map(sortKey)
  const directions = parameters.takeAll('sort_dir').map(sortDirection)
  if (directions.length > 1 && directions.length !== keys.length)
    throw badRequest('Number of sort dirs does not match the number of sort keys')
  return {
    keys: keys.length === 0 ? ['created_at'] : keys,
    directions: directions.length === 0 ? ['desc'] : directions,
  }
}

function sortKey(text: string): Wanted['keys'][number] {
  const found = SORT_KEYS.find((key) => key === text.trim())
  if (found !== undefined) return found
  throw badRequest(
    `Invalid sort key: ${text.trim()}. It must be one of the following: ${SORT_KEYS.join(', ')}.`,
  )
}

function sortDirection(text: string): Wanted['directions'][number] {
  const found = DIRECTIONS.find((direction) => direction === text.trim())
  if (found !== undefined) return found
  throw badRequest(`Invalid sort direction: ${text.trim()}`)
}

export interface ImagePage {
  images: Image[]
  /** Id of the last image of a full page, after which the next page starts. */
  next: string | undefined
}

/** Parameters that are taken and mean nothing, by edition. */
const IGNORED: Readonly<Record<Edition, readonly string[]>> = {
  stock: ['deleted'],
  huawei: ['deleted', 'page', 'offset'],
}

/**
 * The parameters of a list that have no meaning in a world: those that are ignored, and filters on properties that no image has
 * or had, which Glance compares all the same, and finds nothing.
 */
export function meaninglessParameters(
  world: World,
  sent: URLSearchParams,
  { conditions }: ImageListQuery,
  edition: Edition,
): string[] {
  const properties = conditions.flatMap((condition) =>
    'attribute' in condition ? [condition.attribute] : [],
  )
  const strange = edition === 'stock' ? properties : properties.filter((name) => !isCloudAttribute(name))
  const own = everyAttributeOf(world.db, strange)
  return [...IGNORED[edition].filter((name) => sent.has(name)), ...strange.filter((name) => !own.has(name))]
}

/** Lists one page of the images that a caller sees and a query matches. */
export function listGlanceImages(
  context: RequestContext,
  query: ImageListQuery,
  edition: Edition,
): ImagePage {
  const { world, caller } = context
  const { limit, marker, sort } = query
  const where = [
    ...(edition === 'stock' ? stockReach(caller, query) : cloudReach(caller, query)),
    ...query.conditions.map((condition) =>
      edition === 'stock' ? condition : inAnySpelling(world, condition),
    ),
    ...query.tags.map((tag) => tagCondition(tag, edition)),
    ...oldEnough(context),
  ]
  const after = marker === undefined ? undefined : markedImage(context, marker)
  const images = limit === 0 ? [] : listForGlance(world.db, { where, sort, after, limit })
  return { images, next: images.length === limit ? images.at(-1)?.id : undefined }
}

/** A system is found in whichever spelling an image has it. */
function inAnySpelling({ db }: World, condition: Condition): Condition {
  const isSystem = 'attribute' in condition && condition.attribute === '__os_version'
  return isSystem ? systemCondition(db, condition.value) : condition
}

/** A tag of a stock Glance is a key whatever it contains; in the cloud it may have a value. */
function tagCondition(tag: string, edition: Edition): Condition {
  if (edition === 'stock') return { tag, value: '' }
  const { key, value } = parseTag(tag)
  return { tag: key, value }
}

const NOT_KILLED: Condition = { column: 'status', is: 'neq', value: 'killed' }

/** The images that a caller of a stock Glance may list. Community images of others are listed only on request. */
function stockReach(caller: Caller, { memberStatus: { status }, visibility }: ImageListQuery): Condition[] {
  const own: Condition = { column: 'owner', is: 'eq', value: caller.projectId }
  const sharedWith: Condition = {
    allOf: [{ visibility: 'shared' }, { sharedWith: caller, ...(status !== 'all' && { status }) }],
  }
  const reached: Condition[] = isAdmin(caller)
    ? []
    : [{ anyOf: [{ visibility: 'public' }, { visibility: 'community' }, own, sharedWith] }]
  return [NOT_KILLED, ...reached, ...askedVisibility(own, visibility)]
}

function askedVisibility(own: Condition, visibility: string | undefined): Condition[] {
  if (visibility === undefined) return [{ anyOf: [own, { not: { visibility: 'community' } }] }]
  if (visibility === 'all') return []
  const asked = VISIBILITIES.filter((known) => known === visibility)
  return [{ anyOf: asked.map((known) => ({ visibility: known })) }]
}

/** The images that a caller of the cloud may list: catalogue, visibility and sharing as the image service has them. */
function cloudReach(caller: Caller, { memberStatus, visibility, imageType }: ImageListQuery): Condition[] {
  const asked = new Map<string, string[]>()
  const ask = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== 'all') asked.set(name, [value])
  }
  ask('member_status', memberStatus.asked)
  ask('__imagetype', imageType)
  ask('visibility', visibility)
  return [reach(caller, asked, everythingVisible(caller))]
}

/** Finds the image of a marker; the query need not match it. @throws GlanceError 400 when there is none, 403 when it is hidden. */
function markedImage(context: RequestContext, marker: string): Image {
  const { world, caller } = context
  const image = findImageEvenDeleted(world.db, marker)
  if (image === undefined || (image.deletedAt !== null && !isAdmin(caller)))
    throw badRequest(`No image found with ID ${marker}`)
  if (!sees(world, caller, image)) throw forbidden(`Forbidding request, image ${marker} not visible`)
  return image
}
