import { z } from 'zod'
import { type Field, type Fields, fieldsOf, Schema } from './schema.ts'

const Content = z.record(z.string(), z.object({ schema: Schema.optional() }))

const Operation = z.object({
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        schema: Schema.default({}),
      }),
    )
    .default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content.optional() })).default({}),
})
type Operation = z.output<typeof Operation>

/** An API as its operations by method and path, `GET /v2/images`, and the schemas that they refer to. */
export interface Definition {
  operations: ReadonlyMap<string, Operation>
  refs: ReadonlyMap<string, Schema>
}

const Components = z.object({ schemas: z.record(z.string(), Schema).default({}) }).default({ schemas: {} })

function refsOf({ schemas }: z.output<typeof Components>): ReadonlyMap<string, Schema> {
  return new Map(Object.entries(schemas).map(([name, schema]) => [`#/components/schemas/${name}`, schema]))
}

/** Reads an OpenAPI document: methods below paths. */
export function readOpenApi(document: unknown): Definition {
  const { paths, components } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())), components: Components })
    .parse(document)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      Operation.parse(operation),
    ]),
  )
  return { operations: new Map(operations), refs: refsOf(components) }
}

/** Reads the vendor's definition, which has an operation below each name and its path in `x-url`. */
export function readVendorDefinition(document: unknown): Definition {
  const { paths, components } = z
    .object({
      paths: z.record(z.string(), z.looseObject({ 'x-method': z.string(), 'x-url': z.string() })),
      components: Components,
    })
    .parse(document)
  const operations = Object.values(paths).map((entry): [string, Operation] => {
    const path = entry['x-url'].replace('{endpoint}', '')
    return [`${entry['x-method'].toUpperCase()} ${path}`, Operation.parse(entry[entry['x-method']])]
  })
  return { operations: new Map(operations), refs: refsOf(components) }
}

/**
 * Compares an API with the vendor's definition of it: parameters, bodies and answers by their fields.
 * @returns a line for each difference, `GET /v2/images query.limit: is missing`.
 */
export function differencesFrom(vendor: Definition, ours: Definition): string[] {
  return [...vendor.operations].flatMap(([call, theirs]) => {
    const own = ours.operations.get(call)
    if (own === undefined) return [`${call}: is missing`]
    return [
      ...compareFields(parametersOf(theirs, vendor.refs), parametersOf(own, ours.refs), 'request'),
      ...compareFields(bodyOf(theirs, vendor.refs), bodyOf(own, ours.refs), 'request'),
      ...compareFields(answerOf(theirs, vendor.refs), answerOf(own, ours.refs), 'answer'),
    ].map((difference) => `${call} ${difference}`)
  })
}

type Refs = Definition['refs']

/** Only the names of query parameters are compared: all of them are texts, and may come twice. Headers are the same for every call. */
function parametersOf({ parameters }: Operation, refs: Refs): Fields {
  const properties = Object.fromEntries(
    parameters.filter((each) => each.in === 'query').map(({ name, schema }) => [name, schema]),
  )
  const required = parameters.filter((each) => each.required).map(({ name }) => name)
  const { fields, open } = fieldsOf({ type: 'object', properties, required }, refs)
  const named = [...fields].filter(([path]) => path in properties)
  const texts = named.map(([path, field]): [string, Field] => [
    path,
    { ...field, types: TEXT, values: undefined },
  ])
  return prefixed('query', { fields: new Map(texts), open })
}

function bodyOf({ requestBody }: Operation, refs: Refs): Fields {
  const schema = jsonOf(requestBody?.content)
  return prefixed('body', schema === undefined ? NO_FIELDS : fieldsOf(schema, refs))
}

function answerOf({ responses }: Operation, refs: Refs): Fields {
  const success = Object.entries(responses).find(([status]) => /^[23]/.test(status))
  const schema = jsonOf(success?.[1].content)
  return prefixed('answer', schema === undefined ? NO_FIELDS : fieldsOf(schema, refs))
}

const TEXT: ReadonlySet<string> = new Set(['string'])
const NO_FIELDS: Fields = { fields: new Map(), open: new Set() }

function jsonOf(content: z.output<typeof Content> | undefined): Schema | undefined {
  return Object.entries(content ?? {}).find(([type]) => type.includes('json'))?.[1].schema
}

function prefixed(part: string, { fields, open }: Fields): Fields {
  const under = (path: string) => (path === '' || path.startsWith('[') ? part + path : `${part}.${path}`)
  return {
    fields: new Map([...fields].map(([path, field]) => [under(path), field])),
    open: new Set([...open].map(under)),
  }
}

function compareFields(theirs: Fields, own: Fields, side: 'request' | 'answer'): string[] {
  const missing = [...theirs.fields.keys()].filter((path) => !own.fields.has(path) && !isOpen(own, path))
  const further = [...own.fields.keys()].filter((path) => !theirs.fields.has(path) && !isOpen(theirs, path))
  const both = [...theirs.fields].flatMap(([path, field]) => {
    const mine = own.fields.get(path)
    return mine === undefined ? [] : compareField(field, mine, side).map((what) => `${path}: ${what}`)
  })
  return [
    ...topmost(missing).map((path) => `${path}: is missing`),
    ...topmost(further).map((path) => `${path}: is not in the definition`),
    ...both,
  ]
}

/** A field below one that is listed itself says nothing more. */
function topmost(paths: readonly string[]): string[] {
  return paths.filter(
    (path) => !paths.some((other) => path.startsWith(`${other}.`) || path.startsWith(`${other}[`)),
  )
}

function isOpen({ open }: Fields, path: string): boolean {
  return open.has(path.slice(0, Math.max(path.lastIndexOf('.'), 0)))
}

function compareField(theirs: Field, own: Field, side: 'request' | 'answer'): string[] {
  const differences: string[] = []
  const types = [...theirs.types].filter((type) => !fits(type, own.types))
  if (own.types.size > 0 && types.length > 0)
    differences.push(`is ${[...own.types].sort().join(' or ')}, not ${types.join(' or ')}`)
  if (side === 'request' && theirs.required !== own.required)
    differences.push(own.required ? 'is required' : 'is not required')
  if (side === 'answer' && theirs.required && !own.required) differences.push('may be absent')
  const lacking = [...(theirs.values ?? [])].filter(
    (value) => own.values !== undefined && !own.values.has(value),
  )
  const added = [...(own.values ?? [])].filter(
    (value) => theirs.values !== undefined && !theirs.values.has(value),
  )
  if (lacking.length > 0) differences.push(`does not take ${lacking.join(', ')}`)
  if (added.length > 0) differences.push(`also takes ${added.join(', ')}`)
  return differences
}

/** Whether a type is among those of a field: an integer is a number. */
function fits(type: string, types: ReadonlySet<string>): boolean {
  return (
    types.has(type) ||
    (type === 'number' && types.has('integer')) ||
    (type === 'integer' && types.has('number'))
  )
}
