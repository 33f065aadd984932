import type { Method } from '../../../contract/operation.ts'
import { GlanceError } from '../errors.ts'
import { glanceWouldFail } from '../rules/refusals.ts'
import { checkAdmin, visibleImage } from '../rules/rights.ts'
import { type GlanceCall, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'

/** The recorded Glance has no cache: whoever may use one learns that. */
function declare(
  id: string,
  method: Method,
  path: string,
  summary: string,
  check: (call: GlanceCall) => void,
) {
  return glanceOperation({
    id,
    method,
    path,
    summary,
    edition: 'stock',
    body: method === 'GET' ? 'none' : 'fatal',
    responses: {},
    handle(call) {
      check(call)
      throw new GlanceError(404, 'Caching via API is not supported at this site.')
    },
  })
}

export const listCache = declare(
  'GlanceListCache',
  'GET',
  '/v2/cache',
  'What is in the cache',
  ({ caller }) => checkAdmin(caller, 'cache_list'),
)

export const clearCache = declare(
  'GlanceClearCache',
  'DELETE',
  '/v2/cache',
  'Empty the cache',
  ({ caller }) => checkAdmin(caller, 'cache_delete'),
)

export const uncacheImage = declare(
  'GlanceUncacheImage',
  'DELETE',
  '/v2/cache/{image_id}',
  'Take an image out of the cache',
  (call) => {
    try {
      visibleImage(call, imageId(call))
    } catch {
      throw glanceWouldFail('an image that is not there')
    }
    checkAdmin(call.caller, 'cache_delete')
  },
)

export const cacheImage = declare(
  'GlanceCacheImage',
  'PUT',
  '/v2/cache/{image_id}',
  'Put an image into the cache',
  (call) => {
    const { caller } = call
    visibleImage(call, imageId(call), `Image ${imageId(call)} not found.`)
    checkAdmin(caller, 'cache_image')
  },
)
