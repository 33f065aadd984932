import { expect, test as plain } from 'vitest'
import { createJournal } from '../../src/worlds/journal.ts'
import { startTestEmulator, type TestEmulator, test } from '../emulator.ts'
import { addImages } from '../private-image.ts'

/** The journal entry of the latest request, with bodies. */
async function said(emulator: TestEmulator) {
  const { requests } = (await emulator.get('/_ims/journal?bodies=true&limit=1')).body
  return requests[0]
}

async function upload(emulator: TestEmulator, body: Uint8Array<ArrayBuffer>) {
  const made = await emulator.post('/v2/images', { name: 'x', disk_format: 'raw', container_format: 'bare' })
  const headers = { 'Content-Type': 'application/octet-stream' }
  await emulator.request('PUT', `/v2/images/${made.body.id}/file`, { body, headers })
  return { id: made.body.id, kept: (await said(emulator)).request.body }
}

test.for([
  ['/v1/cloudimages/members', { images: [], projects: [] }],
  ['/v2/images', { name: 'one' }],
  ['/v1.0/enterprise-projects', { name: 'one' }],
] as const)('the journal has both bodies of POST %s unchanged', async ([path, json], { emulator }) => {
  const reply = await emulator.post(path, json)
  const text = JSON.stringify(json)
  const { request, response } = await said(emulator)
  expect(request.body).toEqual({ size: text.length, text })
  expect(response.body).toEqual({ size: Buffer.byteLength(reply.text), text: reply.text })
})

test('the journal has a binary body in base64', async ({ emulator }) => {
  const { kept } = await upload(emulator, new Uint8Array([0, 255, 1]))
  expect(kept).toEqual({ size: 3, base64: 'AP8B' })
})

test('a long body is cut after at most 16,384 bytes, at the end of a character', async ({ emulator }) => {
  const { kept } = await upload(emulator, new Uint8Array(Buffer.from(`a${'ü'.repeat(9000)}`)))
  expect(kept).toEqual({ size: 18_001, text: `a${'ü'.repeat(8191)}`, cut: true })
})

test('a body of 16,384 bytes is not cut', async ({ emulator }) => {
  const { kept } = await upload(emulator, new Uint8Array(Buffer.from('a'.repeat(16_384))))
  expect(kept).toEqual({ size: 16_384, text: 'a'.repeat(16_384) })
})

test('the journal does not have the body of a download', async ({ emulator }) => {
  const { id } = await upload(emulator, new Uint8Array([1, 2, 3]))
  await emulator.get(`/v2/images/${id}/file`)
  expect((await said(emulator)).response.body).toEqual({ omitted: 'stream' })
})

test.for([
  ['a password', { auth: { identity: { password: { user: { name: 'demo', password: 'mine' } } } } }],
  ['a token', { auth: { identity: { token: { id: 'mine' } } } }],
  ['a secret key', { auth: { identity: { hw_ak_sk: { access: { key: 'a' }, secret: { key: 'mine' } } } } }],
  ['a security token', { security_token: 'mine' }],
  ['a security token in one word', { securityToken: 'mine' }],
  ['a secret key in two words', { secret_key: 'mine' }],
] as const)('the journal has only the length of a body with %s', async ([_what, json], { emulator }) => {
  await emulator.post('/v3/auth/tokens', json)
  const { request } = await said(emulator)
  expect(request.body).toEqual({ size: JSON.stringify(json).length, omitted: 'secret' })
})

test('the journal has only the length of an answer with a secret', async ({ emulator }) => {
  const identity = { methods: ['token'], token: { duration_seconds: 900 } }
  const reply = await emulator.post('/v3.0/OS-CREDENTIAL/securitytokens', { auth: { identity } })
  expect(reply.body.credential).toHaveProperty('secret')
  const { response } = await said(emulator)
  expect(response.body).toEqual({ size: reply.text.length, omitted: 'secret' })
})

test('the journal has only the length of a binary body with a secret', async ({ emulator }) => {
  const body = new Uint8Array([...Buffer.from('{"password":"mine'), 0xff, ...Buffer.from('"}')])
  await emulator.request('POST', '/v3/auth/tokens', { body, headers: { 'Content-Type': 'application/json' } })
  expect((await said(emulator)).request.body).toEqual({ size: 20, omitted: 'secret' })
})

