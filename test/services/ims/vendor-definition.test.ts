import { describe, expect, test } from 'vitest'
import {
  differencesFrom,
  readOpenApi,
  readVendorDefinition,
} from '../../clients/vendor-definition/compare.ts'

/** A definition in the form of the vendor, with one operation. */
function vendor(operation: object, schemas: object = {}) {
  const entry = { 'x-method': 'post', 'x-url': '{endpoint}/v2/images', post: operation }
  return readVendorDefinition({ paths: { '/Create': entry }, components: { schemas } })
}

function ours(operation: object, path = '/v2/images') {
  return readOpenApi({ paths: { [path]: { post: operation } } })
}

const body = (schema: object) => ({ requestBody: { content: { 'application/json': { schema } } } })
const answer = (schema: object) => ({ responses: { 200: { content: { 'application/json': { schema } } } } })
const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required })
const name = { type: 'string' }

describe('the comparison with the definition of the vendor', () => {
  test('finds nothing when both say the same', () => {
    const same = { ...body(object({ name }, ['name'])), ...answer(object({ id: name })) }
    expect(differencesFrom(vendor(same), ours(same))).toEqual([])
  })

  test('finds an operation that is missing', () => {
    expect(differencesFrom(vendor({}), ours({}, '/v2/other'))).toEqual(['POST /v2/images: is missing'])
  })

  test.for<[string, object, object, string[]]>([
    ['a missing field', body(object({ name })), body(object({})), ['body.name: is missing']],
    [
      'a further field, without those below it',
      body(object({})),
      body(object({ disk: object({ size: name }) })),
      ['body.disk: is not in the definition'],
    ],
    [
      'another type',
      body(object({ size: { type: 'integer' } })),
      body(object({ size: name })),
      ['body.size: is string, not integer'],
    ],
    [
      'a field that is not required',
      body(object({ name }, ['name'])),
      body(object({ name })),
      ['body.name: is not required'],
    ],
    [
      'a field of an answer that may be absent',
      answer(object({ name }, ['name'])),
      answer(object({ name })),
      ['answer.name: may be absent'],
    ],
    [
      'values of an enum',
      body(object({ kind: { type: 'string', enum: ['a', 'b'] } })),
      body(object({ kind: { type: 'string', enum: ['b', 'c'] } })),
      ['body.kind: does not take a', 'body.kind: also takes c'],
    ],
    [
      'a field of the items of a list',
      answer(object({ tags: { type: 'array', items: object({ key: name }) } })),
      answer(object({ tags: { type: 'array', items: object({}) } })),
      ['answer.tags[].key: is missing'],
    ],
    [
      'a query parameter',
      { parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }] },
      { parameters: [{ name: 'marker', in: 'query', schema: name }] },
      ['query.limit: is missing', 'query.marker: is not in the definition'],
    ],
  ])('finds %s', ([, theirs, own, differences]) => {
    expect(differencesFrom(vendor(theirs), ours(own))).toEqual(
      differences.map((difference) => `POST /v2/images ${difference}`),
    )
  })

  test('follows references, and takes alternatives together', () => {
    const theirs = vendor(body({ $ref: '#/components/schemas/Body' }), { Body: object({ a: name, b: name }) })
    const either = body({ anyOf: [object({ a: name }), object({ b: name })] })
    expect(differencesFrom(theirs, ours(either))).toEqual([])
  })

  test('misses no field of an object with open keys', () => {
    const open = answer({ type: 'object', properties: {}, additionalProperties: name })
    expect(differencesFrom(vendor(answer(object({ name }))), ours(open))).toEqual([])
  })
})
