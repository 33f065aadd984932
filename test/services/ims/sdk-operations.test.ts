import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { declaredNames, isOpen } from '../../../scripts/docs/fields.ts'
import type { Operation } from '../../../src/contract/operation.ts'
import { services } from '../../../src/services/index.ts'

/** The calls of the official SDK: method, path, the fields that it sends and the fields that it reads. */
const operations = services.huawei.flatMap((service) => service.operations)

const SdkOperation = z.strictObject({
  operation: z.string(),
  method: z.string(),
  path: z.string(),
  query: z.array(z.string()),
  body: z.array(z.string()),
  response: z.array(z.string()),
  bodyIsList: z.literal(true).optional(),
})
const sdk = z
  .array(SdkOperation)
  .parse(JSON.parse(readFileSync(new URL('../../data/sdk-operations.json', import.meta.url), 'utf8')))

/** The calls to compare; only the test of names reports a missing operation. */
const pairs = sdk.flatMap((wanted) => {
  const found = operations.find(({ id }) => id === wanted.operation)
  return found === undefined ? [] : [{ wanted, found }]
})

test('the SDK has 51 operations', () => {
  expect(sdk).toHaveLength(51)
})

test('every operation of the SDK is implemented under its name', () => {
  const ids = new Set(operations.map(({ id }) => id))
  expect(sdk.map(({ operation }) => operation).filter((id) => !ids.has(id))).toEqual([])
})

test('every operation of the SDK has the method and path that the SDK calls', () => {
  const elsewhere = pairs
    .filter(({ wanted, found }) => wanted.method !== found.method || wanted.path !== found.path)
    .map(
      ({ wanted, found }) =>
        `${found.id} is at ${found.method} ${found.path}, not ${wanted.method} ${wanted.path}`,
    )
  expect(elsewhere).toEqual([])
})

test('every query parameter that the SDK sends is declared', () => {
  const missing = pairs.flatMap(({ wanted, found }) => {
    const declared = new Set(declaredNames(found.request.shape.query))
    return wanted.query.filter((name) => !declared.has(name)).map((name) => `${found.id}: ${name}`)
  })
  expect(missing).toEqual([])
})

test('every body field that the SDK sends is declared', () => {
  const missing = pairs.flatMap(({ wanted, found }) => {
    const declared = new Set(declaredNames(found.request.shape.body))
    return wanted.body.filter((name) => !declared.has(name)).map((name) => `${found.id}: ${name}`)
  })
  expect(missing).toEqual([])
})

/** The declared reply of a successful call. */
function answerOf({ responses }: Operation): z.ZodType | null | undefined {
  return Object.entries(responses).find(([status]) => Number(status) < 400)?.[1]
}

test('every response field that the SDK reads is declared, or allowed by an open schema', () => {
  const missing = pairs.flatMap(({ wanted, found }) => {
    const schema = answerOf(found) ?? undefined
    if (schema === undefined) return wanted.response.map((name) => `${found.id}: ${name}`)
    if (isOpen(schema)) return []
    const declared = new Set(declaredNames(schema))
    return wanted.response.filter((name) => !declared.has(name)).map((name) => `${found.id}: ${name}`)
  })
  expect(missing).toEqual([])
})
