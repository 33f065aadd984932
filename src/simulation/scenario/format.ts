import { z } from 'zod'

/*
 * The scenario format as data. Every key is described once, by `.meta({ description, examples })` on its schema; the JSON
 * Schema for editors, the tables of the documentation and the hints in error messages are derived from that.
 */

/** A key of the format with its description. */
export interface FormatKey {
  key: string
  /** A sentence in Markdown. */
  description: string
  /** Values of the key, as they are written in YAML. */
  examples: readonly unknown[]
  /** Whether a map without the key is refused. */
  required: boolean
}

/** The keys that stand together in one map. */
export interface FormatSection {
  /** Where the map stands: `*` stands for any name, `[]` for each element of a list, as in `rules[].when`. */
  path: string
  keys: readonly FormatKey[]
}

/**
 * Lists every map of a format, the outermost first. Alternatives for the same place are one section each.
 * @example formatSections(Scenario).find(({ path }) => path === 'rules[].when')
 */
export function formatSections(schema: z.core.$ZodType, path = ''): FormatSection[] {
  return alternativesOf(schema).flatMap((each) => {
    if (each instanceof z.ZodArray) return formatSections(each.element, `${path}[]`)
    if (each instanceof z.ZodRecord) return formatSections(each.valueType, `${path}.*`)
    if (!(each instanceof z.ZodObject)) return []
    const entries = Object.entries(each.shape)
    return [
      { path, keys: entries.map(([key, value]) => formatKey(key, value)) },
      ...entries.flatMap(([key, value]) => formatSections(value, path === '' ? key : `${path}.${key}`)),
    ]
  })
}

function formatKey(key: string, schema: z.core.$ZodType): FormatKey {
  const { description = '', examples } = metaOf(schema) ?? {}
  return {
    key,
    description,
    examples: Array.isArray(examples) ? examples : [],
    required: !z.safeParse(schema, undefined).success,
  }
}

/** The description of a schema, or of the one that it wraps: `Limits.partial()` wraps the described limits. */
function metaOf(schema: z.core.$ZodType): z.core.GlobalMeta | undefined {
  const meta = z.globalRegistry.get(schema)
  return meta === undefined && schema instanceof z.ZodOptional ? metaOf(schema.unwrap()) : meta
}

/**
 * The keys of the map at a path of a scenario; none where the format has no map.
 * @param path as in an issue of zod: keys, and positions in lists.
 */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [step, ...rest] = path
  const keys = alternativesOf(schema).flatMap((each) => {
    if (step === undefined) return each instanceof z.ZodObject ? Object.keys(each.shape) : []
    const inner = innerOf(each, step)
    return inner === undefined ? [] : keysAt(inner, rest)
  })
  return [...new Set(keys)]
}

/** Calls `visit` with every schema that applies to a part of a value, also where the value does not fit the schema. */
export function visitParts(
  schema: z.core.$ZodType,
  value: unknown,
  visit: (schema: z.core.$ZodType, value: unknown, path: readonly (string | number)[]) => void,
  path: readonly (string | number)[] = [],
): void {
  for (const each of alternativesOf(schema)) {
    visit(each, value, path)
    for (const [step, part] of partsOf(value)) {
      const inner = innerOf(each, step)
      if (inner !== undefined) visitParts(inner, part, visit, [...path, step])
    }
  }
}

function partsOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((element: unknown, i) => [i, element])
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** The schemas of which a value must fit one, without what wraps them. */
function alternativesOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return alternativesOf(schema.unwrap())
  if (schema instanceof z.ZodPipe) return alternativesOf(schema.in)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternativesOf)
  return [schema]
}

/** The schema one step into another; undefined where there is none. */
function innerOf(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return typeof step === 'number' ? schema.element : undefined
  if (typeof step !== 'string') return undefined
  if (schema instanceof z.ZodRecord) return schema.valueType
  if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, step)) return schema.shape[step]
  return undefined
}
