import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import { listImages, renderImage, updateImage } from '../contract/images.ts'
import { listOsVersions, renderPlatforms } from '../contract/os-versions.ts'
import { showImageQuota } from '../contract/quota.ts'
import { listCloudImages } from '../images/list.ts'
import { updateImageAttributes } from '../images/update.ts'
import { osVersionsByPlatform } from '../os-table.ts'
import { listQuotas } from '../quotas.ts'
import { readFilters } from './filters.ts'

/** Calls about the images of a project, how many it may have, and the operating systems that they may hold. */
export const imageOperations: readonly Operation[] = [
  handle(listImages, (call, { query }) =>
    ok({ images: listCloudImages(contextOf(call), readFilters(call, query)).map(renderImage) }),
  ),
  handle(updateImage, (call, { params, body }) =>
    ok(renderImage(updateImageAttributes(contextOf(call), params.image_id, body))),
  ),
  handle(showImageQuota, (call) => ok({ quotas: { resources: listQuotas(contextOf(call)) } })),
  handle(listOsVersions, ({ world }, { query: { tag } }) =>
    ok(renderPlatforms(osVersionsByPlatform(world.db, tag === undefined ? [] : [tag].flat()))),
  ),
]
