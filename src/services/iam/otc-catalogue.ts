import type { CatalogueEntry } from '../../simulation/cloud.ts'

/** An entry of each region of Open Telekom Cloud. */
function entry(host: string, type: string, name: string, description: string, path: string): CatalogueEntry {
  return { host, type, name, description, path, reach: 'region', cloud: 'otc' }
}

/**
 * What the catalogue of Open Telekom Cloud lists besides. Its clients look these types up when they are set up, and end when
 * one is missing; the image service answers at its own, and the neighbours refuse what they do not have.
 */
export const otcCatalogue: readonly CatalogueEntry[] = [
  entry('ims', 'imsv1', 'imsv1', 'Image Management Service', '/v1'),
  entry('ims', 'imsv2', 'imsv2', 'Image Management Service', '/v2'),
  entry('ecs', 'compute', 'nova', 'Elastic Cloud Server', '/v2.1/{project_id}'),
  entry('ecs', 'ecs', 'ecs', 'Elastic Cloud Server', '/v1/{project_id}'),
  entry('vpc', 'network', 'neutron', 'Virtual Private Cloud', ''),
  entry('vpc', 'vpc', 'vpc', 'Virtual Private Cloud', '/v1/{project_id}'),
  entry('evs', 'volume', 'cinder', 'Elastic Volume Service', '/v1/{project_id}'),
  entry('evs', 'volumev2', 'cinderv2', 'Elastic Volume Service', '/v2/{project_id}'),
  entry('evs', 'volumev3', 'cinderv3', 'Elastic Volume Service', '/v3/{project_id}'),
  entry('evs', 'evs', 'evs', 'Elastic Volume Service', '/v2/{project_id}'),
  entry('kms', 'kmsv1', 'kmsv1', 'Key Management Service', '/v1.0'),
  entry('cbr', 'cbr', 'cbr', 'Cloud Backup and Recovery', '/v3/{project_id}'),
  entry('obs', 'object', 'swift', 'Object Storage Service', ''),
]
