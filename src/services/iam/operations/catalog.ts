import { z } from 'zod'
import { type Call, callerOf, nothing, ok, operation } from '../../../contract/operation.ts'
import { catalogFor, type Endpoint, listServices, type Service } from '../rules/catalog.ts'
import { CatalogWire, renderCatalog } from './catalog-wire.ts'
import { LinkWire, ListLinksWire, linksOfList, linkTo } from './wire.ts'

export const showCatalog = operation({
  id: 'KeystoneShowCatalog',
  method: 'GET',
  path: '/v3/auth/catalog',
  summary: 'Show the catalogue of services that the caller can reach',
  request: nothing,
  responses: { 200: z.strictObject({ catalog: CatalogWire, links: ListLinksWire }) },
  handle(call) {
    const { domainScoped, region } = callerOf(call)
    const catalog = renderCatalog(call, catalogFor(call.world, domainScoped ? undefined : region))
    return ok({ catalog, links: linksOfList(call, '/v3/auth/catalog') })
  },
})

const ServiceWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  description: z.string(),
  enabled: z.literal(true),
  links: LinkWire,
})

function renderService(call: Call, service: Service): z.output<typeof ServiceWire> {
  const { id, name, type, description } = service
  return { id, name, type, description, enabled: true, links: linkTo(call, 'services', id) }
}

export const listAllServices = operation({
  id: 'KeystoneListServices',
  method: 'GET',
  path: '/v3/services',
  summary: 'List services',
  request: z.object({ query: z.object({ type: z.string().optional() }) }),
  responses: { 200: z.strictObject({ services: z.array(ServiceWire), links: ListLinksWire }) },
  handle(call, { query: { type } }) {
    const services = listServices(call.world).filter((service) => type === undefined || service.type === type)
    return ok({
      services: services.map((service) => renderService(call, service)),
      links: linksOfList(call, '/v3/services'),
    })
  },
})

const EndpointWire = z.strictObject({
  id: z.string(),
  interface: z.literal('public'),
  region: z.string(),
  region_id: z.string(),
  service_id: z.string(),
  url: z.string(),
  enabled: z.literal(true),
  links: LinkWire,
})

function renderEndpoint(
  call: Call,
  { id, region, serviceId, path }: Endpoint,
): z.output<typeof EndpointWire> {
  return {
    id,
    interface: 'public',
    region,
    region_id: region,
    service_id: serviceId,
    url: call.base + path,
    enabled: true,
    links: linkTo(call, 'endpoints', id),
  }
}

const EndpointsQuery = z.object({
  interface: z.enum(['public', 'internal', 'admin']).optional(),
  service_id: z.string().optional(),
})

/** All endpoints are public: there is none behind the other two interfaces that Keystone knows. */
export const listAllEndpoints = operation({
  id: 'KeystoneListEndpoints',
  method: 'GET',
  path: '/v3/endpoints',
  summary: 'List endpoints',
  request: z.object({ query: EndpointsQuery }),
  responses: { 200: z.strictObject({ endpoints: z.array(EndpointWire), links: ListLinksWire }) },
  handle(call, { query }) {
    const endpoints = listServices(call.world)
      .flatMap((service) => service.endpoints)
      .filter(({ serviceId }) => query.service_id === undefined || query.service_id === serviceId)
      .filter(() => query.interface === undefined || query.interface === 'public')
    return ok({
      endpoints: endpoints.map((endpoint) => renderEndpoint(call, endpoint)),
      links: linksOfList(call, '/v3/endpoints'),
    })
  },
})
