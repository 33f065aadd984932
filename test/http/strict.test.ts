import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Draft, sha256, sign } from '../accounts/signature/signer.ts'
import { type Reply, startTestEmulator, type TestEmulator } from '../emulator.ts'
import { NO_IMAGE } from '../private-image.ts'

const DEMO = { accessKey: 'DEMOACCESSKEY0000001', secretKey: 'demo-secret-key-for-the-emulator-only-01' }
const READER = { accessKey: 'DEMOACCESSKEY0000004', secretKey: 'demo-secret-key-for-the-emulator-only-04' }
const EAST = '0605767a9500d5ed2fb3c00a8e3a0e03'
const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator({ auth: { mode: 'strict' } })
})
afterAll(() => emulator.close())

/** The world's time plus some seconds, in the format of a signature. */
async function sdkDate(seconds = 0): Promise<string> {
  const { now } = (await emulator.get('/_ims/clock')).body
  const moved = new Date(Math.trunc(Date.parse(now) / 1000 + seconds) * 1000).toISOString()
  return `${moved.slice(0, 19).replace(/[-:]/g, '')}Z`
}

interface Unlike {
  /** Body that is sent instead of the signed one. */
  body?: string | Uint8Array
  to?: TestEmulator
}

/** Sends a signed request; by default a list of images as the demo user. */
async function signed(draft: Partial<Draft> = {}, { body, to = emulator }: Unlike = {}): Promise<Reply> {
  const whole: Draft = {
    method: 'GET',
    segments: ['v2', 'cloudimages'],
    query: [['limit', '1']],
    headers: { host: new URL(to.url).host },
    body: '',
    date: await sdkDate(),
    ...DEMO,
    ...draft,
  }
  const { method, target, headers, authorization } = sign(whole)
  headers.set('authorization', authorization)
  headers.delete('host')
  const sent = body ?? whole.body
  return await to.request(method, target, {
    token: null,
    headers: Object.fromEntries(headers),
    ...(sent.length > 0 && { body: Buffer.from(sent) }),
  })
}

function expectUnauthenticated(reply: Reply, reason: unknown): void {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 401,
    body: {
      error_code: 'APIGW.0301',
      error_msg: reason,
      request_id: reply.headers.get('x-request-id'),
    },
  })
}

const because = (reason: string) => `Incorrect IAM authentication information: ${reason}`

