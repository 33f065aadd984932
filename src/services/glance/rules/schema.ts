import { GlanceError } from '../errors.ts'
import { bestMistake, describeMistake } from '../python/json-schema.ts'
import { fromJson, type PyObject, type PyValue } from '../python/value.ts'
import type { Edition } from './edition.ts'
import schemas from './schemas.json' with { type: 'json' }

/** The schemas that a stock Glance publishes, which are also those it checks with. */
export const stockSchemas = schemas

const stockImage = asObject(fromJson(schemas.image))
/** Stricter than it is published: a task has no fields of one's own. */
const task = new Map(asObject(fromJson(schemas.task))).set('additionalProperties', false)

/** Formats that only the cloud has. */
const CLOUD_DISK_FORMATS = ['zvhd', 'zvhd2']

const imageSchemas: Readonly<Record<Edition, PyObject>> = {
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

/** Properties that may be null. */
export function isNullable(property: string): boolean {
  return NULLABLE.has(property)
}

const NULLABLE: ReadonlySet<string> = new Set(['kernel_id', 'ramdisk_id'])

/** Refuses attributes of an image that do not fit its schema (400), with the mistake laid out as Glance does. */
export function checkImage(edition: Edition, attributes: PyObject): void {
  check('image', imageSchemas[edition], attributes)
}

export function checkTask(fields: PyObject): void {
  check('task', task, fields)
}

function check(name: string, schema: PyObject, value: PyObject): void {
  const mistake = bestMistake(schema, value)
  if (mistake === undefined) return
  throw new GlanceError(400, `Provided object does not match schema '${name}': ${describeMistake(mistake)}`)
}
