import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { safeParse } from '../../../lib/parse.ts'
import { wireSeconds } from '../../../lib/time.ts'
import { orFail } from '../errors.ts'
import type { Filters } from '../images/list-filters.ts'
import type { Image } from '../queries/images.ts'
import { formatTag } from '../tags/tag.ts'
import { Description, EnterpriseProjectId, Firmware, ImageName, Ram, Time, Values } from './fields.ts'
import { imsTrace } from './trace.ts'

/**
 * An image in a reply: the fields that every image has, and attributes, which are strings. The schema of attributes takes
 * `unknown`, because TypeScript cannot give other keys than the declared ones a type of their own.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0901.html Image Attributes
 */
export const ImageWire = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    visibility: z.string(),
    __imagetype: z.string(),
    protected: z.boolean(),
    owner: z.string(),
    tags: z.array(z.string()),
    container_format: z.string(),
    disk_format: z.string(),
    min_disk: z.int(),
    min_ram: z.int(),
    size: z.int().optional(),
    virtual_size: z.int().nullable().optional(),
    checksum: z.string().optional(),
    created_at: Time,
    updated_at: Time,
    active_at: Time.optional(),
    file: z.string(),
    self: z.string(),
    schema: z.literal('/v2/schemas/image'),
    __system_support_market: z.boolean().optional(),
  })
  .catchall(z.unknown().pipe(z.string()))

/** Tells whether a private image may be offered on the market: no data disk, no whole server, and not shared. */
function mayBePublished({ attributes, memberCount }: Image): boolean {
  return (
    attributes.virtual_env_type !== 'DataImage' && attributes.__whole_image !== 'true' && memberCount === 0
  )
}

/** The largest number that the SDKs of Go and Java read where an image has an integer. */
const LARGEST_INT = 2 ** 31 - 1

/**
 * A size in bytes that clients can read, else null: they refuse a whole reply with a larger number. The cloud documents
 * `size` and `virtual_size` as unused, 0 or null; `__image_size` is a text and has the size of any image.
 */
function readable(bytes: number | null): number | null {
  return bytes !== null && bytes <= LARGEST_INT ? bytes : null
}

/** States of an image that a job, or an upload, is still filling. */
const BEING_FILLED: ReadonlySet<string> = new Set(['queued', 'saving'])

/**
 * Renders an image. An image with members is `shared`. A private image that was assigned to no enterprise project is in the
 * default one, `0`. Size, virtual size and checksum are present once its bytes are: a job knows them from the start, the cloud
 * does not.
 */
export function renderImage(image: Image): z.input<typeof ImageWire> {
  const shared = image.memberCount > 0
  const hasData = image.size !== null && !BEING_FILLED.has(image.status)
  return {
    ...(image.imageType === 'private' && { enterprise_project_id: '0' }),
    ...image.attributes,
    ...(!hasData && image.size !== null && { __image_size: '0' }),
    schema: '/v2/schemas/image',
    id: image.id,
    name: image.name ?? '',
    status: image.status,
    visibility: shared ? 'shared' : image.visibility,
    __imagetype: shared ? 'shared' : image.imageType,
    ...(image.imageType === 'private' && { __system_support_market: mayBePublished(image) }),
    protected: image.protected,
    owner: image.owner ?? '',
    tags: image.tags.map(formatTag),
    container_format: image.containerFormat ?? 'bare',
    disk_format: image.diskFormat ?? 'zvhd2',
    min_disk: image.minDisk,
    min_ram: image.minRam,
    ...(hasData && { size: readable(image.size) ?? 0, virtual_size: readable(image.virtualSize) }),
    ...(hasData && image.checksum !== null && { checksum: image.checksum }),
    created_at: wireSeconds(image.createdAt),
    updated_at: wireSeconds(image.updatedAt),
    ...(image.activeAt !== null && { active_at: wireSeconds(image.activeAt) }),
    file: `/v2/images/${image.id}/file`,
    self: `/v2/images/${image.id}`,
  }
}