describe('signatures', () => {
  test('a request signed with the secret key is accepted', async () => {
    expect((await signed()).status).toBe(200)
  })

  test.each([
    ['odd characters in a query', [['name', "a b+c~*!'()%2F/ü€😀&="]]],
    ['an empty value', [['name', '']]],
    [
      'a repeated name',
      [
        ['visibility', 'shared'],
        ['visibility', 'private'],
      ],
    ],
  ] as const)('a signature over %s is accepted', async (_, query) => {
    expect((await signed({ query })).status).toBe(200)
  })

  test.each(['eu-de/ims', '/'])('a signature with the scope %s is verified', async (scope) => {
    const query = [['name', 'a b+c']] as const
    expect((await signed({ scope, query })).status).toBe(200)
    expectUnauthenticated(
      await signed({ scope, query, secretKey: 'wrong' }),
      expect.stringContaining(because('verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|')),
    )
  })

  test('a signature covers the body, which the operation can still read', async () => {
    const json = { name: 'signed', image_url: 'images:tiny.qcow2', min_disk: 1 }
    const draft = {
      method: 'POST',
      segments: ['v2', 'cloudimages', 'action'],
      query: [],
      body: JSON.stringify(json),
    }
    expect((await signed(draft)).body).toEqual({ job_id: expect.stringMatching(/^[0-9a-f]{32}$/) })
    const other = JSON.stringify({ ...json, name: 'sidneg' })
    const reply = await signed(draft, { body: other })
    expectUnauthenticated(
      reply,
      expect.stringContaining(because('verify aksk signature fail, canonicalRequest:POST|')),
    )
  })

  test('the journal has a signed body unchanged, whether the signature is right or wrong', async () => {
    const body = '{"images": [],\n "projects": []}'
    const draft = { method: 'POST', segments: ['v1', 'cloudimages', 'members'], query: [], body }
    for (const secretKey of [DEMO.secretKey, 'wrong']) {
      const reply = await signed({ ...draft, secretKey })
      const id = reply.headers.get('x-request-id')
      const { status, request, response } = (await emulator.get(`/_ims/journal/${id}`)).body
      expect([status, request.body, response.body]).toEqual([
        reply.status,
        { size: body.length, text: body },
        { size: reply.text.length, text: reply.text },
      ])
    }
  })

  test('a signature covers an upload', async () => {
    const created = await emulator.post('/v2/images', {
      name: 'x',
      disk_format: 'raw',
      container_format: 'bare',
    })
    const segments = ['v2', 'images', created.body.id, 'file']
    const headers = { 'content-type': 'application/octet-stream' }
    const body = new Uint8Array(3 * 2 ** 20).fill(7)
    const draft = { method: 'PUT', segments, query: [], headers, body }
    const reply = await signed(draft, { body: body.map((byte, n) => (n === 99 ? 8 : byte)) })
    expect(reply.status).toBe(401)
    expect((await signed(draft)).status).toBe(204)
    expect((await emulator.get(`/v2/images/${created.body.id}`)).body.size).toBe(body.length)
  })

  test('an unsigned payload is not verified, and a declared hash must match the body', async () => {
    const segments = ['v2', emulator.projectId, 'images', 'resource_instances', 'action']
    const body = '{"action":"count"}'
    const draft = { method: 'POST', segments, query: [], headers: { 'content-type': 'text/plain' }, body }
    expect((await signed({ ...draft, payload: 'UNSIGNED-PAYLOAD' })).status).toBe(200)
    expect((await signed({ ...draft, payload: sha256(body) })).status).toBe(200)
    expectUnauthenticated(
      await signed({ ...draft, payload: sha256('else') }),
      because('verify aksk signature fail, x-sdk-content-sha256 differs from the body'),
    )
  })

  test('a signed body over 12 MB is refused: the gateway does not hash it', async () => {
    const body = new Uint8Array(12 * 2 ** 20 + 1)
    const headers = { 'content-type': 'application/octet-stream' }
    expectUnauthenticated(
      await signed({ method: 'PUT', segments: ['v2', 'images', NO_IMAGE, 'file'], query: [], headers, body }),
      because('calc aksk signature fail:body too large'),
    )
  })

  test('a lenient world takes it, and its journal has what a strict world says', async () => {
    const to = await startTestEmulator()
    const { id } = (await to.post('/v2/images', { name: 'large' })).body
    const headers = { host: new URL(to.url).host, 'content-type': 'application/octet-stream' }
    const draft = { method: 'PUT', segments: ['v2', 'images', id, 'file'], query: [], headers }
    const strict = async (body: Uint8Array, payload?: string) => {
      const unlike = { to }
      const reply = await signed({ ...draft, body, ...(payload !== undefined && { payload }) }, unlike)
      return (await to.get(`/_ims/journal/${reply.headers.get('x-request-id')}`)).body.strict
    }
    const large = new Uint8Array(12 * 2 ** 20 + 1)
    expect(await strict(large)).toBe('APIGW.0301 calc aksk signature fail:body too large')
    expect((await to.get(`/v2/images/${id}`)).body).toMatchObject({ status: 'active', size: large.length })
    expect(await strict(large, 'UNSIGNED-PAYLOAD')).toBeUndefined()
    expect(await strict(large.subarray(1))).toBeUndefined()
    await to.close()
  })

  test('an unsigned payload has no such limit, and is written as it arrives', async () => {
    const created = await signed({
      method: 'POST',
      segments: ['v2', 'images'],
      query: [],
      body: '{"name":"large"}',
    })
    const segments = ['v2', 'images', created.body.id, 'file']
    const headers = { 'content-type': 'application/octet-stream' }
    const body = new Uint8Array(12 * 2 ** 20 + 1)
    const draft = { method: 'PUT', segments, query: [], headers, body, payload: 'UNSIGNED-PAYLOAD' }
    expect((await signed(draft)).status).toBe(204)
    expect((await emulator.get(`/v2/images/${created.body.id}`)).body.size).toBe(body.length)
  })

  test.each([
    [
      'another secret key',
      { secretKey: 'wrong' },
      'verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|limit=1|',
    ],
    ['an unknown access key', { accessKey: 'NOBODY' }, 'ak NOBODY not exist'],
  ])('%s is refused with the reason', async (_, draft, reason) => {
    expectUnauthenticated(await signed(draft), expect.stringContaining(because(reason)))
  })

  test('a date is accepted up to 15 minutes from the clock of the world', async () => {
    await emulator.request('POST', '/_ims/clock/advance', { json: { to: '2040-01-01T00:00:00Z' } })
    for (const seconds of [-900, 0, 900])
      expect((await signed({ date: await sdkDate(seconds) })).status).toBe(200)
    for (const seconds of [-901, 901]) {
      const date = await sdkDate(seconds)
      expectUnauthenticated(
        await signed({ date }),
        expect.stringContaining(
          because(`calc aksk signature fail:signature expired, signature time:${date},`),
        ),
      )
    }
  })

  test.each([
    ['no parameters', 'SDK-HMAC-SHA256', 'authorization header malformed'],
    ['no signature', 'SDK-HMAC-SHA256 Access=A, SignedHeaders=host', 'authorization header malformed'],
    ['another scheme', 'Bearer abc', 'decrypt token fail'],
  ])('an Authorization with %s is refused', async (_, authorization, reason) => {
    const reply = await emulator.get('/v2/cloudimages', { token: null, headers: { authorization } })
    expectUnauthenticated(reply, because(reason))
  })

  test('the project is that of the header, else that of the path, else that of the user', async () => {
    const ownerOf = async (draft: Partial<Draft>) => {
      const body = JSON.stringify({ name: 'x', disk_format: 'raw', container_format: 'bare' })
      const reply = await signed({ method: 'POST', segments: ['v2', 'images'], query: [], body, ...draft })
      return reply.body.owner
    }
    expect(await ownerOf({})).toBe(emulator.projectId)
    expect(await ownerOf({ headers: { 'x-project-id': EAST } })).toBe(EAST)
    const tagsOf = (project: string) => signed({ segments: ['v2', project, 'images', 'tags'], query: [] })
    expect((await tagsOf(EAST)).status).toBe(200)
    expect((await tagsOf(PARTNER)).body.error.code).toBe('IMG.0030')
    expectUnauthenticated(
      await signed({ headers: { 'x-project-id': PARTNER } }),
      because(`project ${PARTNER} is none that ak DEMOACCESSKEY0000001 is good for`),
    )
  })

  test('a refusal with --explain-auth shows what the server computed, but not the secret key', async () => {
    await using explaining = await startTestEmulator({
      auth: { mode: 'strict' },
      explainAuth: true,
      clock: { rate: 1 },
    })
    const reply = await signed(
      { query: [['name', 'a b']], date: '20240506T070809Z', headers: { 'x-extra': '1' } },
      { to: explaining },
    )
    expect(reply.status).toBe(401)
    const canonical = [
      'GET',
      '/v2/cloudimages/',
      'name=a%20b',
      'x-extra:1',
      'x-sdk-date:20240506T070809Z',
      '',
      'x-extra;x-sdk-date',
      sha256(''),
    ].join('\n')
    expect(reply.body.explanation).toEqual({
      canonical_request: canonical,
      string_to_sign: `SDK-HMAC-SHA256\n20240506T070809Z\n${sha256(canonical)}`,
      signed_headers: ['x-extra', 'x-sdk-date'],
      hint: 'The date of the signature may lie 15 minutes from the clock of the server at most.',
    })
  })
})

