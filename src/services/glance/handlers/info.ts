import { ok } from '../../../contract/operation.ts'
import {
  cacheImage,
  clearCache,
  listCache,
  schemaContracts,
  stockSchemaContracts,
  uncacheImage,
} from '../contract/info.ts'
import { GlanceError, glanceWouldFail } from '../errors.ts'
import { stockSchemas } from '../rules/attributes.ts'
import cloudSchemas from '../rules/ims-schemas.json' with { type: 'json' }
import { checkAdmin, visibleImage } from '../rules/rights.ts'
import { glanceOperation } from './glance-operation.ts'

function schema(name: keyof typeof schemaContracts) {
  return glanceOperation(schemaContracts[name], ({ edition }) =>
    ok(edition === 'stock' ? stockSchemas[name] : cloudSchemas[`/v2/schemas/${name}`]),
  )
}

function stockSchema(name: keyof typeof stockSchemaContracts) {
  return glanceOperation(stockSchemaContracts[name], () => ok(stockSchemas[name]))
}

export const schemaOperations = [
  schema('image'),
  schema('images'),
  schema('member'),
  schema('members'),
  stockSchema('task'),
  stockSchema('tasks'),
  stockSchema('metadefs/namespace'),
  stockSchema('metadefs/namespaces'),
  stockSchema('metadefs/resource_type'),
  stockSchema('metadefs/resource_types'),
  stockSchema('metadefs/property'),
  stockSchema('metadefs/properties'),
  stockSchema('metadefs/object'),
  stockSchema('metadefs/objects'),
  stockSchema('metadefs/tag'),
  stockSchema('metadefs/tags'),
]

/** The refusal of a site without a cache, which only callers with the right to the cache see. */
function noCache(): GlanceError {
  return new GlanceError(404, 'Caching via API is not supported at this site.')
}

export const cacheOperations = [
  glanceOperation(listCache, ({ caller }) => {
    checkAdmin(caller, 'cache_list')
    throw noCache()
  }),
  glanceOperation(clearCache, ({ caller }) => {
    checkAdmin(caller, 'cache_delete')
    throw noCache()
  }),
  glanceOperation(uncacheImage, (call, { params }) => {
    try {
      visibleImage(call, params.image_id)
    } catch {
      throw glanceWouldFail('an image that is not there')
    }
    checkAdmin(call.caller, 'cache_delete')
    throw noCache()
  }),
  glanceOperation(cacheImage, (call, { params }) => {
    visibleImage(call, params.image_id, `Image ${params.image_id} not found.`)
    checkAdmin(call.caller, 'cache_image')
    throw noCache()
  }),
]
