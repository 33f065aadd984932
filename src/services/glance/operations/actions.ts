import { noContent } from '../../../contract/operation.ts'
import { setActive } from '../rules/actions.ts'
import { setCloudActive } from '../rules/huawei/status.ts'
import { done, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'

function declare(id: string, action: 'deactivate' | 'reactivate', summary: string) {
  return glanceOperation({
    id,
    method: 'POST',
    path: `/v2/images/{image_id}/actions/${action}`,
    summary,
    actions: ['ims:images:update'],
    body: 'none',
    responses: { 204: null },
    handle(call) {
      const set = call.edition === 'stock' ? setActive : setCloudActive
      set(call, imageId(call), action)
      return call.edition === 'stock' ? done() : noContent()
    },
  })
}

export const deactivateImage = declare(
  'GlanceDeactivateImage',
  'deactivate',
  'Keep everybody but administrators from the bytes of an image',
)
export const reactivateImage = declare(
  'GlanceReactivateImage',
  'reactivate',
  'Give the bytes of an image free again',
)
