import { z } from 'zod'
import { describeImage } from '../../cloud/images/create.ts'
import { deleteImage as removeImage } from '../../cloud/images/delete.ts'
import { findVisibleImage } from '../../cloud/images/find.ts'
import { parseTag } from '../../cloud/tags/tag.ts'
import { GlanceError } from '../../kernel/errors.ts'
import { type Call, callerOf, noContent, ok, operation } from '../../operations/operation.ts'
import type { Image } from '../../store/images.ts'
import { ImageWire, renderImage } from '../ims/wire.ts'

const ImageParams = z.object({ image_id: z.string() })

/** The image that a native call names; one the caller may not see is not there (404). */
export function visibleImage(call: Call, id: string): Image {
  const image = findVisibleImage(call.world, callerOf(call), id)
  if (image === undefined) throw new GlanceError(404, `No image found with ID ${id}`)
  return image
}

export const showImage = operation({
  id: 'GlanceShowImage',
  face: 'openstack',
  method: 'GET',
  path: '/v2/images/{image_id}',
  summary: 'Show an image',
  action: 'ims:images:get',
  request: z.object({ params: ImageParams }),
  responses: { 200: ImageWire },
  handle: (call, { params }) => ok(renderImage(visibleImage(call, params.image_id))),
})

const MetadataBody = z
  .object({
    name: z.string().max(255).default(''),
    __os_version: z.string().optional(),
    visibility: z.literal('private').default('private'),
    protected: z.boolean().default(false),
    container_format: z.literal('bare').default('bare'),
    disk_format: z.enum(['zvhd2', 'vhd', 'raw', 'qcow2']).default('zvhd2'),
    tags: z.array(z.string().max(255)).default([]),
    min_ram: z.int().min(0).default(0),
    min_disk: z.int().min(0).max(1024).default(0),
  })
  .catchall(z.string())

export const createImageMetadata = operation({
  id: 'GlanceCreateImageMetadata',
  face: 'openstack',
  method: 'POST',
  path: '/v2/images',
  summary: 'Describe an image whose bytes are uploaded later',
  action: 'ims:images:create',
  request: z.object({ body: MetadataBody }),
  responses: { 201: ImageWire },
  handle(call, { body }) {
    const {
      name,
      __os_version,
      visibility,
      container_format,
      disk_format,
      min_ram,
      min_disk,
      tags,
      ...rest
    } = body
    const { protected: isProtected, ...attributes } = rest
    const id = describeImage(call.world, callerOf(call), {
      name,
      osVersion: __os_version,
      protected: isProtected,
      containerFormat: container_format,
      diskFormat: disk_format,
      minDisk: min_disk,
      minRam: min_ram,
      tags: tags.map(parseTag),
      attributes,
    })
    return {
      status: 201,
      body: renderImage(visibleImage(call, id)),
      headers: { Location: `${call.origin}/v2/images/${id}` },
    }
  },
})

export const deleteImage = operation({
  id: 'GlanceDeleteImage',
  face: 'openstack',
  method: 'DELETE',
  path: '/v2/images/{image_id}',
  summary: 'Delete an image',
  action: 'ims:images:delete',
  request: z.object({ params: ImageParams }),
  responses: { 204: null },
  handle(call, { params }) {
    removeImage(call.world, callerOf(call), visibleImage(call, params.image_id))
    return noContent()
  },
})
