import { z } from 'zod'
import { rawBytes } from '../../../contract/media-type.ts'
import { imageTrace } from '../../ims/contract/trace.ts'
import { newImport } from '../rules/import-document.ts'
import { glanceContract, ImageParams, inBoth, NoParams } from './glance-contract.ts'

export const uploadImage = glanceContract({
  id: 'GlanceUploadImage',
  method: 'PUT',
  path: '/v2/images/{image_id}/file',
  summary: 'Upload the bytes of an image',
  trace: imageTrace('updateImage'),
  actions: ['ims:images:get', 'ims:images:update', 'ims:images:upload'],
  body: 'bytes',
  params: ImageParams,
  responses: { 204: null },
})

export const stageImage = glanceContract({
  id: 'GlanceStageImage',
  method: 'PUT',
  path: '/v2/images/{image_id}/stage',
  summary: 'Stage the bytes of an image for an import',
  edition: 'stock',
  body: 'bytes',
  params: ImageParams,
  responses: { 204: null },
})

export const downloadImage = glanceContract({
  id: 'GlanceDownloadImage',
  method: 'GET',
  path: '/v2/images/{image_id}/file',
  summary: 'Download the bytes of an image, or a range of them',
  actions: ['ims:images:get'],
  body: 'none',
  params: ImageParams,
  responses: { 200: rawBytes, 204: null, 206: rawBytes },
})

export const importImage = glanceContract({
  id: 'GlanceImportImage',
  method: 'POST',
  path: '/v2/images/{image_id}/import',
  summary: 'Import the bytes of an image as a task',
  edition: 'stock',
  body: 'document',
  params: ImageParams,
  document: inBoth(newImport),
  responses: { 202: null },
})

export const deleteFromStore = glanceContract({
  id: 'GlanceDeleteFromStore',
  method: 'DELETE',
  path: '/v2/stores/{store_id}/{image_id}',
  summary: 'Delete the bytes of an image from a store',
  edition: 'stock',
  body: 'none',
  params: z.object({ store_id: z.string(), image_id: z.string() }),
  responses: { 204: null },
})

const ImportMethodsWire = z.strictObject({
  description: z.string(),
  type: z.literal('array'),
  value: z.array(z.string()),
})

export const showImportInfo = glanceContract({
  id: 'GlanceShowImportInfo',
  method: 'GET',
  path: '/v2/info/import',
  summary: 'List the methods of import',
  edition: 'stock',
  body: 'none',
  params: NoParams,
  responses: { 200: z.strictObject({ 'import-methods': ImportMethodsWire }) },
})

const StoreWire = z.strictObject({ id: z.string(), default: z.literal('true') })

const StoreDetailWire = z.strictObject({
  ...StoreWire.shape,
  type: z.literal('file'),
  properties: z.strictObject({
    data_dir: z.string(),
    chunk_size: z.int(),
    thin_provisioning: z.boolean(),
  }),
})

export const listStores = glanceContract({
  id: 'GlanceListStores',
  method: 'GET',
  path: '/v2/info/stores',
  summary: 'List the stores',
  edition: 'stock',
  body: 'none',
  params: NoParams,
  responses: { 200: z.strictObject({ stores: z.array(StoreWire) }) },
})

export const showStores = glanceContract({
  id: 'GlanceShowStores',
  method: 'GET',
  path: '/v2/info/stores/detail',
  summary: 'List the stores with their properties, for administrators',
  edition: 'stock',
  body: 'none',
  params: NoParams,
  responses: { 200: z.strictObject({ stores: z.array(StoreDetailWire) }) },
})

export const showUsage = glanceContract({
  id: 'GlanceShowUsage',
  method: 'GET',
  path: '/v2/info/usage',
  summary: 'Show the usage of limits in Keystone, of which there are none',
  edition: 'stock',
  body: 'fatal',
  params: NoParams,
  responses: { 200: z.strictObject({ usage: z.strictObject({}) }) },
})
