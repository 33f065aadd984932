import type { z } from 'zod'

/** A part of a JSON Schema. */
export type Part = z.core.JSONSchema.BaseSchema

/** What a value may be: itself, or each of its alternatives. */
function alternatives(part: Part): Part[] {
  return [part, ...(part.anyOf ?? []).flatMap(alternatives)]
}

/** A key of the format, where its map stands in the reference, and its part of the schema. */
export interface FoundKey {
  path: string
  key: string
  part: Part
}

/** Every key of the format. What has the same keys as something else in the reference is told there once. */
export function keysOf(part: Part, path = ''): FoundKey[] {
  return alternatives(part).flatMap((each) => {
    const properties = Object.entries(each.properties ?? {}).filter(isPart)
    const own = properties.map(([key, inner]) => ({ path: nameOf(path, each), key, part: inner }))
    const below = properties.flatMap(([key, inner]) => keysOf(inner, path === '' ? key : `${path}.${key}`))
    return [
      ...own,
      ...below,
      ...partsIn(each.items, `${path}[]`),
      ...partsIn(each.additionalProperties, `${path}.*`),
    ]
  })
}

function isPart(entry: [string, z.core.JSONSchema._JSONSchema]): entry is [string, Part] {
  return typeof entry[1] === 'object'
}

function partsIn(inner: Part['items'] | Part['additionalProperties'], path: string): FoundKey[] {
  return typeof inner === 'object' && !Array.isArray(inner) ? keysOf(inner, path) : []
}

/** The values of headers, queries, bodies and images are all matched in one way; quotas of a project are quotas. */
function nameOf(path: string, part: Part): string {
  if (part.properties?.equals !== undefined) return 'matcher'
  return path === 'quotas.projects.*' ? 'quotas' : path
}
