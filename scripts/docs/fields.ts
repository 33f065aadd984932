import { z } from 'zod'
import { createSchema } from 'zod-openapi'

/** Names that a schema declares at its first level; for a list those of its items, for a union those of every alternative. */
export function declaredNames(schema: z.core.$ZodType | undefined): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodArray) return declaredNames(schema.element)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return declaredNames(schema.unwrap())
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return declaredNames(schema.unwrap())
  if (schema instanceof z.ZodPipe) return declaredNames(schema.in)
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap(declaredNames))]
  return schema === undefined
    ? []
    : [...new Set(publishedNames(createSchema(schema, { io: 'input' }).schema))]
}

const PublishedSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).default([]),
  oneOf: z.array(z.unknown()).default([]),
})

/** Names in the JSON schema that a zod schema carries as metadata, as the documents of Glance do. */
function publishedNames(jsonSchema: unknown): string[] {
  const { success, data } = PublishedSchema.safeParse(jsonSchema)
  if (!success) return []
  const { properties, items, anyOf, oneOf } = data
  return [...Object.keys(properties), ...[items, ...anyOf, ...oneOf].flatMap(publishedNames)]
}

/** True when a schema, or one alternative of a union, accepts names that it does not declare. */
export function isOpen(schema: z.core.$ZodType | undefined): boolean {
  if (schema instanceof z.ZodUnion) return schema.options.some(isOpen)
  if (!(schema instanceof z.ZodObject)) return true
  return schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever)
}
