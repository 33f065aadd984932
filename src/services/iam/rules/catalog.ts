import { listRegions } from '../../../accounts/queries/projects.ts'
import type { CatalogueEntry } from '../../../simulation/cloud.ts'
import type { World } from '../../../simulation/world.ts'
import { stableId } from './stable-id.ts'

/** A service of the emulated cloud, as catalogues name it. */
export interface Service {
  id: string
  /** What clients look it up by. */
  type: string
  name: string
  description: string
  endpoints: readonly Endpoint[]
}

export interface Endpoint {
  id: string
  serviceId: string
  /** `*` for a service that is the same in all regions. */
  region: string
  /** Behind the address of this server. */
  path: string
}

const EVERYWHERE = '*'

/** All services with all their endpoints. */
export function listServices({ db, cloud }: World): Service[] {
  const regions = listRegions(db)
  return cloud.catalogue.map((kind) => serviceOf(kind, regions))
}

/**
 * What can be reached with a token of a project in a region: the services there and those that are everywhere. With one
 * of the domain alone, these only.
 */
export function catalogFor({ db, cloud }: World, region: string | undefined): Service[] {
  if (region !== undefined) return cloud.catalogue.map((kind) => serviceOf(kind, [region]))
  const regions = listRegions(db)
  return cloud.catalogue.filter(({ reach }) => reach !== 'region').map((kind) => serviceOf(kind, regions))
}

function serviceOf(
  { type, name, description, path, reach }: CatalogueEntry,
  regions: readonly string[],
): Service {
  const id = stableId('service', type)
  const places = [...(reach === 'region' ? [] : [EVERYWHERE]), ...(reach === 'everywhere' ? [] : regions)]
  const endpoints = places.map((region) => ({
    id: stableId('endpoint', type, region),
    serviceId: id,
    region,
    path,
  }))
  return { id, type, name, description, endpoints }
}
