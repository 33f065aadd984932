import fc from 'fast-check'
import type { Json, RecordedRequest, RequestBody } from '../wire/recording.ts'

/** Number of images that the steps of a script know; their ids are the variables `{{image0}}` and so on. */
export const IMAGES = 4

const PATCH_TYPE = 'application/openstack-images-v2.1-json-patch'

type Arb<T> = fc.Arbitrary<T>

/** Mostly a value that Glance accepts, at times one that it refuses. */
function mostly<T extends Json>(good: Arb<T>, evil: Arb<Json> = evilValue): Arb<Json> {
  return fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: evil })
}

const evilValue: Arb<Json> = fc.constantFrom<Json[]>(
  null,
  true,
  'text',
  '',
  ' ',
  '0',
  -1,
  0,
  1.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 63,
  [],
  [1],
  {},
  { a: 1 },
  'x'.repeat(255),
  'x'.repeat(256),
  'ü中',
  'a/b',
  '%2F',
  'not-a-uuid',
)

const image = fc.nat(IMAGES - 1).map((n) => `{{image${n}}}`)
const tenant = fc.constantFrom('{{tenant:a}}', '{{tenant:b}}', '{{tenant:c}}', '{{tenant:admin}}')
const visibility = fc.constantFrom('private', 'public', 'shared', 'community')
const diskFormat = fc.constantFrom('raw', 'qcow2', 'iso', 'vmdk', 'vhd', 'ami', 'ari', 'aki')
const containerFormat = fc.constantFrom('bare', 'bare', 'ovf', 'ova', 'ami', 'ari', 'aki', 'docker')
const tag = fc.constantFrom('one', 'two', 'three', 'ü', 'a b')
const size = fc.constantFrom(0, 1, 10, 512)
const customKey = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('color', 'os_distro', 'hw_x', 'os_version', 'a.b', 'Size') },
  { weight: 1, arbitrary: fc.constantFrom('ramdisk_id', 'architecture', 'x'.repeat(256), '', 'ü') },
)
const customValue = fc.constantFrom('red', 'blue', '1', '')

const READ_ONLY = [
  'id',
  'status',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'size',
  'virtual_size',
  'created_at',
  'updated_at',
  'self',
  'file',
  'schema',
  'direct_url',
  'locations',
  'stores',
  'deleted',
  'os_glance_x',
] as const
const readOnly = fc.constantFrom(...READ_ONLY)

const tags = fc.array(tag, { maxLength: 3 })

const fields = {
  name: mostly(fc.constantFrom('alpha', 'beta', 'gamma')),
  visibility: mostly(visibility),
  disk_format: mostly(diskFormat),
  container_format: mostly(containerFormat),
  min_disk: mostly(size),
  min_ram: mostly(size),
  protected: mostly(fc.boolean()),
  os_hidden: mostly(fc.boolean()),
  tags: mostly(tags),
  owner: mostly(tenant),
}

const newImage: Arb<Json> = fc
  .tuple(
    fc.oneof(
      { weight: 30, arbitrary: image.map((id) => ({ id })) },
      { weight: 1, arbitrary: fc.constant({ id: 'no-uuid' }) },
    ),
    fc.record(fields, { requiredKeys: [] }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant({ disk_format: 'raw', container_format: 'bare' }) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    fc.dictionary(customKey, mostly(customValue), { maxKeys: 2 }),
    fc.oneof(
      { weight: 30, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.dictionary(readOnly, evilValue, { maxKeys: 1 }) },
    ),
  )
  .map((parts) => Object.assign({}, ...parts))

const change: Arb<Json> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(...keysOf(fields)).chain((key) =>
      fc.record({
        op: fc.constantFrom('replace', 'replace', 'add', 'remove'),
        path: fc.constant(`/${key}`),
        value: fields[key],
      }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constantFrom('add', 'add', 'replace', 'remove'),
      path: customKey.map((key) => `/${key}`),
      value: mostly(customValue),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: mostly(fc.constantFrom('add', 'replace', 'remove')),
      path: readOnly.map((key) => `/${key}`),
      value: evilValue,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        op: mostly(fc.constantFrom('add', 'replace', 'remove', 'test', 'move', 'copy')),
        path: fc.constantFrom(
          '/name',
          'name',
          '',
          '/',
          '//',
          '/a/b',
          '/tags/0',
          '/tags/-',
          '/locations/-',
          '/a~1b',
          '/a~0b',
          '/~',
        ),
        value: evilValue,
      },
      { requiredKeys: [] },
    ),
  },
)