test.for(['token', 'password', 'secret'] as const)(
  'the journal has the body of an image whose name is %s',
  async (name, { emulator }) => {
    const json = { name, disk_format: 'raw', container_format: 'bare' }
    const reply = await emulator.post('/v2/images', json)
    const { request, response } = await said(emulator)
    expect([request.body.text, response.body.text]).toEqual([JSON.stringify(json), reply.text])
  },
)

test('an answer of more than 16,384 characters is cut', async ({ emulator }) => {
  const images = Array.from({ length: 40 }, () => ({ name: 'ü'.repeat(100) }))
  await addImages(emulator, ...images)
  const reply = await emulator.get('/v2/cloudimages?__imagetype=private')
  const { response } = await said(emulator)
  expect(response.body).toEqual({
    size: Buffer.byteLength(reply.text),
    text: reply.text.slice(0, 16_384),
    cut: true,
  })
})

test('the stock edition of Glance records bodies in the journal', async () => {
  await using glance = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
  const json = { name: 'x', disk_format: 'raw', container_format: 'bare' }
  const reply = await glance.post('/v2/images', json, { token: 'tok-a' })
  expect(reply.status).toBe(201)
  const { operation, status, project_id, request, response } = await said(glance)
  expect({ operation, status, project_id }).toEqual({
    operation: expect.any(String),
    status: 201,
    project_id: reply.body.owner,
  })
  expect([request.body.text, response.body.text]).toEqual([JSON.stringify(json), reply.text])
})

test('credentials in a URL are masked in the path and in the body', async ({ emulator }) => {
  await emulator.post('/v2/images?from=http://me:mine@host/', { name: 'http://me:mine@host/' })
  const { path, request } = await said(emulator)
  expect([path, request.body.text]).toEqual([
    '/v2/images?from=http://***@host/',
    '{"name":"http://***@host/"}',
  ])
})

test('the journal has the headers that describe a request, and no other', async ({ emulator }) => {
  const telling = {
    accept: 'application/json',
    'content-type': 'text/plain',
    range: 'bytes=0-1',
    'user-agent': 'a test',
    'x-domain-id': 'a domain',
    'x-glance-registry': 'a registry',
    'x-image-meta-name': 'a name',
    'x-language': 'en-us',
    'x-openstack-request-id': 'an id',
    'x-project-id': emulator.projectId,
  }
  const other = {
    authorization: 'Bearer me',
    cookie: 'me',
    'x-security-token': 'me',
    'x-subject-token': 'me',
  }
  await emulator.get('/v1/cloudimages/quota', { headers: { ...telling, ...other } })
  expect((await said(emulator)).request.headers).toEqual(telling)
})

test('a journal entry is found by its request id, with its bodies', async ({ emulator }) => {
  const reply = await emulator.get('/v1/cloudimages/quota')
  const one = await emulator.get(`/_ims/journal/${reply.headers.get('x-request-id')}`)
  expect(one.body).toEqual(await said(emulator))
  expect(one.body.response.body.text).toBe(reply.text)
  expect(one.body.duration_ms).toBeGreaterThanOrEqual(0)
})

test('an unknown request id is answered with 404', async ({ emulator }) => {
  const { status, body } = await emulator.get('/_ims/journal/none')
  expect([status, body.detail]).toEqual([404, expect.stringContaining('the journal has no request none')])
})

plain('old bodies make room for new ones, and their sizes stay', () => {
  const journal = createJournal({ bodies: 10 })
  const add = (text: string) =>
    journal.add({
      requestId: text,
      at: 0,
      duration: 0,
      service: 'ims',
      method: 'GET',
      path: '/',
      status: 200,
      unread: [],
      rules: [],
      headers: {},
      sent: { size: text.length, text },
    })
  for (const text of ['aaaa', 'bbbbbb', 'c']) add(text)
  expect(journal.entries().map(({ sent }) => sent)).toEqual([
    { size: 4, omitted: 'forgotten' },
    { size: 6, text: 'bbbbbb' },
    { size: 1, text: 'c' },
  ])
})
