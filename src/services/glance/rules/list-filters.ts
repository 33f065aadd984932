import type { ColumnName, Comparison, Condition } from '../../ims/queries/image-list.ts'
import type { Edition } from '../contract/glance-contract.ts'
import { badRequest, glanceWouldFail } from '../errors.ts'
import { parseInteger } from '../python/json.ts'
import type { Parameters } from '../python/query.ts'

/** The columns of an image that can be compared, by their names on the wire. Any other name is a custom property. */
const COLUMNS: Readonly<Record<ColumnName, true>> = {
  id: true,
  name: true,
  owner: true,
  status: true,
  protected: true,
  os_hidden: true,
  container_format: true,
  disk_format: true,
  min_disk: true,
  min_ram: true,
  size: true,
  virtual_size: true,
  checksum: true,
  os_hash_algo: true,
  os_hash_value: true,
  visibility: true,
  created_at: true,
  updated_at: true,
  deleted_at: true,
}

function isColumn(name: string): name is ColumnName {
  return Object.hasOwn(COLUMNS, name)
}

/** Columns whose filters take the operators `in:` and `eq:`. */
const WITH_OPERATORS: ReadonlySet<string> = new Set([
  'name',
  'id',
  'status',
  'container_format',
  'disk_format',
])
const NUMBERS: ReadonlySet<string> = new Set(['size', 'virtual_size', 'min_disk', 'min_ram'])
/** Relations of Glance's own row of an image: a filter of that name breaks it. */
const BREAKING: ReadonlySet<string> = new Set(['members', 'properties', 'locations'])
const COMPARISONS = ['gt', 'gte', 'lt', 'lte', 'neq', 'eq'] as const satisfies readonly Comparison[]

/** SQLite keeps integers of 64 bits. */
const LARGEST = 2n ** 63n - 1n

/** The filters of a query: conditions on columns and properties, and the tags that an image has to have. */
export interface Filters {
  conditions: Condition[]
  tags: readonly string[]
}

/**
 * Reads the parameters that filter a list of images, in the order in which Glance looks at them.
 * @param tags the values of `tag`; `tags` counts only when there are none.
 * @throws GlanceError 400 for a value that the filter does not take.
 */
export function readFilters(parameters: Parameters, tags: readonly string[], edition: Edition): Filters {
  const filters = parameters.copy()
  const found: Condition[] = []
  for (const name of ['checksum', 'os_hash_value'] as const) {
    const value = filters.take(name)
    if (value !== undefined) found.push({ column: name, is: 'eq', value })
  }
  // In the cloud two times enclose a span; a stock Glance takes the last.
  if (edition === 'huawei')
    for (const name of ['created_at', 'updated_at'] as const)
      found.push(...filters.takeAll(name).map((value) => timeCondition(name, value)))
  const entries = filters.entries()
  if (tags.length === 0 && filters.takeAll('tags').length > 1) throw glanceWouldFail('tags several times')
  const named = entries.get('tags')
  entries.delete('tags')
  const later: [string, string][] = []
  for (const [name, value] of entries) {
    const condition = specialCondition(name, value)
    if (condition === undefined) later.push([name, value])
    else found.push(condition)
  }
  return {
    conditions: [...found, ...later.map(([name, value]) => plainCondition(name, value))],
    // Glance iterates over the text of `tags`, so each of its letters is a tag.
    tags: tags.length > 0 ? tags : Array.from(named ?? ''),
  }
}

/** Reads ranges, times, and the columns that take operators; undefined for any other filter. */
function specialCondition(name: string, value: string): Condition | undefined {
  if (name.endsWith('_min') || name.endsWith('_max')) return rangeCondition(name, value)
  if (name === 'created_at' || name === 'updated_at') return timeCondition(name, value)
  return WITH_OPERATORS.has(name) && isColumn(name) ? operatorCondition(name, value) : undefined
}

function rangeCondition(name: string, text: string): Condition {
  const value = parseInteger(text)
  if (value === undefined) throw badRequest('Unable to filter on a range with a non-numeric value.')
  const column = name.slice(0, -'_min'.length)
  if (!isColumn(column)) throw glanceWouldFail(`a range of ${column}`)
  if (value > LARGEST || value < -LARGEST - 1n) throw glanceWouldFail('a number of more than 64 bits')
  return { column, is: name.endsWith('_min') ? 'gte' : 'lte', value: Number(value) }
}

