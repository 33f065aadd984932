import { listRegions } from '../../../accounts/queries/projects.ts'
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

interface Kind {
  type: string
  name: string
  description: string
  path: string
  /** Whether it is one service for all regions, one in each, or both: clients that name a region look only there. */
  reach: 'everywhere' | 'region' | 'both'
}

/** OpenStack clients look for `image`, those of the cloud for `ims`: both are the same service at the same address. */
const KINDS: readonly Kind[] = [
  {
    type: 'identity',
    name: 'iam',
    description: 'Identity and Access Management',
    path: '/v3',
    reach: 'both',
  },
  { type: 'image', name: 'glance', description: 'Image Management Service', path: '', reach: 'region' },
  { type: 'ims', name: 'ims', description: 'Image Management Service', path: '', reach: 'region' },
  { type: 'eps', name: 'eps', description: 'Enterprise Project Management', path: '', reach: 'everywhere' },
]

const EVERYWHERE = '*'

/** All services with all their endpoints. */
export function listServices({ db }: World): Service[] {
  const regions = listRegions(db)
  return KINDS.map((kind) => serviceOf(kind, regions))
}

/**
 * What can be reached with a token of a project in a region: the services there and those that are everywhere. With one
 * of the domain alone, these only.
 */
export function catalogFor({ db }: World, region: string | undefined): Service[] {
  if (region !== undefined) return KINDS.map((kind) => serviceOf(kind, [region]))
  const regions = listRegions(db)
  return KINDS.filter(({ reach }) => reach !== 'region').map((kind) => serviceOf(kind, regions))
}

function serviceOf({ type, name, description, path, reach }: Kind, regions: readonly string[]): Service {
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
