import { z } from 'zod'
import { type Call, nothing, ok, operation } from '../../../contract/operation.ts'
import { listNamedRegions, type Region, showRegion } from '../rules/regions.ts'
import { LinkWire, ListLinksWire, linksOfList, linkTo } from './wire.ts'

const RegionWire = z.strictObject({
  id: z.string(),
  type: z.literal('public'),
  description: z.string(),
  parent_region_id: z.null(),
  locales: z.strictObject({ 'en-us': z.string(), 'zh-cn': z.string() }),
  links: LinkWire,
})

function renderRegion(call: Call, { id, english, chinese }: Region): z.output<typeof RegionWire> {
  return {
    id,
    type: 'public',
    description: '',
    parent_region_id: null,
    locales: { 'en-us': english, 'zh-cn': chinese },
    links: linkTo(call, 'regions', id),
  }
}

export const listAllRegions = operation({
  id: 'KeystoneListRegions',
  method: 'GET',
  path: '/v3/regions',
  summary: 'List regions',
  request: nothing,
  responses: { 200: z.strictObject({ regions: z.array(RegionWire), links: ListLinksWire }) },
  handle: (call) =>
    ok({
      regions: listNamedRegions(call.world).map((region) => renderRegion(call, region)),
      links: linksOfList(call, '/v3/regions'),
    }),
})

export const showOneRegion = operation({
  id: 'KeystoneShowRegion',
  method: 'GET',
  path: '/v3/regions/{region_id}',
  summary: 'Show a region',
  request: z.object({ params: z.object({ region_id: z.string() }) }),
  responses: { 200: z.strictObject({ region: RegionWire }) },
  handle: (call, { params }) => ok({ region: renderRegion(call, showRegion(call.world, params.region_id)) }),
})
