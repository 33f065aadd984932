import type { Edition } from '../contract/glance-contract.ts'
import { GlanceError } from '../errors.ts'
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
