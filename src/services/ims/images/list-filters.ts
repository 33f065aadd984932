import type { Db } from '../../../database/open.ts'
import type { CodedRefusal } from '../../../lib/errors.ts'
import { parseTime } from '../../../lib/time.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { findSystem, spellingsOf } from '../os-table.ts'
import { type ColumnName, type Comparison, type Condition, isColumnName } from '../queries/image-list.ts'
import { everyAttributeOf } from '../queries/images.ts'
import { parseTag } from '../tags/tag.ts'

/** The parameters of a query by name, with their values in the order of the query. */
export type Filters = ReadonlyMap<string, readonly string[]>

/**
 * Parameters that are no filters. Clients send `page` and `offset`, which the cloud ignores; it takes `__isregistered` as
 * `true` whatever its value is.
 */
const NOT_FILTERS: ReadonlySet<string> = new Set([
  ...['limit', 'marker', 'sort_key', 'sort_dir', 'member_status', 'visibility', '__imagetype'],
  ...['page', 'offset', '__isregistered'],
])

const TEXT_COLUMNS: ReadonlySet<string> = new Set([
  ...['id', 'name', 'owner', 'status', 'container_format', 'disk_format', 'checksum'],
])

/** Filters that stand for something else than a column or an attribute of their name. */
const OTHER_FILTERS: ReadonlySet<string> = new Set(
  'tag created_at updated_at protected min_ram min_disk enterprise_project_id architecture flavor_id'.split(
    ' ',
  ),
)

/** Attributes that the cloud gives to images. A filter on one of them finds nothing when no image has it. */
const CLOUD_ATTRIBUTES: ReadonlySet<string> = new Set(
  `max_ram virtual_env_type hw_firmware_type hw_vif_multiqueue_enabled __description __os_bit __os_version __os_type __platform
   __image_source_type __whole_image __originalimagename __backup_id __productcode __image_location __image_size __data_origin
   __root_origin __lazyloading __os_feature_list __sequence_num __account_code __system__cmkid __is_config_init
   __is_offshelved`.split(/\s+/),
)

/** Tells if a name is that of an attribute that the cloud knows; `__support_{board}` exists for each type of board. */
export function isCloudAttribute(name: string): boolean {
  return CLOUD_ATTRIBUTES.has(name) || name.startsWith('__support_')
}

/**
 * The parameters of a query that are no filters, because neither the cloud nor any image of the world, deleted ones too, has an
 * attribute of that name.
 */
export function unknownFilters({ db }: World, names: Iterable<string>): string[] {
  const strange = [...names].filter(
    (name) =>
      !NOT_FILTERS.has(name) &&
      !TEXT_COLUMNS.has(name) &&
      !OTHER_FILTERS.has(name) &&
      !isCloudAttribute(name),
  )
  const own = everyAttributeOf(db, strange)
  return strange.filter((name) => !own.has(name))
}

const OPERATORS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'] as const satisfies readonly Comparison[]

/** The first value of a parameter. */
export function single(filters: Filters, name: string): string | undefined {
  return filters.get(name)?.[0]
}

function malformed(name: string, value: string | undefined): CodedRefusal {
  return fail('IMG.0001', { name, value })
}

export function oneOf<T extends string>(allowed: readonly T[], name: string, value: string): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw malformed(name, value)
  return found
}

/** Parses a whole number of at least 1, such as `limit` and `page`. @throws CodedRefusal IMG.0001 */
export function countingNumber(filters: Filters, name: string, otherwise: number): number {
  const text = single(filters, name)
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw malformed(name, text)
  return Number(text)
}

/** SQLite takes an expression of up to 1,000 terms; no client filters by so many attributes. */
const MOST_FILTERS = 100

/**
 * The conditions of all attribute filters of a query. All hold at once; a repeated filter counts each time.
 * @throws CodedRefusal IMG.0001 for more than 100 filters.
 */
export function attributeConditions({ db }: World, filters: Filters): Condition[] {
  const attributes = [...filters].filter(([name]) => !NOT_FILTERS.has(name))
  const count = attributes.reduce((sum, [, values]) => sum + values.length, 0)
  if (count > MOST_FILTERS) throw fail('IMG.0001', { filters: count, most: MOST_FILTERS })
  return attributes.flatMap(([name, values]) => values.flatMap((value) => conditionsOf(db, name, value)))
}

