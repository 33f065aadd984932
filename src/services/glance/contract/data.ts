import { z } from 'zod'
import { rawBytes } from '../../../contract/media-type.ts'
import { newImport } from '../rules/import-document.ts'
import { glanceContract, ImageParams, inBoth, NoParams } from './glance-contract.ts'

export const uploadImage = glanceContract({
  id: 'GlanceUploadImage',
  method: 'PUT',
  path: '/v2/images/{image_id}/file',
  summary: 'Upload the bytes of an image',
  actions: ['ims:images:get', 'ims:images:update', 'ims:images:upload'],
  body: 'bytes',
  params: ImageParams,
  responses: { 204: null },
})

export const stageImage = glanceContract({
  id: 'GlanceStageImage',
  method: 'PUT',
  path: '/v2/images/{image_id}/stage',
  summary: 'Put the bytes of an image aside for an import',
  edition: 'stock',
  body: 'bytes',
  params: ImageParams,
  responses: { 204: null },
})

export const downloadImage = glanceContract({
  id: 'GlanceDownloadImage',
  method: 'GET',
  path: '/v2/images/{image_id}/file',
  summary: 'Download the bytes of an image, whole or a range of them',
  actions: ['ims:images:get'],
  body: 'none',
  params: ImageParams,
  responses: { 200: rawBytes, 204: null, 206: rawBytes },
})

export const importImage = glanceContract({
  id: 'GlanceImportImage',
  method: 'POST',
  path: '/v2/images/{image_id}/import',
  summary: 'Import staged bytes, which takes a while',
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
  summary: 'Take the bytes of an image from one of several stores',
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
  summary: 'The ways in which bytes can be imported',
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
  summary: 'The stores that keep the bytes of images',
  edition: 'stock',
  body: 'none',
  params: NoParams,
  responses: { 200: z.strictObject({ stores: z.array(StoreWire) }) },
})

export const showStores = glanceContract({
  id: 'GlanceShowStores',
  method: 'GET',
  path: '/v2/info/stores/detail',
  summary: 'The stores with where and how they keep bytes, for administrators',
  edition: 'stock',
  body: 'none',
  params: NoParams,
  responses: { 200: z.strictObject({ stores: z.array(StoreDetailWire) }) },
})

export const showUsage = glanceContract({
  id: 'GlanceShowUsage',
  method: 'GET',
  path: '/v2/info/usage',
  summary: 'What of the limits in Keystone is used: there are none',
  edition: 'stock',
  body: 'fatal',
  params: NoParams,
  responses: { 200: z.strictObject({ usage: z.strictObject({}) }) },
})
