import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import { listImages, renderImage, toFilters, updateImage } from '../contract/images.ts'
import { listCloudImages } from '../images/list.ts'
import { updateImageAttributes } from '../images/update.ts'

export const imageOperations: readonly Operation[] = [
  handle(listImages, (call, { query }) =>
    ok({ images: listCloudImages(contextOf(call), toFilters(query)).map(renderImage) }),
  ),
  handle(updateImage, (call, { params, body }) =>
    ok(renderImage(updateImageAttributes(contextOf(call), params.image_id, body))),
  ),
]
