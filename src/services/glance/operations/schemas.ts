import { z } from 'zod'
import { ok } from '../../../contract/operation.ts'
import cloudSchemas from '../rules/ims-schemas.json' with { type: 'json' }
import { stockSchemas } from '../rules/schema.ts'
import { glanceOperation } from './glance-operation.ts'

const SchemaWire = z.looseObject({ name: z.string(), properties: z.looseObject({}) })

function declare(id: string, name: 'image' | 'images' | 'member' | 'members', summary: string) {
  return glanceOperation({
    id,
    method: 'GET',
    path: `/v2/schemas/${name}`,
    summary,
    body: 'none',
    responses: { 200: SchemaWire },
    handle: ({ edition }) =>
      ok(edition === 'stock' ? stockSchemas[name] : cloudSchemas[`/v2/schemas/${name}`]),
  })
}

export const showImageSchema = declare('GlanceShowImageSchemas', 'image', 'The schema of an image')
export const listImageSchema = declare('GlanceListImageSchemas', 'images', 'The schema of a list of images')
export const showMemberSchema = declare('GlanceShowImageMemberSchemas', 'member', 'The schema of a member')
export const listMemberSchema = declare(
  'GlanceListImageMemberSchemas',
  'members',
  'The schema of a list of members',
)

function declareStock(id: string, name: keyof typeof stockSchemas, summary: string) {
  return glanceOperation({
    id,
    method: 'GET',
    path: `/v2/schemas/${name}`,
    summary,
    edition: 'stock',
    body: name.startsWith('task') ? 'fatal' : 'none',
    responses: { 200: SchemaWire },
    handle: () => ok(stockSchemas[name]),
  })
}

/** Schemas that only a stock Glance publishes. It has those of metadata definitions here too, though not these themselves. */
export const stockOnlySchemas = [
  declareStock('GlanceShowTaskSchemas', 'task', 'The schema of a task'),
  declareStock('GlanceListTaskSchemas', 'tasks', 'The schema of a list of tasks'),
  declareStock('GlanceShowNamespaceSchemas', 'metadefs/namespace', 'The schema of a namespace'),
  declareStock('GlanceListNamespaceSchemas', 'metadefs/namespaces', 'The schema of a list of namespaces'),
  declareStock('GlanceShowResourceTypeSchemas', 'metadefs/resource_type', 'The schema of a resource type'),
  declareStock(
    'GlanceListResourceTypeSchemas',
    'metadefs/resource_types',
    'The schema of a list of resource types',
  ),
  declareStock('GlanceShowPropertySchemas', 'metadefs/property', 'The schema of a property'),
  declareStock('GlanceListPropertySchemas', 'metadefs/properties', 'The schema of a list of properties'),
  declareStock('GlanceShowObjectSchemas', 'metadefs/object', 'The schema of an object'),
  declareStock('GlanceListObjectSchemas', 'metadefs/objects', 'The schema of a list of objects'),
  declareStock('GlanceShowTagSchemas', 'metadefs/tag', 'The schema of a tag'),
  declareStock('GlanceListTagSchemas', 'metadefs/tags', 'The schema of a list of tags'),
]