function conditionsOf(db: Db, name: string, value: string): Condition[] {
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
      return [value === 'arm' ? arm : value === 'x86' ? { not: arm } : { anyOf: [] }]
    }
    case 'flavor_id':
      return [{ imageType: 'gold' }, usableWith(value)]
    case '__platform':
      return [platform(value)]
    case '__os_version':
      return [systemCondition(db, value)]
    default:
      return [isTextColumn(name) ? { column: name, is: 'eq', value } : { attribute: name, value }]
  }
}

function isTextColumn(name: string): name is ColumnName {
  return TEXT_COLUMNS.has(name) && isColumnName(name)
}

/** `0` is the default enterprise project: images without an assignment belong to it. */
export function enterpriseProject(value: string): Condition[] {
  if (value === 'all_granted_eps') return []
  const assigned: Condition = { attribute: 'enterprise_project_id', value }
  if (value !== '0') return [assigned]
  return [{ anyOf: [assigned, { not: { attributePresent: 'enterprise_project_id' } }] }]
}

/** The condition on images of a system, in whichever spelling they have it. */
export function systemCondition(db: Db, value: string): Condition {
  const found = findSystem(db, value)
  const spellings = found === undefined ? [value] : spellingsOf(found.version)
  return { anyOf: spellings.map((spelling) => ({ attribute: '__os_version', value: spelling })) }
}

/** The documents spell Red Hat in two ways; either matches both. */
function platform(value: string): Condition {
  const spellings = value === 'Red Hat' ? ['Red Hat', 'RedHat'] : [value]
  return { anyOf: spellings.map((spelling) => ({ attribute: '__platform', value: spelling })) }
}

/** Parses `gte:2018-10-28T10:00:00Z`; no operator means equal. Times are compared by the second, as they are shown. */
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

/**
 * `c3.xlarge.2`, `g1.2xlarge`, `kc1.large.4`: series, size, and memory per core. BMS flavors (`physical.…`) are none.
 */
const ECS_FLAVOR = /^([a-z]+)\d+[a-z]*\.[a-z0-9]+(?:\.[a-z0-9]+)?$/

/** The attribute that an image needs for each GPU flavor. */
const GPU_FLAVORS: ReadonlyMap<string, Condition> = new Map(
  Object.entries({
    '__support_xen_gpu_type=M60_vGPU': 'g1.xlarge g1.2xlarge',
    '__support_kvm_gpu_type=M60': 'g1.xlarge g1.2xlarge g3.4xlarge.4',
    '__support_kvm_gpu_type=V100_vGPU': 'g5.8xlarge.4',
    '__support_kvm_gpu_type=P2V_V100': 'p2v.2xlarge.8',
    '__support_kvm_gpu_type=P100': 'p1.2xlarge.8 p1.4xlarge.8',
    '__support_kvm_gpu_type=V100': 'p2.2xlarge.8 p2.4xlarge.8',
  })
    .flatMap(([need, flavors]) => flavors.split(' ').map((flavor) => ({ flavor, need: needed(need) })))
    .reduce((byFlavor, { flavor, need }) => {
      const before = byFlavor.get(flavor)
      return byFlavor.set(flavor, before === undefined ? need : { anyOf: [before, need] })
    }, new Map<string, Condition>()),
)

const ARM = needed('__support_arm=true')
const VIRTUAL: Condition = { anyOf: [needed('__support_kvm=true'), needed('__support_xen=true')] }

/** The attribute that an image needs beside KVM or Xen, by the series of the flavor. */
const SERIES: ReadonlyMap<string, Condition> = new Map([
  ['m', needed('__support_largememory=true')],
  ['e', needed('__support_largememory=true')],
  ['d', needed('__support_diskintensive=true')],
  ['h', needed('__support_highperformance=true')],
  ['hc', needed('__support_highperformance=true')],
])

function needed(attributeAndValue: string): Condition {
  const [attribute = '', value = ''] = attributeAndValue.split('=')
  return { attribute, value }
}

/**
 * The condition on images that an ECS flavor can use: ARM images for Kunpeng series (`k…`), images with support of its GPU
 * for a GPU flavor, images with the attribute of the series for memory, disk and computing series, and images for KVM or Xen
 * for all others.
 * @throws CodedRefusal IMG.0192 when the name is no ECS flavor.
 */
function usableWith(flavor: string): Condition {
  const series = ECS_FLAVOR.exec(flavor)?.[1]
  if (series === undefined) throw fail('IMG.0192', { flavor })
  const gpu = GPU_FLAVORS.get(flavor)
  if (gpu !== undefined) return gpu
  if (series.startsWith('k')) return ARM
  const more = SERIES.get(series)
  return { allOf: [VIRTUAL, { not: ARM }, ...(more === undefined ? [] : [more])] }
}
