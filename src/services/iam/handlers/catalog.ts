import { type Call, callerOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import {
  type CatalogService,
  catalogFor,
  endpointPath,
  findRegion,
  listNamedRegions,
  listServices,
  type Region,
} from '../catalog.ts'
import * as contract from '../contract/catalog.ts'
import { notFound } from '../errors.ts'

/** Renders the link of one resource. */
export function linkTo(call: Call, noun: string, id: string): { self: string } {
  return { self: `${call.base}/v3/${noun}/${id}` }
}

/** Renders the links of a list. */
export function linksOfList(call: Call, path: string): contract.ListLinksWire {
  const query = call.search === '' ? '' : `?${call.search}`
  return { self: `${call.base}${path}${query}`, previous: null, next: null }
}

/** Renders the catalogue for a project, if there is one; every address in it is an address of this server. */
export function renderCatalog(
  call: Call,
  services: readonly CatalogService[],
  projectId: string | undefined,
): contract.CatalogWire {
  return services.map(({ id, name, type, endpoints }) => ({
    id,
    name,
    type,
    endpoints: endpoints.map((endpoint) => ({
      id: endpoint.id,
      interface: endpoint.interface,
      region: endpoint.region,
      region_id: endpoint.region,
      url: call.addressOf(endpoint.host, endpoint.region) + endpointPath(endpoint, projectId),
    })),
  }))
}

/** Operations about the identity API itself, the catalogue and the regions. */
export const catalogOperations: readonly Operation[] = [
  handle(contract.showVersion, (call) => ok(renderVersion(call))),
  handle(contract.showVersionAtSlash, (call) => ok(renderVersion(call))),

  handle(contract.showCatalog, (call) => {
    const { domainScoped, region, projectId } = callerOf(call)
    const services = catalogFor(call.world, domainScoped ? undefined : region)
    const catalog = renderCatalog(call, services, projectId)
    return ok({ catalog, links: linksOfList(call, '/v3/auth/catalog') })
  }),

  handle(contract.listRegions, (call) =>
    ok({
      regions: listNamedRegions(call.world).map((region) => renderRegion(call, region)),
      links: linksOfList(call, '/v3/regions'),
    }),
  ),
  handle(contract.showRegion, (call, { params }) =>
    ok({ region: renderRegion(call, findRegion(call.world, params.region_id)) }),
  ),

  handle(contract.listServices, (call, { query: { type } }) => {
    const services = listServices(call.world).filter((service) => type === undefined || service.type === type)
    return ok({
      services: services.map((service) => renderService(call, service)),
      links: linksOfList(call, '/v3/services'),
    })
  }),
  handle(contract.showService, (call, { params: { service_id: id } }) => {
    const found = listServices(call.world).find((service) => service.id === id)
    if (found === undefined) throw notFound('service', id)
    return ok({ service: renderService(call, found) })
  }),

  handle(contract.listEndpoints, (call, { query }) => {
    const endpoints = listServices(call.world)
      .flatMap((service) => service.endpoints)
      .filter(({ serviceId }) => query.service_id === undefined || query.service_id === serviceId)
      .filter((endpoint) => query.interface === undefined || query.interface === endpoint.interface)
    return ok({
      endpoints: endpoints.map(({ id, interface: each, region, serviceId, host, path }) => ({
        id,
        interface: each,
        region,
        region_id: region,
        service_id: serviceId,
        url: call.addressOf(host, region) + endpointPath({ path }),
        enabled: true,
        links: linkTo(call, 'endpoints', id),
      })),
      links: linksOfList(call, '/v3/endpoints'),
    })
  }),
]

function renderVersion(call: Call): contract.VersionWire {
  return {
    version: {
      id: 'v3.6',
      status: 'stable',
      updated: '2016-04-04T00:00:00Z',
      links: [{ rel: 'self', href: `${call.base}/v3/` }],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
    },
  }
}

function renderService(call: Call, { id, name, type, description }: CatalogService): contract.ServiceWire {
  return { id, name, type, description, enabled: true, links: linkTo(call, 'services', id) }
}

function renderRegion(call: Call, { id, english, chinese }: Region): contract.RegionWire {
  return {
    id,
    type: 'public',
    description: '',
    parent_region_id: null,
    locales: { 'en-us': english, 'zh-cn': chinese },
    links: linkTo(call, 'regions', id),
  }
}
