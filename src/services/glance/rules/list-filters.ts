import {
  type ColumnName,
  type Comparison,
  type Condition,
  isColumnName,
} from '../../ims/queries/image-list.ts'
import { parseTag } from '../../ims/tags/tag.ts'
import { parseInteger } from '../python/value.ts'
import type { Edition } from './edition.ts'
import { parseIsoTime } from './iso-time.ts'
import type { Parameters } from './parameters.ts'
import { badRequest, glanceWouldFail } from './refusals.ts'

/** Columns whose filters take `in:` and `eq:`. */
const WITH_OPERATORS: ReadonlySet<string> = new Set([
  'name',
  'id',
  'status',
  'container_format',
  'disk_format',
])
const NUMBERS: ReadonlySet<string> = new Set(['size', 'virtual_size', 'min_disk', 'min_ram'])
/** What Glance's own row of an image has beside its columns: a filter of that name breaks it. */
const BREAKING: ReadonlySet<string> = new Set(['members', 'properties', 'locations'])
const COMPARISONS = ['gt', 'gte', 'lt', 'lte', 'neq', 'eq'] as const satisfies readonly Comparison[]

/** SQLite keeps whole numbers of 64 bits. */
const LARGEST = 2n ** 63n - 1n

/** What the parameters that are left of a query ask of an image, in the order Glance looks at them. */
export function filterConditions(
  parameters: Parameters,
  tags: readonly string[],
  edition: Edition,
): Condition[] {
  const filters = parameters.copy()
  const found: Condition[] = []
  for (const name of ['checksum', 'os_hash_value'] as const) {
    const value = filters.take(name)
    if (value !== undefined) found.push({ column: name, is: 'eq', value })
  }
  // The cloud lets two times enclose a span, where a stock Glance takes the last.
  if (edition === 'huawei')
    for (const name of ['created_at', 'updated_at'] as const)
      found.push(...filters.takeAll(name).map((value) => timeCondition(name, value)))
  const entries = filters.entries()
  if (tags.length === 0 && filters.takeAll('tags').length > 1) throw glanceWouldFail('tags several times')
  const named = entries.get('tags')
  entries.delete('tags')
  // A single text of `tags` is taken letter by letter.
  const wantedTags = tags.length > 0 ? tags : Array.from(named ?? '')
  found.push(...wantedTags.map((tag) => tagCondition(tag, edition)))
  const later: [string, string][] = []
  for (const [name, value] of entries) {
    const condition = specialCondition(name, value)
    if (condition === undefined) later.push([name, value])
    else found.push(condition)
  }
  return [...found, ...later.map(([name, value]) => plainCondition(name, value))]
}

function tagCondition(tag: string, edition: Edition): Condition {
  if (edition === 'stock') return { tag, value: '' }
  const { key, value } = parseTag(tag)
  return { tag: key, value }
}

/** Ranges, times and the columns that take operators. */
function specialCondition(name: string, value: string): Condition | undefined {
  if (name.endsWith('_min') || name.endsWith('_max')) return rangeCondition(name, value)
  if (name === 'created_at' || name === 'updated_at') return timeCondition(name, value)
  return WITH_OPERATORS.has(name) && isColumnName(name) ? operatorCondition(name, value) : undefined
}

function rangeCondition(name: string, text: string): Condition {
  const value = parseInteger(text)
  if (value === undefined) throw badRequest('Unable to filter on a range with a non-numeric value.')
  const column = name.slice(0, -'_min'.length)
  if (!isColumnName(column)) throw glanceWouldFail(`a range of ${column}`)
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

/** `gt:2024`: what stands before the first colon, unless the whole is a time. */
function splitOperator(text: string): { operator: string; value: string } {
  const colon = text.indexOf(':')
  if (colon < 0 || parseIsoTime(text) !== undefined) return { operator: 'eq', value: text }
  return { operator: text.slice(0, colon), value: text.slice(colon + 1) }
}

/** `a,"b,c",d`: values between commas; quotes keep a comma, and a backslash keeps a quote and stays. */
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

/** Any other column or custom property: exactly this value. */
function plainCondition(name: string, value: string): Condition {
  if (BREAKING.has(name)) throw glanceWouldFail(`a filter on ${name}`)
  if (!isColumnName(name)) return { attribute: name, value }
  if (!NUMBERS.has(name)) return { column: name, is: 'eq', value }
  return /^\s*[+-]?\d+(?:\.0*)?\s*$/.test(value)
    ? { column: name, is: 'eq', value: Number(value) }
    : { column: name, oneOf: [] }
}
