import { dirname } from 'node:path'
import { z } from 'zod'
import { ok } from '../../../contract/operation.ts'
import { IMPORT_METHODS } from '../rules/import.ts'
import { checkAdmin } from '../rules/rights.ts'
import { STORE } from '../rules/view.ts'
import { glanceOperation } from './glance-operation.ts'
import { useStores } from './stores.ts'

export const showImportInfo = glanceOperation({
  id: 'GlanceShowImportInfo',
  method: 'GET',
  path: '/v2/info/import',
  summary: 'The ways in which bytes can be imported',
  edition: 'stock',
  body: 'none',
  responses: { 200: z.strictObject({ 'import-methods': z.looseObject({ value: z.array(z.string()) }) }) },
  handle: () =>
    ok({
      'import-methods': {
        description: 'Import methods available.',
        type: 'array',
        value: [...IMPORT_METHODS],
      },
    }),
})

const StoreWire = z.looseObject({ id: z.string(), default: z.literal('true') })

export const listStores = glanceOperation({
  id: 'GlanceListStores',
  method: 'GET',
  path: '/v2/info/stores',
  summary: 'The stores that keep the bytes of images',
  edition: 'stock',
  body: 'none',
  responses: { 200: z.strictObject({ stores: z.array(StoreWire) }) },
  handle: () => ok({ stores: [{ id: STORE, default: 'true' }] }),
})

/** How many bytes the recorded Glance reads at once. */
const CHUNK = 65_536

export const showStores = glanceOperation({
  id: 'GlanceShowStores',
  method: 'GET',
  path: '/v2/info/stores/detail',
  summary: 'The stores with where and how they keep bytes, for administrators',
  edition: 'stock',
  body: 'none',
  responses: { 200: z.strictObject({ stores: z.array(StoreWire) }) },
  handle({ world, caller }) {
    checkAdmin(caller, 'stores_info_detail')
    useStores(world)
    const properties = {
      data_dir: dirname(world.blobs.path('any')),
      chunk_size: CHUNK,
      thin_provisioning: false,
    }
    return ok({ stores: [{ id: STORE, default: 'true', type: 'file', properties }] })
  },
})

export const showUsage = glanceOperation({
  id: 'GlanceShowUsage',
  method: 'GET',
  path: '/v2/info/usage',
  summary: 'What of the limits in Keystone is used: there are none',
  edition: 'stock',
  body: 'fatal',
  responses: { 200: z.strictObject({ usage: z.strictObject({}) }) },
  handle: () => ok({ usage: {} }),
})
