import { z } from 'zod'
import { errorCatalogue, operations } from '../../src/services/index.ts'
import { namesOf } from '../../src/services/service.ts'
import { ErrorCode, OperationName } from '../../src/simulation/rules/cloud-names.ts'
import { Scenario } from '../../src/simulation/scenario/schema.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** Sections that merge key by key with those of the scenario below, so a file needs none of their keys. */
const MERGED = ['clock', 'machine', 'quotas', 'auth', 'phases']

/** Names of operations in rules: services, then operation ids. */
const operationNames = [
  ...new Set(operations.flatMap(({ service }) => namesOf(service).map((name) => `service:${name}`))),
  ...operations.map(({ operation }) => operation.id),
]

/** Schemas of names that come from the list of services, by the key of their definition. */
const DEFINITIONS = new Map<z.core.$ZodType, { key: string; definition: JsonSchema }>([
  [ErrorCode, { key: 'ErrorCode', definition: { type: 'string', enum: [...errorCatalogue.keys()] } }],
  [
    OperationName,
    {
      key: 'OperationName',
      definition: { anyOf: [{ enum: operationNames }, { type: 'string', minLength: 1 }] },
    },
  ],
])

/**
 * Renders the JSON Schema of a scenario file from the schemas of the loader. Editors complete keys, codes and operations with
 * it. The loader refuses more files than the JSON Schema.
 */
export function scenarioSchema(): JsonSchema {
  const schema: JsonSchema = z.toJSONSchema(Scenario, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'date')
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      const named = DEFINITIONS.get(zodSchema)
      if (named === undefined) return
      for (const keyword of ['type', 'minLength', 'maxLength']) Reflect.deleteProperty(jsonSchema, keyword)
      jsonSchema.$ref = `#/$defs/${named.key}`
    },
  })
  for (const section of MERGED) forgetRequired(schema.properties?.[section])
  forgetRequired(schema)
  const definitions = [...DEFINITIONS.values()].map(({ key, definition }) => [key, definition])
  return {
    ...schema,
    $defs: { ...schema.$defs, ...Object.fromEntries(definitions) },
    title: 'A scenario of ims-emulator',
  }
}

function forgetRequired(part: z.core.JSONSchema._JSONSchema | undefined): void {
  if (typeof part === 'object') delete part.required
}
