import type { World } from '../../engine/world.ts'
import { CloudError } from '../../kernel/errors.ts'
import { parseTime } from '../../kernel/time.ts'
import {
  type ColumnName,
  type Comparison,
  type Condition,
  isColumnName,
  listImages,
  type Sorting,
} from '../../store/image-list.ts'
import { findImage, type Image } from '../../store/images.ts'
import type { Caller } from '../identity/caller.ts'
import { parseTag } from '../tags/tag.ts'

/** Filters as they stand in the query: a name and its values, in the order they came. */
export type Filters = ReadonlyMap<string, readonly string[]>

const DEFAULT_LIMIT = 500
const HIGHEST_LIMIT = 1000
const SORT_KEYS = ['name', 'container_format', 'disk_format', 'status', 'id', 'size', 'created_at'] as const
const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const
/** Names that steer the listing, and two that clients send and the cloud does not read. */
const NOT_FILTERS: ReadonlySet<string> = new Set([
  ...['limit', 'marker', 'sort_key', 'sort_dir', 'member_status', 'visibility', '__imagetype'],
  ...['page', 'offset', 'flavor_id'],
])

/**
 * Images as `GET /v2/cloudimages` lists them: what the caller sees, all filters together, a page after the marker. An
 * attribute that is no column is compared as text; values the cloud cannot read are refused with IMG.0001.
 */
export function listCloudImages(world: World, caller: Caller, filters: Filters): Image[] {
  const where = [reach(caller, filters)]
  for (const [name, values] of filters) {
    if (!NOT_FILTERS.has(name)) for (const value of values) where.push(...conditionsOf(name, value))
  }
  const marker = single(filters, 'marker')
  const after = marker === undefined || marker === '' ? undefined : findImage(world.db, marker)
  if (marker !== undefined && marker !== '' && after === undefined)
    throw new CloudError('IMG.0027', { marker })
  return listImages(world.db, {
    where,
    sort: [sorting(filters)],
    limit: pageSize(filters),
    ...(after && { after }),
  })
}

function single(filters: Filters, name: string): string | undefined {
  return filters.get(name)?.[0]
}

function malformed(name: string, value: string | undefined): CloudError {
  return new CloudError('IMG.0001', { name, value })
}

function oneOf<T extends string>(allowed: readonly T[], name: string, value: string): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw malformed(name, value)
  return found
}

function pageSize(filters: Filters): number {
  const text = single(filters, 'limit')
  if (text === undefined) return DEFAULT_LIMIT
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw malformed('limit', text)
  return Math.min(Number(text), HIGHEST_LIMIT)
}

function sorting(filters: Filters): Sorting {
  return {
    by: oneOf(SORT_KEYS, 'sort_key', single(filters, 'sort_key') ?? 'created_at'),
    direction: oneOf(['asc', 'desc'] as const, 'sort_dir', single(filters, 'sort_dir') ?? 'desc'),
  }
}

const GOLD: Condition = { imageType: 'gold' }
const NOTHING: Condition = { anyOf: [] }

/** Which images come into question at all, by catalogue, visibility and the state of a sharing. */
function reach(caller: Caller, filters: Filters): Condition {
  const own: Condition = { column: 'owner', is: 'eq', value: caller.projectId }
  const mine = { allOf: [own, { not: GOLD }, { not: { imageType: 'market' } }] } satisfies Condition
  const status = single(filters, 'member_status')
  const sharedOnly = single(filters, '__imagetype') === 'shared' || single(filters, 'visibility') === 'shared'
  const asked =
    sharedOnly && status !== undefined ? oneOf(MEMBER_STATUSES, 'member_status', status) : undefined
  const sharedIn: Condition = { memberOf: caller.projectId, status: asked ?? 'accepted' }
  const byKind: Readonly<Record<string, Condition>> = {
    gold: GOLD,
    public: GOLD,
    market: { imageType: 'market' },
    private: { allOf: [mine, { shared: false }] },
    shared: asked === undefined ? { anyOf: [{ allOf: [mine, { shared: true }] }, sharedIn] } : sharedIn,
  }
  const kinds = ['__imagetype', 'visibility'].flatMap((name) => single(filters, name) ?? [])
  if (kinds.length === 0) return { anyOf: [GOLD, mine, sharedIn] }
  return { allOf: kinds.map((kind) => byKind[kind] ?? NOTHING) }
}

function conditionsOf(name: string, value: string): Condition[] {
  switch (name) {
    case 'tag': {
      const { key, value: tagValue } = parseTag(value)
      return [{ tag: key, value: tagValue }]
    }
    case 'created_at':
    case 'updated_at':
      return [timeCondition(name, value)]
    case 'protected':
      return [{ column: name, is: 'eq', value: oneOf(['true', 'false'] as const, name, value) === 'true' }]
    case 'min_ram':
    case 'min_disk':
      if (!/^\d{1,9}$/.test(value)) throw malformed(name, value)
      return [{ column: name, is: 'eq', value: Number(value) }]
    case '__whole_image': {
      const whole: Condition = { attribute: name, value: 'true' }
      return [oneOf(['true', 'false'] as const, name, value) === 'true' ? whole : { not: whole }]
    }
    case 'enterprise_project_id':
      return enterpriseProject(value)
    case 'architecture': {
      const arm: Condition = { attribute: '__support_arm', value: 'true' }
      return [value === 'arm' ? arm : value === 'x86' ? { not: arm } : NOTHING]
    }
    case '__platform':
      return [platform(value)]
    default:
      return [isTextColumn(name) ? { column: name, is: 'eq', value } : { attribute: name, value }]
  }
}

const TEXT_COLUMNS: ReadonlySet<string> = new Set([
  'id',
  'name',
  'owner',
  'status',
  'container_format',
  'disk_format',
  'checksum',
])

function isTextColumn(name: string): name is ColumnName {
  return TEXT_COLUMNS.has(name) && isColumnName(name)
}

/** `0` is the default enterprise project, in which images without an assignment stand. */
function enterpriseProject(value: string): Condition[] {
  if (value === 'all_granted_eps') return []
  const assigned: Condition = { attribute: 'enterprise_project_id', value }
  if (value !== '0') return [assigned]
  return [{ anyOf: [assigned, { not: { attributePresent: 'enterprise_project_id' } }] }]
}

/** The documents spell Red Hat in two ways; both find it. */
function platform(value: string): Condition {
  const spellings = value === 'Red Hat' ? ['Red Hat', 'RedHat'] : [value]
  return { anyOf: spellings.map((spelling) => ({ attribute: '__platform', value: spelling })) }
}

const OPERATORS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'] as const satisfies readonly Comparison[]

/** `gte:2018-10-28T10:00:00Z`; no operator means equal. Times are compared by the second, as they are shown. */
function timeCondition(column: 'created_at' | 'updated_at', text: string): Condition {
  const match = /^(?:([a-z]+):)?(\d.*)$/.exec(text)
  const ms = parseTime(match?.[2] ?? '')
  if (ms === undefined) throw malformed(column, text)
  const is = oneOf(OPERATORS, column, match?.[1] ?? 'eq')
  const second = Math.floor(ms / 1000) * 1000
  const inSecond: Condition = {
    allOf: [
      { column, is: 'gte', value: second },
      { column, is: 'lt', value: second + 1000 },
    ],
  }
  if (is === 'eq') return inSecond
  if (is === 'neq') return { not: inSecond }
  const boundary = is === 'gt' || is === 'lte' ? second + 1000 : second
  return { column, is: is === 'gt' || is === 'gte' ? 'gte' : 'lt', value: boundary }
}
