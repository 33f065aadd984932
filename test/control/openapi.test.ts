import { beforeAll, expect, test } from 'vitest'
import { controlOperations } from '../../src/control/service.ts'
import { services } from '../../src/services/index.ts'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'

interface Described {
  operationId: string
  summary: string
  tags: string[]
  security: Record<string, string[]>[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>
}

interface Document {
  servers: { url: string; description: string }[]
  tags: { name: string }[]
  paths: Record<string, Record<string, Described>>
  components: { securitySchemes: Record<string, object> }
}

let emulator: TestEmulator
let text: string
let document: Document
let described: Described[]

beforeAll(async () => {
  emulator = await startTestEmulator()
  const answer = await emulator.get('/_ims/openapi.json', { token: null })
  text = answer.text
  document = answer.body
  described = Object.values(document.paths).flatMap((path) => Object.values(path))
  return () => emulator.close()
})

function operationOf(id: string): Described {
  const found = described.find(({ operationId }) => operationId === id)
  if (found === undefined) throw new Error(`the document has no ${id}`)
  return found
}

test('every operation has a summary, a unique id and the tag of its service', () => {
  const offered = [...services.huawei.flatMap(({ operations }) => operations), ...controlOperations]
  expect(described.map(({ operationId }) => operationId).sort()).toEqual(offered.map(({ id }) => id).sort())
  expect(described.filter(({ summary }) => summary.trim() === '')).toEqual([])
  const tags = document.tags.map(({ name }) => name)
  expect(tags).toEqual([
    'Image Management Service',
    'OpenStack Image API',
    'Enterprise projects',
    'Identity',
    'Object Storage Service',
    'Cloud Trace Service',
    'Control plane',
  ])
  const used = new Set(described.flatMap((operation) => operation.tags))
  expect([...used].sort()).toEqual(tags.sort())
})

test('the document names the server that the request was sent to', () => {
  expect(document.servers).toEqual([{ url: emulator.url, description: 'This emulator' }])
})

test.for([
  ['ListImages', [{ token: [] }, { signature: [] }]],
  ['KeystoneCreateToken', [{}, { signature: [] }]],
  ['ControlHealth', []],
] as const)('%s needs the credentials %j', ([id, security]) => {
  expect(operationOf(id).security).toEqual(security)
  expect(Object.keys(document.components.securitySchemes)).toEqual(['token', 'signature'])
})

test.for([
  ['ListImages', 'ImsRefusal'],
  ['GlanceShowImage', 'GlanceRefusal'],
  ['ListEnterpriseProject', 'EpsRefusal'],
  ['KeystoneShowProject', 'IamRefusal'],
  ['ListTraces', 'CtsRefusal'],
  ['ControlShowClock', 'ControlRefusal'],
] as const)('%s refuses as %s says, whatever the status', ([id, refusal]) => {
  const reference = { $ref: `#/components/responses/${refusal}` }
  expect(operationOf(id).responses).toMatchObject({ '4XX': reference, '5XX': reference })
})

test.for([
  ['CreateImage', true],
  ['GlanceDeleteImage', false],
] as const)('that the body of %s is required is %s', ([id, required]) => {
  expect(operationOf(id).requestBody?.required).toBe(required)
})

test('a body other than JSON has its own media type', () => {
  const binary = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  expect(operationOf('GlanceUploadImage').requestBody?.content).toEqual(binary)
  expect(operationOf('GlanceDownloadImage').responses['206']?.content).toEqual(binary)
  expect(Object.keys(operationOf('GlanceUpdateImage').requestBody?.content ?? {})).toEqual([
    'application/openstack-images-v2.1-json-patch',
  ])
  expect(operationOf('ControlDocs').responses['200']?.content).toEqual({
    'text/html': { schema: { type: 'string' } },
  })
})

test('patterns contain no Unicode script names, which few languages support', () => {
  expect(text).not.toContain('Script=')
})

test('the document of a stock Glance has that service, its Keystone and the control plane', async () => {
  await using stock = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
  const { body } = await stock.get('/_ims/openapi.json')
  expect(body.tags.map(({ name }: { name: string }) => name)).toEqual([
    'OpenStack Image API',
    'Identity',
    'Control plane',
  ])
})
