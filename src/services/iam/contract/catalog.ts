import { z } from 'zod'
import { contract, nothing } from '../../../contract/operation.ts'

/** The link of one resource. */
export const LinkWire = z.strictObject({ self: z.string() })

/** The links of a list. There is never a next page: clients ask for pages by number. */
export const ListLinksWire = z.strictObject({ self: z.string(), previous: z.null(), next: z.null() })
export type ListLinksWire = z.input<typeof ListLinksWire>

const VersionWire = z.strictObject({
  version: z.strictObject({
    id: z.string(),
    status: z.literal('stable'),
    updated: z.string(),
    links: z.array(z.strictObject({ rel: z.literal('self'), href: z.string() })),
    'media-types': z.array(z.strictObject({ base: z.string(), type: z.string() })),
  }),
})
export type VersionWire = z.input<typeof VersionWire>

/** OpenStack clients find out here that they talk to a Keystone of version 3. Some of them append a slash. */
function versionAt(path: '/v3' | '/v3/', id: string) {
  return contract({
    id,
    method: 'GET',
    path,
    summary: 'The version of the identity API',
    authenticated: false,
    request: nothing,
    responses: { 200: VersionWire },
  })
}

export const showVersion = versionAt('/v3', 'KeystoneShowVersion')
export const showVersionAtSlash = versionAt('/v3/', 'KeystoneShowVersionAtSlash')

const Interface = z.enum(['public', 'internal', 'admin'])

/** The catalogue, as tokens contain it too. */
export const CatalogWire = z.array(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    endpoints: z.array(
      z.strictObject({
        id: z.string(),
        interface: Interface,
        region: z.string(),
        region_id: z.string(),
        url: z.string(),
      }),
    ),
  }),
)
export type CatalogWire = z.input<typeof CatalogWire>

export const showCatalog = contract({
  id: 'KeystoneShowCatalog',
  method: 'GET',
  path: '/v3/auth/catalog',
  summary: 'Show the catalogue of services that the caller can reach',
  request: nothing,
  responses: { 200: z.strictObject({ catalog: CatalogWire, links: ListLinksWire }) },
})

const ServiceWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  description: z.string(),
  enabled: z.literal(true),
  links: LinkWire,
})
export type ServiceWire = z.input<typeof ServiceWire>

export const listServices = contract({
  id: 'KeystoneListServices',
  method: 'GET',
  path: '/v3/services',
  summary: 'List services',
  request: z.object({ query: z.object({ type: z.string().optional() }) }),
  responses: { 200: z.strictObject({ services: z.array(ServiceWire), links: ListLinksWire }) },
})

export const showService = contract({
  id: 'KeystoneShowService',
  method: 'GET',
  path: '/v3/services/{service_id}',
  summary: 'Show a service',
  request: z.object({ params: z.object({ service_id: z.string() }) }),
  responses: { 200: z.strictObject({ service: ServiceWire }) },
})

const EndpointWire = z.strictObject({
  id: z.string(),
  interface: Interface,
  region: z.string(),
  region_id: z.string(),
  service_id: z.string(),
  url: z.string(),
  enabled: z.literal(true),
  links: LinkWire,
})

/** The cloud has public endpoints only; a Keystone lists the same address under all three interfaces. */
export const listEndpoints = contract({
  id: 'KeystoneListEndpoints',
  method: 'GET',
  path: '/v3/endpoints',
  summary: 'List endpoints',
  request: z.object({
    query: z.object({
      interface: Interface.optional(),
      service_id: z.string().optional(),
    }),
  }),
  responses: { 200: z.strictObject({ endpoints: z.array(EndpointWire), links: ListLinksWire }) },
})

const RegionWire = z.strictObject({
  id: z.string(),
  type: z.literal('public'),
  description: z.string(),
  parent_region_id: z.null(),
  locales: z.strictObject({ 'en-us': z.string(), 'zh-cn': z.string() }),
  links: LinkWire,
})
export type RegionWire = z.input<typeof RegionWire>

export const listRegions = contract({
  id: 'KeystoneListRegions',
  method: 'GET',
  path: '/v3/regions',
  summary: 'List regions',
  request: nothing,
  responses: { 200: z.strictObject({ regions: z.array(RegionWire), links: ListLinksWire }) },
})

export const showRegion = contract({
  id: 'KeystoneShowRegion',
  method: 'GET',
  path: '/v3/regions/{region_id}',
  summary: 'Show a region',
  request: z.object({ params: z.object({ region_id: z.string() }) }),
  responses: { 200: z.strictObject({ region: RegionWire }) },
})
