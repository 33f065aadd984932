import { z } from 'zod'

/** A JSON schema, as far as it is compared. A definition may have further keywords. */
export interface Schema {
  $ref?: string | undefined
  type?: string | string[] | undefined
  enum?: unknown[] | undefined
  const?: unknown
  required?: string[] | undefined
  properties?: Record<string, Schema> | undefined
  additionalProperties?: boolean | Schema | undefined
  items?: Schema | undefined
  anyOf?: Schema[] | undefined
  oneOf?: Schema[] | undefined
  allOf?: Schema[] | undefined
}

export const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), Schema).optional(),
    additionalProperties: z.union([z.boolean(), Schema]).optional(),
    items: Schema.optional(),
    anyOf: z.array(Schema).optional(),
    oneOf: z.array(Schema).optional(),
    allOf: z.array(Schema).optional(),
  }),
)

/** What a schema says of one field. */
export interface Field {
  types: ReadonlySet<string>
  /** The values that it may have; undefined for any. */
  values: ReadonlySet<string> | undefined
  /** True when its object always has it. */
  required: boolean
}

/** The fields below a schema by their path, `tags[].key`, and the objects that may have further fields. */
export interface Fields {
  fields: ReadonlyMap<string, Field>
  open: ReadonlySet<string>
}

/** The deepest nesting that is looked at: the schema of a schema refers to itself. */
const DEEPEST = 6

/** Lists the fields of a schema. The alternatives of a union are put together: a field is required when all require it. */
export function fieldsOf(schema: Schema, refs: ReadonlyMap<string, Schema>): Fields {
  const fields = new Map<string, Field>()
  const open = new Set<string>()

  function add(path: string, schema: Schema, required: boolean, depth: number): void {
    const alternatives = alternativesOf(schema, refs)
    const before = fields.get(path)
    fields.set(path, {
      types: new Set([...(before?.types ?? []), ...alternatives.flatMap(typesOf)]),
      values: valuesOf(alternatives),
      required,
    })
    if (depth < DEEPEST) for (const each of alternatives) walk(path, each, depth + 1, alternatives)
  }

  function walk(path: string, schema: Schema, depth: number, alternatives: readonly Schema[]): void {
    if (schema.items !== undefined) add(`${path}[]`, schema.items, true, depth)
    if (schema.additionalProperties !== undefined && schema.additionalProperties !== false) open.add(path)
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const inner = path === '' ? name : `${path}.${name}`
      if (
        alternatives.some(
          (other) => other !== schema && fields.has(inner) && name in (other.properties ?? {}),
        )
      )
        continue
      const required = alternatives.every((other) => other.required?.includes(name) ?? false)
      const same = alternatives.flatMap((other) => other.properties?.[name] ?? [])
      add(inner, same.length > 1 ? { anyOf: same } : property, required, depth)
    }
  }

  add('', schema, true, 0)
  fields.delete('')
  return { fields, open }
}

function alternativesOf(schema: Schema, refs: ReadonlyMap<string, Schema>): Schema[] {
  const target = schema.$ref === undefined ? undefined : refs.get(schema.$ref)
  if (target !== undefined) return alternativesOf(target, refs)
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return inner.length === 0 ? [schema] : inner.flatMap((each) => alternativesOf(each, refs))
}

function typesOf(schema: Schema): string[] {
  const types = [schema.type ?? (schema.properties === undefined ? [] : 'object')].flat()
  if (types.length > 0) return types
  const value = schema.const ?? schema.enum?.[0]
  return value === undefined ? [] : [typeof value]
}

function valuesOf(alternatives: readonly Schema[]): ReadonlySet<string> | undefined {
  const values = alternatives
    .filter(({ type }) => type !== 'null')
    .map((each) => each.enum ?? (each.const === undefined ? undefined : [each.const]))
  if (values.length === 0 || values.includes(undefined)) return undefined
  return new Set(values.flatMap((list) => list ?? []).map(String))
}
