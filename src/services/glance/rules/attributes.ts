import type { Edition } from '../contract/glance-contract.ts'
import { badRequest, checkLimit, GlanceError } from '../errors.ts'
import { fromJson, type Json, type PyObject, type PyValue, toJson } from '../python/json.ts'
import { bestMistake, describeMistake } from '../python/json-schema.ts'
import schemas from './schemas.json' with { type: 'json' }

/** The schemas that a stock Glance publishes; it validates documents with the same ones. */
export const stockSchemas = schemas

const stockImage = asObject(fromJson(schemas.image))
/** Stricter than the published schema: a task has no additional properties. */
export const taskSchema: PyObject = new Map(asObject(fromJson(schemas.task))).set(
  'additionalProperties',
  false,
)

/** Disk formats that only the cloud has. */
const CLOUD_DISK_FORMATS = ['zvhd', 'zvhd2']

/** The schema of an image by edition. */
export const imageSchemas: Readonly<Record<Edition, PyObject>> = {
  stock: stockImage,
  huawei: withCloudFormats(stockImage),
}

function asObject(value: PyValue | undefined): PyObject {
  if (value instanceof Map) return value
  throw new Error('a schema is an object')
}

function withCloudFormats(schema: PyObject): PyObject {
  const properties = new Map(asObject(schema.get('properties')))
  const format = new Map(asObject(properties.get('disk_format')))
  const known = format.get('enum')
  format.set('enum', [...(Array.isArray(known) ? known : []), ...CLOUD_DISK_FORMATS])
  properties.set('disk_format', format)
  return new Map(schema).set('properties', properties)
}

/** The properties of a schema as plain JSON, without the keyword `is_base` that only Glance knows. */
export function plainProperties(schema: PyObject): Record<string, { [keyword: string]: Json }> {
  return Object.fromEntries(
    [...asObject(schema.get('properties'))].map(([name, property]) => {
      const keywords = [...asObject(property)].filter(([keyword]) => keyword !== 'is_base')
      return [name, Object.fromEntries(keywords.map(([keyword, rule]) => [keyword, toJson(rule)]))]
    }),
  )
}

/** Tells if the value of a custom property can be null. */
export function isNullable(property: string): boolean {
  return NULLABLE.has(property)
}

const NULLABLE: ReadonlySet<string> = new Set(['kernel_id', 'ramdisk_id'])

/** Refuses attributes of an image that do not match its schema, in the words of Python's `jsonschema` (400). */
export function checkImage(edition: Edition, attributes: PyObject): void {
  check('image', imageSchemas[edition], attributes)
}

/** Refuses fields of a task that do not match its schema (400). */
export function checkTask(fields: PyObject): void {
  check('task', taskSchema, fields)
}

function check(name: string, schema: PyObject, value: PyObject): void {
  const mistake = bestMistake(schema, value)
  if (mistake === undefined) return
  throw new GlanceError(400, `Provided object does not match schema '${name}': ${describeMistake(mistake)}`)
}

/** Attributes that every image has. Any other attribute is a custom property. */
export const BASE_ATTRIBUTES: ReadonlySet<string> = new Set(
  `checksum created_at container_format disk_format id min_disk min_ram name size virtual_size status tags owner updated_at
   visibility protected os_hidden`.split(/\s+/),
)

/** Tells if a name is reserved: names of old columns, and the prefix of the properties that Glance sets itself. */
export function isReserved(name: string): boolean {
  return RESERVED.includes(name) || name.startsWith('os_glance')
}

export const RESERVED = ['location', 'deleted', 'deleted_at']

/** Custom properties by name; null where the schema allows it. */
export type Properties = Map<string, string | null>

/** The custom properties among the fields of a document that matches the schema of an image. */
export function propertiesOf(fields: PyObject): Properties {
  return new Map(
    [...fields].flatMap(([name, value]): [string, string | null][] =>
      BASE_ATTRIBUTES.has(name) || name === 'locations' ? [] : [[name, textOrNull(value)]],
    ),
  )
}

export function textOrNull(value: PyValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** Longest name of a custom property, characters. */
export const LONGEST_PROPERTY_NAME = 255

/** Refuses a name of a custom property that is too long (400). */
export function checkPropertyName(name: string): void {
  if (Array.from(name).length > LONGEST_PROPERTY_NAME)
    throw badRequest(`Custom property should not be greater than ${LONGEST_PROPERTY_NAME} characters.`)
}

/** Refuses more custom properties than an image may have (413). Properties that Glance sets do not count. */
export function checkPropertyQuota(names: Iterable<string>): void {
  const count = [...names].filter((name) => !name.startsWith('os_glance')).length
  checkLimit('allowed image properties', count)
}

/** Splits properties into the texts of `images.attributes` and the names of null ones in `glance_images.nulls`. */
export function splitNulls(properties: Properties): { attributes: Record<string, string>; nulls: string[] } {
  const attributes: Record<string, string> = {}
  const nulls: string[] = []
  for (const [name, value] of properties) {
    if (value === null) nulls.push(name)
    else
      Object.defineProperty(attributes, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return { attributes, nulls }
}

export const VISIBILITIES = ['community', 'public', 'private', 'shared'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export function isVisibility(value: unknown): value is Visibility {
  return VISIBILITIES.some((visibility) => visibility === value)
}

/** Largest value of an integer column in the database of a stock Glance. */
export const LARGEST_INTEGER = 2_147_483_647

/** Refuses a size below 0 (400). */
export function checkNotNegative(name: string, value: PyValue | undefined): void {
  if (value === undefined || value === null || Number(value) >= 0) return
  throw badRequest(`Invalid value '${String(value)}' for parameter '${name}': Cannot be a negative value`)
}

/** Refuses a size that the database of a stock Glance cannot keep (400). */
export function checkInRange(name: string, value: number): void {
  if (value > LARGEST_INTEGER)
    throw badRequest(`'${name}' value out of range, must not exceed ${LARGEST_INTEGER}.`)
}

/** Tells if a text has a character above U+FFFF, which some databases of Glance cannot hold. */
export function hasFourByteCharacter(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text)
}

/** Refuses characters above U+FFFF in names and values, in the order of the fields (400). */
export function checkCharacters(fields: Iterable<readonly [string, PyValue]>): void {
  for (const [name, value] of fields) {
    if (hasFourByteCharacter(name)) throw badRequest("Property names can't contain 4 byte unicode.")
    if (typeof value === 'string' && hasFourByteCharacter(value))
      throw badRequest(`${titleCase(name)} can't contain 4 byte unicode characters.`)
  }
}

/** Capitalises words as Python's `str.title()` does, which starts a word after any character that is not a letter. */
function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replace(/(^|[^\p{L}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
}

/** Tells if a value contains half a surrogate pair, which Python cannot encode. */
export function hasLoneSurrogate(value: PyValue): boolean {
  if (typeof value === 'string') return !value.isWellFormed()
  if (Array.isArray(value)) return value.some(hasLoneSurrogate)
  if (value instanceof Map)
    return [...value].some(([key, inner]) => !key.isWellFormed() || hasLoneSurrogate(inner))
  return false
}
