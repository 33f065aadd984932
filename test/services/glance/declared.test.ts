import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Operation } from '../../../src/contract/operation.ts'
import { services } from '../../../src/services/index.ts'
import { type Reply, startTestEmulator, type TestEmulator } from '../../emulator.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Edition = keyof typeof services

/** Refusals that depend on what a world has, which no declaration can foresee. */
const STATE = [
  /No image found with ID/,
  /Task with the given id .* was not found/,
  /Image is already present at store/,
  // Images without bytes have no members in the cloud, and a project is no member of its own images.
  /The image is unavailable/,
  /You cannot share an image with yourself/,
  // The image service answers so for a marker that is not a member.
  /The request message format is invalid/,
  // A world knows the operating systems of the cloud and those of its fixtures.
  /Invalid OS version/,
]
/** Refusals of the values of attributes, which a patch checks once it is applied. */
const VALUES = [/negative value/, /out of range/, /4 byte unicode/, /no answer to a change of/]

const UUID = '11111111-2222-4333-8444-555555555555'

const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', '0', '5', '-1', '1_0', 'true', 'false', 'none', 'é', '𝄞', 'os_glance_x'),
  fc.constantFrom(
    'private',
    'public',
    'shared',
    'all',
    'pending',
    'accepted',
    'rejected',
    'import',
    'active',
  ),
  fc.constantFrom('asc', 'desc', ' asc', 'name', 'size', 'name:asc,size', 'created_at', 'nothing:up'),
  fc.constantFrom('in:a,b', 'in:"a', 'eq:a', 'gte:2024-01-01T00:00:00Z', '2024-02-30', 'gt:x', '2024'),
  fc.constantFrom('bare', 'raw', 'zvhd2', 'web-download', 'glance-direct', 'fs', 'http://192.0.2.1/a'),
  fc.constantFrom(UUID, 'http://localhost/', 'file:///a', '/name', '/a/b'),
  fc.string({ maxLength: 6 }),
)
const scalar: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom(null, true, false, 0, 1, 1.5, -1, 40, 3_000_000_000),
)
const object = fc.dictionary(fc.constantFrom('name', 'uri', 'url', 'import_from', 'image_id'), scalar, {
  maxKeys: 3,
})
const anything: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  object,
)

const ODD_NAMES = ['extra', 'status', 'os_glance_x', 'x'.repeat(256), '𝄞']

interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  pattern?: string
  enum?: Json[]
  const?: Json
  anyOf?: Schema[]
}

/** A schema together with one of its options. */
function merged(schema: Schema, option: Schema): Schema {
  const properties = { ...schema.properties }
  for (const [name, inner] of Object.entries(option.properties ?? {}))
    properties[name] = { ...properties[name], ...inner }
  const { anyOf: _, ...rest } = schema
  return {
    ...rest,
    ...option,
    ...(Object.keys(properties).length > 0 && { properties }),
    required: [...(schema.required ?? []), ...(option.required ?? [])],
  }
}

/** Values near a published schema: each part fits it, or is anything. */
function near(schema: Schema): fc.Arbitrary<Json> {
  const fitting: fc.Arbitrary<Json>[] = (schema.anyOf ?? []).map((option) => near(merged(schema, option)))
  if (schema.const !== undefined) fitting.push(fc.constant(schema.const))
  if (schema.enum !== undefined) fitting.push(fc.constantFrom(...schema.enum))
  if (schema.items !== undefined) fitting.push(fc.array(near(schema.items), { maxLength: 3 }))
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, inner]) => [name, near(inner)] as const)
    const isRequired = ([name]: readonly [string, unknown]) => schema.required?.includes(name) ?? false
    const optional = fields.filter((field) => !isRequired(field))
    const extra = fc.dictionary(fc.constantFrom(...ODD_NAMES), text, { minKeys: 1, maxKeys: 1 })
    const known = fc
      .subarray(optional, { maxLength: Math.min(3, optional.length) })
      .chain((some) => fc.record(Object.fromEntries([...fields.filter(isRequired), ...some])))
    const lacking = fc.subarray(fields).chain((some) => fc.record(Object.fromEntries(some)))
    const more = fc.tuple(known, extra).map(([one, other]) => ({ ...one, ...other }))
    fitting.push(known, known, known, more, lacking)
  }
  for (const type of [schema.type ?? []].flat()) {
    if (type === 'string') fitting.push(schema.pattern?.includes('a-f') ? fc.constant(UUID) : text)
    if (type === 'object' && schema.properties === undefined) fitting.push(object)
    if (type === 'boolean') fitting.push(fc.boolean())
    if (type === 'integer') fitting.push(fc.integer({ min: 0, max: 2000 }))
  }
  if (fitting.length === 0) return anything
  return fc.oneof({ weight: 9, arbitrary: fc.oneof(...fitting) }, { weight: 1, arbitrary: anything })
}

