import type { CatalogueEntry } from '../../simulation/cloud.ts'

/** An entry of each region of Open Telekom Cloud. */
function entry(type: string, name: string, description: string, path: string): CatalogueEntry {
  return { type, name, description, path, reach: 'region', cloud: 'otc' }
}

/**
 * What the catalogue of Open Telekom Cloud lists besides. Its clients look these types up when they are set up, and end when
 * one is missing; the image service answers at its own, and the neighbours refuse what they do not have.
 */
export const otcCatalogue: readonly CatalogueEntry[] = [
  entry('imsv1', 'imsv1', 'Image Management Service', '/v1'),
  entry('imsv2', 'imsv2', 'Image Management Service', '/v2'),
  entry('compute', 'nova', 'Elastic Cloud Server', '/v2.1/{project_id}'),
  entry('ecs', 'ecs', 'Elastic Cloud Server', '/v1/{project_id}'),
  entry('network', 'neutron', 'Virtual Private Cloud', ''),
  entry('vpc', 'vpc', 'Virtual Private Cloud', '/v1/{project_id}'),
  entry('volume', 'cinder', 'Elastic Volume Service', '/v1/{project_id}'),
  entry('volumev2', 'cinderv2', 'Elastic Volume Service', '/v2/{project_id}'),
  entry('volumev3', 'cinderv3', 'Elastic Volume Service', '/v3/{project_id}'),
  entry('evs', 'evs', 'Elastic Volume Service', '/v2/{project_id}'),
  entry('kmsv1', 'kmsv1', 'Key Management Service', '/v1.0'),
  entry('cbr', 'cbr', 'Cloud Backup and Recovery', '/v3/{project_id}'),
  entry('object', 'swift', 'Object Storage Service', ''),
]
