import { z } from 'zod'
import { errorCatalogue, operations } from '../../src/services/index.ts'
import { namesOf } from '../../src/services/service.ts'
import { ErrorCode } from '../../src/simulation/rules/values.ts'
import { Scenario } from '../../src/simulation/scenario/schema.ts'
import { reference } from './reference.ts'
import { keysOf, type Part } from './schema-walk.ts'

/** Sections that merge with those of the scenario below key by key, so that a file needs none of their keys. */
const MERGED = ['clock', 'machine', 'quotas', 'auth', 'phases']

/**
 * The JSON Schema of a scenario file, made from what the loader itself checks with. It is for editors: it completes keys,
 * codes and operations, and lets through some of what the loader refuses.
 */
export function scenarioSchema(): Part {
  const shared = z.registry<{ id: string; enum?: string[] }>()
  shared.add(ErrorCode, { id: 'ErrorCode', enum: [...errorCatalogue.keys()] })
  const schema: Part = z.toJSONSchema(Scenario, {
    io: 'input',
    unrepresentable: 'any',
    metadata: shared,
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'date')
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    },
  })
  describeKeys(schema)
  for (const section of MERGED) forgetRequired(schema.properties?.[section])
  forgetRequired(schema)
  return { ...schema, title: 'A scenario of ims-emulator' }
}

function forgetRequired(part: z.core.JSONSchema._JSONSchema | undefined): void {
  if (typeof part === 'object') delete part.required
}

/** Gives every key the sentence of the reference, and operations their names. */
function describeKeys(schema: Part): void {
  const says = new Map(
    reference.flatMap(({ path, keys }) => keys.map((entry) => [`${path} ${entry.key}`, entry.says])),
  )
  for (const { path, key, part } of keysOf(schema)) {
    const sentence = says.get(`${path} ${key}`)
    if (sentence !== undefined) part.description = `${sentence}.`
    if (key === 'operation') part.anyOf = [{ enum: operationNames }, ...(part.anyOf ?? [])]
  }
}

const operationNames = [
  ...new Set(operations.flatMap(({ service }) => namesOf(service).map((name) => `service:${name}`))),
  ...operations.map(({ operation }) => operation.id),
]