function keysOf<K extends string>(object: Readonly<Record<K, unknown>>): K[] {
  const keys: K[] = []
  for (const key in object) keys.push(key)
  return keys
}

const patchBody: Arb<Json> = fc.oneof(
  { weight: 20, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<Json[]>([], {}, null, 'text', [1], [[]], [{}]) },
)

const query = fc
  .array(
    fc.oneof(
      pair('limit', fc.constantFrom('1', '2', '3', '0', '-1', 'x', '1001', '')),
      pair('marker', fc.oneof(image, fc.constantFrom('no-uuid', 'deadbeef-0000-4000-8000-000000000000'))),
      pair(
        'sort_key',
        fc.constantFrom(
          'name',
          'status',
          'size',
          'id',
          'created_at',
          'updated_at',
          'disk_format',
          'color',
          'nothing',
        ),
      ),
      pair('sort_dir', fc.constantFrom('asc', 'desc', 'up')),
      pair(
        'sort',
        fc.constantFrom('name:asc', 'name', 'name:asc,id:desc', 'created_at:asc', 'size:up', 'no:asc', ''),
      ),
      pair(
        'name',
        fc.constantFrom('alpha', 'beta', 'in:alpha,beta', 'in:"alpha",gamma', 'in:"alpha', 'ALPHA', ''),
      ),
      pair('visibility', fc.oneof(visibility, fc.constantFrom('all', 'none', 'in:private,public'))),
      pair('status', fc.constantFrom('queued', 'active', 'in:queued,active', 'deactivated', 'nothing')),
      pair('owner', tenant),
      pair('member_status', fc.constantFrom('pending', 'accepted', 'rejected', 'all', 'nothing')),
      pair('protected', fc.constantFrom('true', 'false', 'True', '1', 'yes')),
      pair('os_hidden', fc.constantFrom('true', 'false', 'True', '1', 'yes')),
      pair('tag', tag),
      pair('size_min', fc.constantFrom('0', '1', '5', '-1', 'x')),
      pair('size_max', fc.constantFrom('0', '3', '100', 'x')),
      pair(
        'created_at',
        fc.constantFrom(
          'gt:2099-01-01T00:00:05Z',
          'lte:2099-01-01T00:00:04Z',
          'eq:2099-01-01T00:00:02Z',
          'neq:x',
          '2099-01-01T00:00:01Z',
        ),
      ),
      pair('updated_at', fc.constantFrom('gte:2099-01-01T00:00:05Z', 'lt:2099-01-01T00:00:07', 'x:y')),
      pair('min_ram', fc.constantFrom('0', '1', 'x')),
      pair('min_disk', fc.constantFrom('0', '10')),
      pair('disk_format', fc.constantFrom('raw', 'in:raw,qcow2', 'in:')),
      pair('container_format', fc.constantFrom('bare', 'in:bare,ovf')),
      pair('id', fc.oneof(image, fc.constant('in:{{image0}},{{image1}}'))),
      pair('color', fc.constantFrom('red', 'in:red,blue', '')),
      pair('os_distro', customValue),
      pair('checksum', fc.constantFrom('x', '')),
      pair('changes-since', fc.constantFrom('2099-01-01T00:00:05Z', 'x')),
      pair('deleted', fc.constantFrom('true', 'false')),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`))

function pair(name: string, value: Arb<string>): Arb<string> {
  return value.map((text) => `${name}=${encodeURIComponent(text).replace(/%7B/g, '{').replace(/%7D/g, '}')}`)
}

/** A request without its caller. */
interface Plain {
  method: string
  path: string
  type?: string
  headers?: Record<string, string>
  body?: RequestBody
}

const JSON_TYPE = 'application/json'

function step(weight: number, arbitrary: Arb<Plain>): { weight: number; arbitrary: Arb<Plain> } {
  return { weight, arbitrary }
}

const bytes = fc.constantFrom('hello world', 'x', '', 'QFI\u00fb', 'a longer text, of some more bytes\n')

const plain: Arb<Plain> = fc.oneof(
  step(
    16,
    newImage.map((json) => ({ method: 'POST', path: '/v2/images', type: JSON_TYPE, body: { json } })),
  ),
  step(
    1,
    fc
      .constantFrom('', '{', '[]', 'null', '"x"', '{"name": 1e999}', '{"name": "a", "name": "b"}', '\ufeff{}')
      .map((text) => ({ method: 'POST', path: '/v2/images', type: JSON_TYPE, body: { text } })),
  ),
  step(
    14,
    fc
      .tuple(
        image,
        patchBody,
        fc.oneof(
          { weight: 20, arbitrary: fc.constant(PATCH_TYPE) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              'application/openstack-images-v2.0-json-patch',
              JSON_TYPE,
              'application/json-patch+json',
            ),
          },
        ),
      )
      .map(([id, json, type]) => ({ method: 'PATCH', path: `/v2/images/${id}`, type, body: { json } })),
  ),
  step(
    8,
    image.map((id) => ({ method: 'GET', path: `/v2/images/${id}` })),
  ),
  step(
    12,
    query.map((text) => ({ method: 'GET', path: `/v2/images${text}` })),
  ),
  step(
    4,
    image.map((id) => ({ method: 'DELETE', path: `/v2/images/${id}` })),
  ),
  step(
    10,
    fc
      .tuple(
        image,
        bytes,
        mostlyText('application/octet-stream', [
          'text/plain',
          JSON_TYPE,
          'application/octet-stream; charset=x',
        ]),
      )
      .map(([id, text, type]) => ({ method: 'PUT', path: `/v2/images/${id}/file`, type, body: { text } })),
  ),
  step(
    4,
    fc
      .tuple(
        image,
        fc.constantFrom(
          undefined,
          'bytes=0-3',
          'bytes=2-',
          'bytes=-2',
          'bytes=5-1',
          'bytes=100-',
          'items=0-1',
          'x',
        ),
      )
      .map(([id, range]) => ({
        method: 'GET',
        path: `/v2/images/${id}/file`,
        headers: range === undefined ? {} : { Range: range },
      })),
  ),
  step(
    3,
    fc.tuple(image, bytes).map(([id, text]) => ({
      method: 'PUT',
      path: `/v2/images/${id}/stage`,
      type: 'application/octet-stream',
      body: { text },
    })),
  ),
  step(
    4,
    fc
      .tuple(
        image,
        fc.constantFrom('deactivate', 'reactivate', 'deactivate', 'reactivate', 'activate'),
        fc.constantFrom('POST', 'POST', 'POST', 'GET'),
      )
      .map(([id, action, method]) => ({ method, path: `/v2/images/${id}/actions/${action}` })),
  ),
  step(
    6,
    fc
      .tuple(image, mostlyText('one', ['two', 'x'.repeat(256), 'a%20b', '%C3%BC', 'a%2Fb', '']))
      .map(([id, name]) => ({ method: 'PUT', path: `/v2/images/${id}/tags/${name}` })),
  ),
  step(
    3,
    fc
      .tuple(image, fc.constantFrom('one', 'two', 'none'))
      .map(([id, name]) => ({ method: 'DELETE', path: `/v2/images/${id}/tags/${name}` })),
  ),
  step(
    6,
    fc.tuple(image, mostly(tenant)).map(([id, member]) => ({
      method: 'POST',
      path: `/v2/images/${id}/members`,
      type: JSON_TYPE,
      body: { json: { member } },
    })),
  ),
  step(
    4,
    fc
      .tuple(image, tenant, mostly(fc.constantFrom('accepted', 'rejected', 'pending')))
      .map(([id, member, status]) => ({
        method: 'PUT',
        path: `/v2/images/${id}/members/${member}`,
        type: JSON_TYPE,
        body: { json: { status } },
      })),
  ),
  step(
    3,
    image.map((id) => ({ method: 'GET', path: `/v2/images/${id}/members` })),
  ),
  step(
    2,
    fc
      .tuple(image, tenant, fc.constantFrom('GET', 'DELETE', 'GET', 'DELETE', 'POST'))
      .map(([id, member, method]) => ({ method, path: `/v2/images/${id}/members/${member}` })),
  ),
  step(
    1,
    fc
      .tuple(
        image,
        fc.constantFrom<Json[]>({}, { member: '' }, { member: '{{tenant:b}}', status: 'accepted' }, [], {
          image_id: 'x',
        }),
      )
      .map(([id, json]) => ({
        method: 'POST',
        path: `/v2/images/${id}/members`,
        type: JSON_TYPE,
        body: { json },
      })),
  ),
  step(
    2,
    fc
      .tuple(
        image,
        fc.constantFrom<Json[]>(
          {},
          { method: {} },
          { method: { name: 'copy-image' } },
          { method: { name: 'nothing' } },
          { method: { name: 'glance-direct' } },
          { method: { name: 'glance-direct' } },
          { method: { name: 'glance-direct' } },
          { method: { name: 'web-download' } },
          { method: { name: 'web-download', uri: 'ftp://x' } },
          { method: { name: 'glance-direct' }, stores: ['nothing'] },
          [],
        ),
      )
      .map(([id, json]) => ({
        method: 'POST',
        path: `/v2/images/${id}/import`,
        type: JSON_TYPE,
        body: { json },
      })),
  ),
  step(
    1,
    fc
      .tuple(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
        fc.constantFrom(
          '/',
          '/v2',
          '/v2/',
          '/versions',
          '/v1/images',
          '/v2/images/',
          '/v2/image',
          '/v2/images/{{image0}}/nothing',
          '/v2/images/{{image0}}/file',
          '/v2/images/{{image0}}/members/',
          '/v2/images/no-uuid',
          '/v2/schemas/image',
          '/v2/schemas/images',
          '/v2/schemas/member',
          '/v2/schemas/members',
          '/v2/schemas/nothing',
          '/v2/info/import',
          '/v2/info/stores',
          '/v2/info/usage',
          '/v2/tasks',
          '/v2/tasks/{{image0}}',
          '/v2/cache',
          '/v2/stores/fs/{{image0}}',
        ),
      )
      .map(([method, path]) => ({ method, path })),
  ),
)

function mostlyText(good: string, evil: readonly string[]): Arb<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(good) },
    { weight: 1, arbitrary: fc.constantFrom(...evil) },
  )
}

const caller = fc.oneof(
  { weight: 50, arbitrary: fc.constant('{{token:a}}') },
  { weight: 20, arbitrary: fc.constant('{{token:admin}}') },
  { weight: 20, arbitrary: fc.constant('{{token:b}}') },
  { weight: 5, arbitrary: fc.constantFrom('{{token:c}}', '{{token:a2}}') },
  { weight: 1, arbitrary: fc.constantFrom(undefined, 'unknown') },
)

/** A request to the image API with its caller: mostly one that is legal. */
const request: Arb<RecordedRequest> = fc
  .tuple(plain, caller)
  .map(([{ method, path, type, headers, body }, token]) => ({
    method,
    path,
    headers: {
      ...(token === undefined ? {} : { 'X-Auth-Token': token }),
      ...(type === undefined ? {} : { 'Content-Type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  }))

/** An image that begins a script: its place in the script names its id, so that none is refused. */
interface Beginning {
  owner: string
  fields: { [key: string]: Json }
  data: string | undefined
}

const beginning: Arb<Beginning> = fc.record({
  owner: fc.constantFrom('a', 'a', 'b', 'admin'),
  fields: fc.record(
    {
      name: fc.constantFrom('alpha', 'beta', 'gamma'),
      visibility: fc.constantFrom('private', 'shared', 'shared', 'community'),
      tags,
      color: customValue,
      min_ram: size,
      os_hidden: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  data: fc.option(fc.constantFrom('hello world', 'x', 'other bytes'), { nil: undefined }),
})

function requestsOf({ owner, fields, data }: Beginning, index: number): RecordedRequest[] {
  const id = `{{image${index}}}`
  const token = { 'X-Auth-Token': `{{token:${owner}}}` }
  const json = { id, disk_format: 'raw', container_format: 'bare', ...fields }
  const created: RecordedRequest = {
    method: 'POST',
    path: '/v2/images',
    headers: { ...token, 'Content-Type': JSON_TYPE },
    body: { json },
  }
  if (data === undefined) return [created]
  const headers = { ...token, 'Content-Type': 'application/octet-stream' }
  return [created, { method: 'PUT', path: `/v2/images/${id}/file`, headers, body: { text: data } }]
}

/**
 * A script for an image service without images: it creates some, most of them with data, and then sends up to `length` requests
 * of every kind.
 */
export function script(length: number): Arb<RecordedRequest[]> {
  return fc
    .tuple(
      fc.array(beginning, { maxLength: IMAGES - 1, size: 'max' }),
      fc.array(request, { minLength: 1, maxLength: length, size: 'max' }),
    )
    .map(([images, requests]) => [...images.flatMap(requestsOf), ...requests])
}
