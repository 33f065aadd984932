import type { z } from 'zod'
import { gatewayError } from '../../../accounts/gateway-errors.ts'
import { handle, ok, reply } from '../../../contract/operation.ts'
import { wireMillis } from '../../../lib/time.ts'
import { deleteImage as deleteCloudImage } from '../../ims/images/states.ts'
import type { Image } from '../../ims/queries/images.ts'
import {
  deleteImageV1,
  headImage,
  listImagesInDetail,
  listVersions,
  listVersionsAtPath,
  showVersion,
  type V1ImageWire,
} from '../contract/v1.ts'
import { listGlanceImages } from '../rules/list.ts'
import { visibleImage } from '../rules/rights.ts'
import { done, glanceOperation, onlyIn } from './glance-operation.ts'

/** The versions of the API that Huawei's cloud publishes, the newest first. */
const VERSIONS = [
  { id: 'v2.2', status: 'CURRENT', path: 'v2' },
  { id: 'v2.1', status: 'SUPPORTED', path: 'v2' },
  { id: 'v2.0', status: 'SUPPORTED', path: 'v2' },
  { id: 'v1.1', status: 'DEPRECATED', path: 'v1' },
  { id: 'v1.0', status: 'DEPRECATED', path: 'v1' },
] as const

/** The full number of a version without a minor number: the newest of its kind. */
const NEWEST: ReadonlyMap<string, string> = new Map([
  ['v2', 'v2.2'],
  ['v1', 'v1.1'],
])

function versionsAt(base: string, versions: readonly (typeof VERSIONS)[number][]) {
  const links = (path: string) => [{ href: `${base}/${path}/`, rel: 'self' as const }]
  return { versions: versions.map(({ id, status, path }) => ({ status, id, links: links(path) })) }
}

function choices(base: string, versions: readonly (typeof VERSIONS)[number][]) {
  return reply(300, { body: versionsAt(base, versions) })
}

/** The operations on versions; they need no credentials. */
export const versionOperations = [
  onlyIn(
    'huawei',
    handle(listVersions, ({ base }) => choices(base, VERSIONS)),
  ),
  onlyIn(
    'huawei',
    handle(listVersionsAtPath, ({ base }) => ok(versionsAt(base, VERSIONS))),
  ),
  onlyIn(
    'huawei',
    handle(showVersion, ({ base }, { params }) => {
      const id = NEWEST.get(params.version) ?? params.version
      const found = VERSIONS.filter((version) => version.id === id)
      if (found.length === 0) throw gatewayError('APIGW.0101', { version: params.version })
      return choices(base, found)
    }),
  ),
]

const head = glanceOperation(headImage, (call, { params }) => {
  const { properties, deleted_at: _, ...fields } = v1View(visibleImage(call, params.image_id))
  const headers: Record<string, string> = { 'Content-Type': 'text/html; charset=UTF-8' }
  for (const [name, value] of Object.entries(fields))
    if (value !== null) headers[`X-Image-Meta-${capitalised(name)}`] = headerText(value)
  for (const [name, value] of Object.entries(properties))
    if (HEADER_NAME.test(name)) headers[`X-Image-Meta-Property-${name}`] = headerText(value)
  if (fields.checksum !== null) headers.Etag = fields.checksum
  return reply(200, { headers })
})

/** The characters of a header's name. An image may come from a file of another origin, with attributes of any name. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1)
}

/** Writes a header value: a boolean as in Python, a text as the bytes of its UTF-8. */
function headerText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return Buffer.from(String(value).replace(/[\r\n\0]+/g, ' ')).toString('latin1')
}

const list = glanceOperation(listImagesInDetail, (call, { query }) => {
  const { images } = listGlanceImages(call, query(), 'huawei')
  return ok({ images: images.map(v1View) })
})

const remove = glanceOperation(deleteImageV1, (call, { params }) => {
  deleteCloudImage(call, visibleImage(call, params.image_id))
  return done(200)
})

function v1View(image: Image): z.input<typeof V1ImageWire> {
  return {
    id: image.id,
    name: image.name ?? '',
    status: image.status,
    is_public: image.visibility === 'public',
    protected: image.protected,
    deleted: false,
    deleted_at: null,
    owner: image.owner,
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    min_disk: image.minDisk,
    min_ram: image.minRam,
    size: image.size ?? 0,
    virtual_size: image.virtualSize,
    checksum: image.checksum,
    created_at: v1Time(image.createdAt),
    updated_at: v1Time(image.updatedAt),
    properties: image.attributes,
  }
}

/** Renders a time with microseconds and without a zone: `2016-05-22T06:04:20.425000`. */
function v1Time(ms: number): string {
  return `${wireMillis(ms).slice(0, -1)}000`
}

export const v1Operations = [head, list, remove]