/**
 * The filters of an image list that the cloud documents; other attributes that images have filter as well. `images/list-filters.ts`
 * tells how each is compared, and which parameter is no filter at all.
 */
const FILTERS =
  `id name owner status visibility __imagetype __isregistered protected __whole_image __system__cmkid
  container_format disk_format min_ram min_disk __os_bit __os_type __platform virtual_env_type enterprise_project_id
  flavor_id architecture tag member_status created_at updated_at __support_kvm __support_xen __support_largememory
  __support_diskintensive __support_highperformance __support_xen_hana __support_kvm_infiniband __support_xen_gpu_type
  __support_kvm_gpu_type limit marker`.split(/\s+/)

/** The query of a call that filters images, with the parameters that this call adds. */
export function filterQuery(...more: string[]) {
  return z
    .object(Object.fromEntries([...FILTERS, ...more].map((name) => [name, Values.optional()])))
    .catchall(Values)
}

/** The filters of a parsed query, in the order in which they came. */
export function toFilters(query: Record<string, string | string[] | undefined>): Filters {
  return new Map(
    Object.entries(query).flatMap(([name, value]): [string, string[]][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value : [value]]],
    ),
  )
}

/**
 * Lists images by filters, in pages.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0602.html Querying Images
 */
export const listImages = contract({
  id: 'ListImages',
  method: 'GET',
  path: '/v2/cloudimages',
  summary: 'List images: public ones, private ones, ones shared with the project',
  actions: ['ims:images:list'],
  byEnterpriseProject: true,
  ignores: ['page', 'offset'],
  request: z.object({ query: filterQuery('sort_key', 'sort_dir') }),
  responses: { 200: z.object({ images: z.array(ImageWire) }) },
})

/** Memory in MB as a patch sends it: a number, or its decimal digits. */
const RamText = z
  .union([Ram, z.string().regex(/^\d{1,9}$/, orFail('IMG.0055'))], orFail('IMG.0055'))
  .transform(Number)

/** Attributes whose values have a schema of their own. */
const ATTRIBUTE_VALUES: ReadonlyMap<string, z.ZodType<string | number>> = new Map<
  string,
  z.ZodType<string | number>
>([
  ['name', ImageName],
  ['__description', Description],
  ['min_ram', RamText],
  ['max_ram', RamText],
  ['enterprise_project_id', EnterpriseProjectId],
  ['hw_firmware_type', Firmware],
])

const AttributeChange = z
  .object(
    {
      op: z.enum(['add', 'replace', 'remove'], orFail('IMG.0001')),
      path: z.string(orFail('IMG.0001')).regex(/^\/[^/]+$/, orFail('IMG.0001')),
      value: z.union([z.string(), z.number(), z.boolean()], orFail('IMG.0001')).optional(),
    },
    orFail('IMG.0001'),
  )
  .transform(({ op, path, value }, context) => {
    const attribute = path.slice(1)
    const schema = op === 'remove' ? undefined : ATTRIBUTE_VALUES.get(attribute)
    if (schema === undefined) return { op, attribute, value }
    const checked = safeParse(schema, value)
    if (checked.success) return { op, attribute, value: checked.data }
    context.addIssue({ code: 'custom', message: checked.error.issues[0]?.message ?? 'IMG.0001' })
    return z.NEVER
  })

export const updateImage = contract({
  id: 'UpdateImage',
  method: 'PATCH',
  path: '/v2/cloudimages/{image_id}',
  summary: 'Change attributes of an image',
  trace: imsTrace('updateImage'),
  actions: ['ims:images:update'],
  byEnterpriseProject: true,
  conditionalActions: [
    {
      action: 'ims:serverImages:create',
      when: 'the image moves to another enterprise project',
      applies: ({ body }) => body.some(({ attribute }) => attribute === 'enterprise_project_id'),
    },
  ],
  request: z.object({
    params: z.object({ image_id: z.string() }),
    body: z.array(AttributeChange, orFail('IMG.0001')).min(1, orFail('IMG.0001')),
  }),
  responses: { 200: ImageWire },
})
