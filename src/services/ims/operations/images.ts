import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { listCloudImages } from '../images/list.ts'
import { updateImageAttributes } from '../images/update.ts'
import { Description, EnterpriseProjectId, ImageName, RamText } from './fields.ts'
import { listQuery, toFilters } from './list-query.ts'
import { ImageWire, renderImage } from './wire.ts'

export const listImages = operation({
  id: 'ListImages',
  method: 'GET',
  path: '/v2/cloudimages',
  summary: 'List images: public ones, private ones, ones shared with the project',
  actions: ['ims:images:list'],
  byEnterpriseProject: true,
  ignores: ['page', 'offset'],
  request: z.object({ query: listQuery('sort_key', 'sort_dir') }),
  responses: { 200: z.object({ images: z.array(ImageWire) }) },
  handle: (call, { query }) =>
    ok({ images: listCloudImages(contextOf(call), toFilters(query)).map(renderImage) }),
})

/** Attributes whose values have a form of their own. */
const VALUE_FORMS: ReadonlyMap<string, z.ZodType<string | number>> = new Map<
  string,
  z.ZodType<string | number>
>([
  ['name', ImageName],
  ['__description', Description],
  ['min_ram', RamText],
  ['max_ram', RamText],
  ['enterprise_project_id', EnterpriseProjectId],
  ['hw_firmware_type', z.enum(['bios', 'uefi'], orFail('IMG.0141'))],
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
    const form = op === 'remove' ? undefined : VALUE_FORMS.get(attribute)
    if (form === undefined) return { op, attribute, value }
    const checked = form.safeParse(value)
    if (checked.success) return { op, attribute, value: checked.data }
    context.addIssue({ code: 'custom', message: checked.error.issues[0]?.message ?? 'IMG.0001' })
    return z.NEVER
  })

const AttributeChanges = z.array(AttributeChange, orFail('IMG.0001')).min(1, orFail('IMG.0001'))

export const updateImage = operation({
  id: 'UpdateImage',
  method: 'PATCH',
  path: '/v2/cloudimages/{image_id}',
  summary: 'Change attributes of an image',
  actions: ['ims:images:update'],
  byEnterpriseProject: true,
  conditionalActions: [
    {
      action: 'ims:serverImages:create',
      when: 'the image moves to another enterprise project',
      applies: ({ body }) => body.some(({ attribute }) => attribute === 'enterprise_project_id'),
    },
  ],
  request: z.object({ params: z.object({ image_id: z.string() }), body: AttributeChanges }),
  responses: { 200: ImageWire },
  handle: (call, { params, body }) =>
    ok(renderImage(updateImageAttributes(contextOf(call), params.image_id, body))),
})
