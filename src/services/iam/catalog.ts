import { createHash } from 'node:crypto'
import { listRegions } from '../../accounts/queries/projects.ts'
import type { CatalogueEntry, EndpointInterface } from '../../simulation/cloud.ts'
import type { World } from '../../simulation/world.ts'
import { notFound } from './errors.ts'

/** A service of the emulated cloud in a catalogue. */
export interface CatalogService {
  id: string
  /** The name by which clients look it up. */
  type: string
  name: string
  description: string
  endpoints: readonly Endpoint[]
}

interface Endpoint {
  id: string
  serviceId: string
  interface: EndpointInterface
  /** `*` for a service that is the same in all regions. */
  region: string
  /** The service's name before the region in the addresses of the cloud. */
  host: string | undefined
  /** Behind the address of the service, see {@link endpointPath}. */
  path: string
}

/** Lists all services with all their endpoints. */
export function listServices(world: World): CatalogService[] {
  const regions = listRegions(world.db)
  return entriesOf(world).map((entry) => serviceOf(entry, regions))
}

/** The entries of the world's cloud. */
function entriesOf({ cloud, scenario }: World): readonly CatalogueEntry[] {
  return cloud.catalogue.filter((entry) => entry.cloud === undefined || entry.cloud === scenario.cloud)
}

/**
 * Lists the services that a token reaches. A token of a project reaches the services of its region and those without a
 * region; a token of a domain (no region) reaches only the latter.
 */
export function catalogFor(world: World, region: string | undefined): CatalogService[] {
  const entries = entriesOf(world)
  if (region !== undefined) return entries.map((entry) => serviceOf(entry, [region]))
  const regions = listRegions(world.db)
  return entries.filter(({ reach }) => reach !== 'region').map((entry) => serviceOf(entry, regions))
}

/** The path of an endpoint for a project; in lists for nobody in particular it is a placeholder, as in Keystone. */
export function endpointPath({ path }: Pick<Endpoint, 'path'>, projectId = '$(project_id)s'): string {
  return path.replace('{project_id}', projectId)
}

const EVERYWHERE = '*'

function serviceOf(
  { type, name, description, host, path, reach, interfaces = ['public'] }: CatalogueEntry,
  regions: readonly string[],
): CatalogService {
  const id = stableId('service', type)
  const places = [...(reach === 'region' ? [] : [EVERYWHERE]), ...(reach === 'everywhere' ? [] : regions)]
  const endpoints = places.flatMap((region) =>
    interfaces.map((each) => ({
      id: stableId('endpoint', type, region, ...(each === 'public' ? [] : [each])),
      serviceId: id,
      interface: each,
      region,
      host,
      path,
    })),
  )
  return { id, type, name, description, endpoints }
}

/** Makes the id of something without a row (a service, an endpoint, an agency): 32 hex digits, the same on every start. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)
}

/** A region with its names for people. */
export interface Region {
  id: string
  english: string
  chinese: string
}

/** Names of regions for people; a region that is not listed is called by its id. */
const REGION_NAMES: ReadonlyMap<string, readonly [english: string, chinese: string]> = new Map([
  ['af-south-1', ['AF-Johannesburg', '非洲-约翰内斯堡']],
  ['ap-southeast-1', ['CN-Hong Kong', '中国-香港']],
  ['ap-southeast-2', ['AP-Bangkok', '亚太-曼谷']],
  ['ap-southeast-3', ['AP-Singapore', '亚太-新加坡']],
  ['cn-east-2', ['CN East-Shanghai2', '华东-上海二']],
  ['cn-east-3', ['CN East-Shanghai1', '华东-上海一']],
  ['cn-north-1', ['CN North-Beijing1', '华北-北京一']],
  ['cn-north-4', ['CN North-Beijing4', '华北-北京四']],
  ['cn-south-1', ['CN South-Guangzhou', '华南-广州']],
  ['cn-southwest-2', ['CN Southwest-Guiyang1', '西南-贵阳一']],
])

/** Lists the regions that have at least one project. */
export function listNamedRegions({ db }: World): Region[] {
  return listRegions(db).map((id) => {
    const [english, chinese] = REGION_NAMES.get(id) ?? [id, id]
    return { id, english, chinese }
  })
}

/** @throws IamError 404 */
export function findRegion(world: World, id: string): Region {
  const region = listNamedRegions(world).find((one) => one.id === id)
  if (region === undefined) throw notFound('region', id)
  return region
}