describe('tokens', () => {
  test.each([
    ['that was never issued', 'nobody', 'decrypt token fail'],
    ['that is missing', null, 'x-auth-token not found'],
  ])('a token %s is refused', async (_, token, reason) => {
    expectUnauthenticated(await emulator.get('/v2/cloudimages', { token }), because(reason))
  })

  test('a known token is accepted', async () => {
    expect((await emulator.get('/v2/cloudimages')).status).toBe(200)
  })
})

describe('agencies', () => {
  const PARTNER_KEY = {
    accessKey: 'DEMOACCESSKEY0000002',
    secretKey: 'demo-secret-key-for-the-emulator-only-02',
  }
  const assume = { domain_name: 'demo', agency_name: 'partner_reads_images' }

  test('a signature of the trusted account gets a token with the permissions of the agency', async () => {
    const scope = { project: { id: emulator.projectId } }
    const body = JSON.stringify({
      auth: { identity: { methods: ['assume_role'], assume_role: assume }, scope },
    })
    const draft = { method: 'POST', segments: ['v3', 'auth', 'tokens'], query: [], body }
    const reply = await signed({ ...draft, ...PARTNER_KEY })
    expect(reply.status).toBe(201)
    const token = reply.headers.get('x-subject-token')
    expect((await emulator.get('/v2/cloudimages', { token })).status).toBe(200)
    expect((await emulator.delete('/v2/images/any', undefined, { token })).status).toBe(403)
    expect((await signed({ ...draft, ...PARTNER_KEY, secretKey: 'wrong' })).status).toBe(401)
    expect((await signed(draft)).status).toBe(403)
  })

  test('a temporary key works only in its project, with its security token, until it expires', async () => {
    const scope = { project: { id: emulator.projectId } }
    const body = JSON.stringify({
      auth: { identity: { methods: ['assume_role'], assume_role: assume }, scope },
    })
    const segments = ['v3.0', 'OS-CREDENTIAL', 'securitytokens']
    const lent = await signed({ method: 'POST', segments, query: [], body, ...PARTNER_KEY })
    expect(lent.status).toBe(201)
    const { access: accessKey, secret: secretKey, securitytoken } = lent.body.credential
    const headers = { 'x-security-token': securitytoken }
    expect((await signed({ accessKey, secretKey, headers })).status).toBe(200)
    expectUnauthenticated(await signed({ accessKey, secretKey }), because(`ak ${accessKey} not exist`))
    expectUnauthenticated(
      await signed({ accessKey, secretKey, headers: { ...headers, 'x-project-id': EAST } }),
      because(`project ${EAST} is none that ak ${accessKey} is good for`),
    )
    await emulator.advance('901s')
    const late = await signed({ accessKey, secretKey, headers })
    expectUnauthenticated(late, expect.stringMatching(/: token expires, expires_at: .*000Z$/))
  })
})

describe('permissions', () => {
  test('a signed request has the permissions of its user', async () => {
    expect((await signed(READER)).status).toBe(200)
    const reply = await signed({ ...READER, method: 'DELETE', segments: ['v2', 'images', 'any'], query: [] })
    expect(reply.status).toBe(403)
    expect(reply.text).toContain('allow ims:images:delete to be performed.')
  })

  test('permissions are checked before the fields of a request', async () => {
    const reply = await emulator.post('/v2/cloudimages/action', { nonsense: true }, { token: 'reader-token' })
    expect(reply.body.error.code).toBe('IMG.0026')
  })

  test('a lenient emulator in the same process stays lenient', async () => {
    await using lenient = await startTestEmulator()
    expect((await lenient.get('/v2/cloudimages', { token: 'anything' })).status).toBe(200)
    expect((await signed({ secretKey: 'wrong' }, { to: lenient })).status).toBe(200)
    expect((await signed({ secretKey: 'wrong', scope: 'eu-de/ims' }, { to: lenient })).status).toBe(200)
    expect((await lenient.delete('/v2/images/none', undefined, { token: 'reader-token' })).status).toBe(404)
  })
})