interface Published {
  requestBody?: { content: Record<string, { schema: Schema }> }
}

const editions = {
  huawei: { options: {}, token: 'demo-token', member: '0605767a9500d5ed2fb3c00a8e3a0d4c' },
  stock: { options: { glance: 'stock', scenario: 'glance-stock' }, token: 'tok-admin', member: 'm1' },
} as const

describe.each(['huawei', 'stock'] as const)('the %s edition', (edition: Edition) => {
  const { options, token, member } = editions[edition]
  const glance = services[edition].find(({ id }) => id === 'glance')
  const operations = glance?.operations ?? []
  let emulator: TestEmulator
  let published: Record<string, Record<string, Published>>

  beforeAll(async () => {
    emulator = await startTestEmulator(options)
    // Every document is tried on an image of its own. The stock edition has no such quota.
    if (edition === 'huawei')
      expect((await emulator.patch('/_ims/quotas', { private_images: 10_000 })).status).toBe(200)
    published = (await emulator.get('/_ims/openapi.json', { token: null })).body.paths
  })
  afterAll(() => emulator.close())

  /** Creates an image that the operation can work on, with a member where members can be. */
  async function pathOf({ path }: Operation): Promise<string> {
    if (!path.includes('{image_id}')) return path
    const formats = { disk_format: 'raw', container_format: 'bare' }
    const { body } = await emulator.post('/v2/images', formats, { token })
    if (path.includes('{member_id}'))
      await emulator.post(`/v2/images/${body.id}/members`, { member }, { token })
    return path.replace('{image_id}', body.id).replace('{member_id}', member)
  }

  function expectVerdict(accepted: boolean, reply: Reply, allowed: readonly RegExp[]): void {
    if (accepted) {
      const excused = [...STATE, ...allowed].some((reason) => reason.test(reply.text))
      expect([reply.status === 400 && !excused, reply.text]).toEqual([false, reply.text])
      expect(reply.status).toBeLessThan(500)
    } else expect([reply.status, Math.floor(reply.status / 100)]).toEqual([reply.status, 4])
  }

  const withQuery = operations.filter(({ request }) => request.shape.query !== undefined)
  test.each(withQuery.map((operation) => [operation.id, operation] as const))(
    'the query of %s that is declared is the one that decides',
    async (_id, operation) => {
      const { query } = operation.request.shape
      const names = fc.constantFrom(
        ...Object.keys(query?.shape ?? {}),
        'extra',
        'size_min',
        'extra_max',
        'tags',
      )
      const path = await pathOf(operation)
      await fc.assert(
        fc.asyncProperty(fc.dictionary(names, text, { maxKeys: 3 }), async (fields) => {
          const reply = await emulator.get(`${path}?${new URLSearchParams(fields)}`, { token })
          expectVerdict(query?.safeParse(fields).success ?? false, reply, [])
        }),
        { numRuns: 80 },
      )
    },
  )

  const withDocument = operations.filter(({ request }) => request.shape.body !== undefined)
  test.each(withDocument.map((operation) => [operation.id, operation] as const))(
    'the document of %s that is declared is the one that decides',
    async (_id, operation) => {
      const { body } = operation.request.shape
      const described =
        published[operation.path]?.[operation.method.toLowerCase()]?.requestBody?.content ?? {}
      const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(described)
      const asPublished = z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(schema))
      const headers = { 'Content-Type': type }
      let accepted = 0
      await fc.assert(
        fc.asyncProperty(near(schema), async (document) => {
          const sent = { token, headers, body: JSON.stringify(document) }
          const verdict = body?.safeParse(document).success ?? false
          const reply = await emulator.request(operation.method, await pathOf(operation), sent)
          expectVerdict(verdict, reply, operation.method === 'PATCH' ? VALUES : [])
          if (verdict) {
            accepted += 1
            expect(asPublished.safeParse(document).error?.message).toBeUndefined()
          }
        }),
        { numRuns: 60 },
      )
      expect(accepted).toBeGreaterThan(0)
    },
  )
})