function timeCondition(column: 'created_at' | 'updated_at', text: string): Condition {
  const { operator, value } = splitOperator(text)
  const time = parseIsoTime(value)
  if (time === undefined)
    throw badRequest(`Bad "${column}" query filter format. Use ISO 8601 DateTime notation.`)
  const is = COMPARISONS.find((known) => known === operator)
  if (is === undefined) throw badRequest('Unable to filter on a unknown operator.')
  return { column, is, value: time }
}

function operatorCondition(column: ColumnName, text: string): Condition {
  const { operator, value } = splitOperator(text)
  if (operator === 'in') return { column, oneOf: splitList(value) }
  if (operator === 'eq') return { column, is: 'eq', value }
  throw badRequest(`Unable to filter by unknown operator '${operator}'.`)
}

/** Splits `gt:2024` at the first colon. A whole value that is a time has no operator. */
function splitOperator(text: string): { operator: string; value: string } {
  const colon = text.indexOf(':')
  if (colon < 0 || parseIsoTime(text) !== undefined) return { operator: 'eq', value: text }
  return { operator: text.slice(0, colon), value: text.slice(colon + 1) }
}

/** Splits `a,"b,c",d` at commas outside of quotes. A backslash before a quote keeps the quote and stays itself. */
function splitList(text: string): string[] {
  checkQuotes(text)
  const pattern = /"([^"\\]*(?:\\.[^"\\]*)*)",?|([^,]+),?|,/g
  return [...text.matchAll(pattern)].map(([, quoted, plain]) => quoted || plain || '')
}

function checkQuotes(text: string): void {
  const wrong = (what: string) => badRequest(`Invalid filter value ${text}. ${what}`)
  const characters = Array.from(text)
  let opening = true
  for (const [n, character] of characters.entries()) {
    if (character !== '"' || characters[n - 1] === '\\') continue
    if (opening && n > 0 && characters[n - 1] !== ',')
      throw wrong('There is no comma before opening quotation mark.')
    if (!opening && n + 1 < characters.length && characters[n + 1] !== ',')
      throw wrong('There is no comma after closing quotation mark.')
    opening = !opening
  }
  if (!opening) throw wrong('The quote is not closed.')
}

/** Reads a filter on any other column or custom property, which matches exactly this value. */
function plainCondition(name: string, value: string): Condition {
  if (BREAKING.has(name)) throw glanceWouldFail(`a filter on ${name}`)
  if (!isColumn(name)) return { attribute: name, value }
  if (!NUMBERS.has(name)) return { column: name, is: 'eq', value }
  return /^\s*[+-]?\d+(?:\.0*)?\s*$/.test(value)
    ? { column: name, is: 'eq', value: Number(value) }
    : { column: name, oneOf: [] }
}

/**
 * A time as Python's `iso8601` parses it: `2024`, `2024-5`, `20240506`, `2024-05-06T07:08:09.5+02:00`. A missing month or
 * day is 1, a missing time of day is midnight, a missing zone is UTC.
 */
const TIME = new RegExp(
  [
    String.raw`^(?<year>\d{4})`,
    String.raw`(?:(?:-(?<month>\d{1,2})|(?<plainMonth>\d{2})(?!$))`,
    String.raw`(?:(?:-(?<day>\d{1,2})|(?<plainDay>\d{2}))`,
    String.raw`(?:[ T](?<hour>\d{2})(?::?(?<minute>\d{2}))?(?::?(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?)?`,
    String.raw`(?:Z|(?<sign>[+-])(?<zoneHour>\d{2}):?(?<zoneMinute>\d{2})?)?)?)?)?$`,
  ].join(''),
)

/**
 * Parses a time.
 * @returns milliseconds since the epoch with a fraction down to the microsecond; undefined for any other text.
 */
function parseIsoTime(text: string): number | undefined {
  const fields = TIME.exec(text)?.groups
  if (fields === undefined) return undefined
  const number = (name: string, otherwise = 0) => Number(fields[name] ?? otherwise)
  const month = Number(fields.month ?? fields.plainMonth ?? 1)
  const day = Number(fields.day ?? fields.plainDay ?? 1)
  const [year, hour, minute, second] = [number('year'), number('hour'), number('minute'), number('second')]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = Math.floor(Number(`0.${fields.fraction ?? '0'}`) * 1e6)
  const ms = daysSinceEpoch(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000
  const offset = (number('zoneHour') * 60 + number('zoneMinute')) * (fields.sign === '-' ? -1 : 1)
  return ms + micros / 1000 - offset * 60_000
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function daysSinceEpoch(year: number, month: number, day: number): number {
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  let days = before * 365 + leapDays + day - 1
  for (let earlier = 1; earlier < month; earlier += 1) days += daysIn(year, earlier)
  return days - 719_162
}
