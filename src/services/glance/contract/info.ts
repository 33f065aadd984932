import { z } from 'zod'
import type { Method } from '../../../contract/operation.ts'
import { glanceContract, ImageParams, NoParams } from './glance-contract.ts'

/** A JSON schema of the API itself. */
const SchemaWire = z.looseObject({ name: z.string(), properties: z.looseObject({}) })

function schema(id: string, name: 'image' | 'images' | 'member' | 'members', summary: string) {
  return glanceContract({
    id,
    method: 'GET',
    path: `/v2/schemas/${name}`,
    summary,
    body: 'none',
    params: NoParams,
    responses: { 200: SchemaWire },
  })
}

/** The schemas that both editions publish, by name. */
export const schemaContracts = {
  image: schema('GlanceShowImageSchemas', 'image', 'The schema of an image'),
  images: schema('GlanceListImageSchemas', 'images', 'The schema of a list of images'),
  member: schema('GlanceShowImageMemberSchemas', 'member', 'The schema of a member'),
  members: schema('GlanceListImageMemberSchemas', 'members', 'The schema of a list of members'),
}

function stockSchema(id: string, name: string, summary: string) {
  return glanceContract({
    id,
    method: 'GET',
    path: `/v2/schemas/${name}`,
    summary,
    edition: 'stock',
    body: name.startsWith('task') ? 'fatal' : 'none',
    params: NoParams,
    responses: { 200: SchemaWire },
  })
}

/** The schemas that only a stock Glance publishes. It has the schemas of metadata definitions, but no definitions here. */
export const stockSchemaContracts = {
  task: stockSchema('GlanceShowTaskSchemas', 'task', 'The schema of a task'),
  tasks: stockSchema('GlanceListTaskSchemas', 'tasks', 'The schema of a list of tasks'),
  'metadefs/namespace': stockSchema(
    'GlanceShowNamespaceSchemas',
    'metadefs/namespace',
    'The schema of a namespace',
  ),
  'metadefs/namespaces': stockSchema(
    'GlanceListNamespaceSchemas',
    'metadefs/namespaces',
    'The schema of a list of namespaces',
  ),
  'metadefs/resource_type': stockSchema(
    'GlanceShowResourceTypeSchemas',
    'metadefs/resource_type',
    'The schema of a resource type',
  ),
  'metadefs/resource_types': stockSchema(
    'GlanceListResourceTypeSchemas',
    'metadefs/resource_types',
    'The schema of a list of resource types',
  ),
  'metadefs/property': stockSchema(
    'GlanceShowPropertySchemas',
    'metadefs/property',
    'The schema of a property',
  ),
  'metadefs/properties': stockSchema(
    'GlanceListPropertySchemas',
    'metadefs/properties',
    'The schema of a list of properties',
  ),
  'metadefs/object': stockSchema('GlanceShowObjectSchemas', 'metadefs/object', 'The schema of an object'),
  'metadefs/objects': stockSchema(
    'GlanceListObjectSchemas',
    'metadefs/objects',
    'The schema of a list of objects',
  ),
  'metadefs/tag': stockSchema('GlanceShowTagSchemas', 'metadefs/tag', 'The schema of a tag'),
  'metadefs/tags': stockSchema('GlanceListTagSchemas', 'metadefs/tags', 'The schema of a list of tags'),
}

/** The recorded Glance has no cache of images: every call about it is refused. */
function cache<Params extends z.ZodObject>(
  id: string,
  method: Method,
  path: string,
  params: Params,
  summary: string,
) {
  return glanceContract({
    id,
    method,
    path,
    summary,
    edition: 'stock',
    body: method === 'GET' ? 'none' : 'fatal',
    params,
    responses: {},
  })
}

export const listCache = cache(
  'GlanceListCache',
  'GET',
  '/v2/cache',
  NoParams,
  'List the images in the cache',
)
export const clearCache = cache('GlanceClearCache', 'DELETE', '/v2/cache', NoParams, 'Clear the cache')
export const uncacheImage = cache(
  'GlanceUncacheImage',
  'DELETE',
  '/v2/cache/{image_id}',
  ImageParams,
  'Remove an image from the cache',
)
export const cacheImage = cache(
  'GlanceCacheImage',
  'PUT',
  '/v2/cache/{image_id}',
  ImageParams,
  'Queue an image for caching',
)
