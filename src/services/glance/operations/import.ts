import { z } from 'zod'
import { importStockImage, readImport } from '../rules/import.ts'
import { removeFromStore } from '../rules/stores.ts'
import { done, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'
import { useStores } from './stores.ts'

export const importImage = glanceOperation({
  id: 'GlanceImportImage',
  method: 'POST',
  path: '/v2/images/{image_id}/import',
  summary: 'Import staged bytes, which takes a while',
  edition: 'stock',
  body: 'document',
  document: z.looseObject({ method: z.looseObject({ name: z.string() }) }),
  responses: { 202: null },
  async handle(call) {
    const request = readImport(await call.document())
    const store = call.headers.get('x-image-meta-store')
    importStockImage(call, imageId(call), request, { store, requestId: call.requestId })
    useStores(call.world)
    return done(202)
  },
})

export const deleteFromStore = glanceOperation({
  id: 'GlanceDeleteFromStore',
  method: 'DELETE',
  path: '/v2/stores/{store_id}/{image_id}',
  summary: 'Take the bytes of an image from one of several stores',
  edition: 'stock',
  body: 'none',
  responses: { 204: null },
  handle: (call) => removeFromStore(call, call.params.store_id ?? '', imageId(call)),
})
