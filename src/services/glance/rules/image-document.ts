import { documentReader, type Edition, type PublishedSchema } from '../contract/glance-contract.ts'
import { badRequest, checkLimit, forbidden, forbiddenBecause, glanceWouldFail } from '../errors.ts'
import type { Json, PyObject, PyValue } from '../python/json.ts'
import {
  BASE_ATTRIBUTES,
  checkCharacters,
  checkImage,
  checkInRange,
  checkNotNegative,
  checkPropertyName,
  checkPropertyQuota,
  hasFourByteCharacter,
  imageSchemas,
  isReserved,
  LARGEST_INTEGER,
  LONGEST_PROPERTY_NAME,
  plainProperties,
  propertiesOf,
  RESERVED,
} from './attributes.ts'

const READ_ONLY_LINKS = ['direct_url', 'self', 'file', 'schema', 'stores']
const READ_ONLY = ['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size']
const UNSETTABLE = [...READ_ONLY_LINKS, ...READ_ONLY, 'locations']
/** Largest `min_disk` in the cloud, GB. */
const LARGEST_CLOUD_DISK = 1024
/** The formats that an image of the cloud can be declared with. Files of other formats can be uploaded to it all the same. */
const CLOUD_FORMATS = ['zvhd2', 'vhd', 'zvhd', 'raw', 'qcow2', 'iso']

/** The document that describes a new image. A stock Glance and the cloud check the same, and then rules of their own. */
export const newImage = {
  stock: documentReader({
    published: publishedImage('stock'),
    read: (body) => readNewImage(body, 'stock'),
    check(fields) {
      checkTagCount(fields)
      checkStockImage(fields)
      if (textsOf(fields.get('tags')).some(hasFourByteCharacter)) throw unkeepableTag()
    },
  }),
  huawei: documentReader({
    published: publishedImage('huawei'),
    read: (body) => readNewImage(body, 'huawei'),
    check: checkCloudImage,
  }),
}

/** Reads the fields of a new image up to the point at which Glance looks at the caller. */
function readNewImage(body: PyValue, edition: Edition): PyObject {
  if (!(body instanceof Map)) throw glanceWouldFail('an image that is a list')
  for (const name of READ_ONLY_LINKS) if (body.has(name)) throw readOnly(name)
  checkImage(edition, body)
  for (const name of propertiesOf(body).keys()) {
    checkPropertyName(name)
    if (isReserved(name)) throw forbiddenBecause(`Attribute '${name}' is reserved.`)
  }
  return body
}

function readOnly(name: string): Error {
  return forbidden(`Attribute '${name}' is read-only.`)
}

/** Refuses fields that follow from the bytes of an image, and the places of the bytes (403). */
function checkReadOnly(fields: PyObject): void {
  for (const name of READ_ONLY) if (fields.has(name)) throw readOnly(name)
  if (fields.has('locations')) throw forbidden("Attribute 'locations' is reserved.")
}

/** Refuses more tags than an image of a stock Glance may have (413). */
export function checkTagCount(fields: PyObject): void {
  checkLimit('allowed image tags', textsOf(fields.get('tags')).length)
}

/** Checks the values of a new image that a stock Glance checks after the rights of the caller. */
export function checkStockImage(fields: PyObject): void {
  checkReadOnly(fields)
  checkNotNegative('min_disk', fields.get('min_disk'))
  checkNotNegative('min_ram', fields.get('min_ram'))
  const properties = propertiesOf(fields)
  checkPropertyQuota(properties.keys())
  checkCharacters([...fields].filter(([name]) => BASE_ATTRIBUTES.has(name)))
  checkCharacters(properties)
  checkInRange('min_disk', Number(fields.get('min_disk') ?? 0))
  checkInRange('min_ram', Number(fields.get('min_ram') ?? 0))
}

/** A tag that a stock Glance cannot keep is refused after the image has been created. */
export function unkeepableTag(): Error {
  return badRequest("Param values can't contain 4 byte unicode.")
}

/** Checks the values of a new image that the cloud checks after the rights of the caller: a private image that is bare. */
export function checkCloudImage(fields: PyObject): void {
  checkReadOnly(fields)
  checkOnly(fields, 'visibility', 'private')
  checkOnly(fields, 'container_format', 'bare')
  checkOnly(fields, 'os_hidden', false)
  checkDiskFormat(fields)
  checkPropertyQuota(propertiesOf(fields).keys())
  const minDisk = Number(fields.get('min_disk') ?? 0)
  const minRam = Number(fields.get('min_ram') ?? 0)
  if (minDisk < 0 || minDisk > LARGEST_CLOUD_DISK)
    throw badRequest(
      `Invalid value '${minDisk}' for parameter 'min_disk': Must be from 0 to ${LARGEST_CLOUD_DISK}`,
    )
  if (minRam < 0)
    throw badRequest(`Invalid value '${minRam}' for parameter 'min_ram': Cannot be a negative value`)
}

function checkOnly(fields: PyObject, name: string, only: string | boolean): void {
  const value = fields.get(name) ?? only
  if (value !== only)
    throw badRequest(`Invalid value '${String(value)}' for parameter '${name}': Must be '${only}'`)
}

/** Refuses a format that no image of the cloud has, and an ISO without an operating system. */
function checkDiskFormat(fields: PyObject): void {
  const format = fields.get('disk_format') ?? 'zvhd2'
  if (typeof format !== 'string' || !CLOUD_FORMATS.includes(format))
    throw badRequest(
      `Invalid value '${String(format)}' for parameter 'disk_format': Must be one of ${CLOUD_FORMATS.join(', ')}`,
    )
  const system = fields.get('__os_version') ?? ''
  if (format === 'iso' && system === '')
    throw badRequest(
      "Invalid value '' for parameter '__os_version': An ISO image needs the operating system that it installs",
    )
}

/** The texts in a list; any other value has none. */
export function textsOf(value: PyValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** The schema of a new image: the schema of an image without the fields that a client cannot set. */
function publishedImage(edition: Edition): PublishedSchema {
  const settable = Object.entries(plainProperties(imageSchemas[edition])).filter(
    ([name]) => !UNSETTABLE.includes(name),
  )
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(
        settable.map(([name, schema]) => [name, { ...schema, ...limitsOf(edition)[name] }]),
      ),
      // The one attribute of the image service that creation reads by itself: other attributes follow from it.
      ...(edition === 'huawei' && { __os_version: { type: 'string' } }),
    },
    additionalProperties: { type: 'string' },
    propertyNames: {
      maxLength: LONGEST_PROPERTY_NAME,
      pattern: `^(?!os_glance|(?:${[...UNSETTABLE, ...RESERVED].join('|')})$)`,
    },
  }
}

/** Limits of values that the schema of an image does not have. */
function limitsOf(edition: Edition): Readonly<Record<string, { [keyword: string]: Json }>> {
  if (edition === 'stock') {
    const size = { minimum: 0, maximum: LARGEST_INTEGER }
    return { min_disk: size, min_ram: size }
  }
  return {
    min_disk: { minimum: 0, maximum: LARGEST_CLOUD_DISK },
    min_ram: { minimum: 0 },
    visibility: { enum: ['private'] },
    container_format: { enum: [null, 'bare'] },
    disk_format: { enum: [null, ...CLOUD_FORMATS] },
    os_hidden: { enum: [false] },
  }
}
