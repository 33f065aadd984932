import { afterAll, beforeAll, describe } from 'vitest'
import { obs as service } from '../../../src/services/obs/service.ts'
import { expect, test as plainTest, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import {
  DEMO,
  DEMO_DOMAIN,
  element,
  elements,
  hmacSha1,
  type Key,
  md5,
  NEWCOMER,
  obs,
  PARTNER,
  plain,
  signedByV4,
} from './obs-client.ts'

/** A strict emulator with an object in the bucket `bkt-a` of the demo account. */
const test = plainTest.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator({
      auth: { mode: 'strict' },
      explainAuth: true,
    })
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a' })).status).toBe(200)
    await obs(emulator, { method: 'PUT', path: '/bkt-a/k', body: 'hello' })
    await use(emulator)
  },
})

const codeOf = ({ text, status }: { text: string; status: number }) => [status, element(text, 'Code')]
const get = (emulator: TestEmulator, key: Key | null, path = '/bkt-a/k') =>
  obs(emulator, { method: 'GET', path, key, headers: key === null ? { 'x-obs-meta-none': '1' } : {} })
const setPolicy = (emulator: TestEmulator, ...Statement: unknown[]) =>
  obs(emulator, { method: 'PUT', path: '/bkt-a?policy', body: JSON.stringify({ Statement }) })

describe('a signature', () => {
  test('of an unknown key, with another secret, or none at all is refused', async ({ emulator }) => {
    expect(codeOf(await get(emulator, { ...DEMO, accessKey: 'UNKNOWN' }))).toEqual([
      403,
      'InvalidAccessKeyId',
    ])
    expect(codeOf(await get(emulator, { ...DEMO, secretKey: 'other' }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ])
    expect(codeOf(await get(emulator, null))).toEqual([403, 'AccessDenied'])
    const headers = { Authorization: 'OBS nonsense', 'x-obs-acl': '' }
    expect(codeOf(await plain(emulator, { method: 'GET', path: '/', headers }))).toEqual([
      400,
      'InvalidArgument',
    ])
  })

  test('that differs is answered with the text that the server signed, when the emulator explains', async ({
    emulator,
  }) => {
    const { text } = await get(emulator, { ...DEMO, secretKey: 'other' }, '/bkt-a/k?acl')
    expect(element(text, 'StringToSign')).toMatch(/^GET\n\n\n.* GMT\n\/bkt-a\/k\?acl$/)
  })

  test('in a link is good until its end, for anybody who has it', async ({ emulator }) => {
    const link = (expires: number, method = 'GET', type = '') => {
      const signature = encodeURIComponent(hmacSha1(DEMO, `${method}\n\n${type}\n${expires}\n/bkt-a/k`))
      return `/bkt-a/k?AccessKeyId=${DEMO.accessKey}&Expires=${expires}&Signature=${signature}`
    }
    expect((await plain(emulator, { method: 'GET', path: link(4_000_000_000) })).text).toBe('hello')
    expect(codeOf(await plain(emulator, { method: 'GET', path: link(1_000_000_000) }))).toEqual([
      403,
      'AccessDenied',
    ])
    expect(codeOf(await plain(emulator, { method: 'DELETE', path: link(4_000_000_000) }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ])
    const put = { method: 'PUT', path: link(4_000_000_000, 'PUT', 'text/plain'), body: 'new' }
    expect((await plain(emulator, { ...put, headers: { 'Content-Type': 'text/plain' } })).status).toBe(200)
    expect((await plain(emulator, { ...put, headers: { 'Content-Type': 'text/html' } })).status).toBe(403)
  })

  test.for([
    ['crc32', 'NhCmhg==', 200, undefined],
    ['crc32', 'AAAAAA==', 400, 'BadDigest'],
  ] as const)(
    'covers an unsigned body in chunks with the checksum %s=%s behind it',
    async ([sum, value, status, code], { emulator }) => {
      const headers = {
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': '5',
        'x-amz-trailer': `x-amz-checksum-${sum}`,
      }
      const sent = { method: 'PUT', path: '/bkt-a/chunks', headers, key: DEMO }
      const body = `3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-${sum}:${value}\r\n\r\n`
      const signed = await signedByV4(emulator, sent, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
      expect(codeOf(await plain(emulator, { ...sent, headers: signed, body }))).toEqual([status, code])
      const read = await get(emulator, DEMO, '/bkt-a/chunks')
      expect([read.status, read.headers['content-encoding']]).toEqual([status === 200 ? 200 : 404, undefined])
      if (status === 200) expect(read.text).toBe('hello')
    },
  )

  test('of a temporary key comes with its token', async ({ emulator }) => {
    const { headers } = await emulator.post('/v3/auth/tokens', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'demo', password: 'demo-password', domain: { id: DEMO_DOMAIN } } },
        },
        scope: { project: { id: emulator.projectId } },
      },
    })
    const token = headers.get('x-subject-token') ?? ''
    const asked = await emulator.post(
      '/v3.0/OS-CREDENTIAL/securitytokens',
      { auth: { identity: { methods: ['token'], token: { id: token } } } },
      { token },
    )
    const { access, secret, securitytoken } = asked.body.credential
    const key = { accessKey: access, secretKey: secret }
    const send = (headersOfIt: Record<string, string>) =>
      obs(emulator, { method: 'GET', path: '/bkt-a/k', key, headers: headersOfIt })
    expect((await send({ 'x-obs-security-token': securitytoken })).text).toBe('hello')
    expect(codeOf(await send({}))).toEqual([403, 'InvalidAccessKeyId'])
    expect(codeOf(await send({ 'x-obs-security-token': 'other' }))).toEqual([403, 'InvalidAccessKeyId'])
  })
})

describe('a bucket of another account', () => {
  test('is closed, whatever rights the caller has in its own', async ({ emulator }) => {
    const calls: [string, string][] = [
      ['GET', '/bkt-a/k'],
      ['PUT', '/bkt-a/k'],
      ['DELETE', '/bkt-a/k'],
      ['GET', '/bkt-a'],
      ['HEAD', '/bkt-a'],
      ['DELETE', '/bkt-a'],
      ['GET', '/bkt-a?policy'],
      ['PUT', '/bkt-a?acl'],
    ]
    for (const [method, path] of calls)
      expect([method, path, (await obs(emulator, { method, path, key: PARTNER })).status]).toEqual([
        method,
        path,
        403,
      ])
    expect(elements((await get(emulator, PARTNER, '/')).text, 'Name')).toEqual(['images'])
  })

  test('is open as far as its policy says, and a denial beats what allows', async ({ emulator }) => {
    await setPolicy(emulator, {
      Effect: 'Allow',
      Principal: '*',
      Action: ['GetObject'],
      Resource: ['bkt-a/*'],
    })
    expect((await get(emulator, PARTNER)).text).toBe('hello')
    expect((await get(emulator, null)).text).toBe('hello')
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a/k', key: PARTNER })).status).toBe(403)
    await setPolicy(
      emulator,
      { Effect: 'Allow', Principal: '*', Action: ['*'], Resource: ['bkt-a', 'bkt-a/*'] },
      { Effect: 'Deny', Principal: '*', Action: ['GetObject'], Resource: ['bkt-a/k'] },
    )
    expect((await get(emulator, PARTNER)).status).toBe(403)
    expect((await get(emulator, DEMO)).status).toBe(403)
    expect((await get(emulator, PARTNER, '/bkt-a')).status).toBe(200)
  })

  test('is open as far as an access control list says', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a/k?acl', headers: { 'x-obs-acl': 'public-read' } })
    expect([(await get(emulator, PARTNER)).status, (await get(emulator, null)).status]).toEqual([200, 200])
    expect((await get(emulator, PARTNER, '/bkt-a')).status).toBe(403)
    await obs(emulator, { method: 'PUT', path: '/bkt-a?acl', headers: { 'x-obs-acl': 'public-read-write' } })
    expect((await get(emulator, PARTNER, '/bkt-a')).status).toBe(200)
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a/new', body: '1', key: PARTNER })).status).toBe(
      200,
    )
    expect((await obs(emulator, { method: 'DELETE', path: '/bkt-a', key: PARTNER })).status).toBe(403)
    await obs(emulator, {
      method: 'PUT',
      path: '/bkt-a?acl',
      headers: { 'x-obs-acl': 'public-read-delivered' },
    })
    await obs(emulator, { method: 'PUT', path: '/bkt-a/inherits', body: '1' })
    expect((await get(emulator, PARTNER, '/bkt-a/inherits')).status).toBe(200)
  })
})

describe('a caller', () => {
  test('without rights for objects is refused in the buckets of its own account, too', async ({
    emulator,
  }) => {
    expect(codeOf(await get(emulator, NEWCOMER))).toEqual([403, 'AccessDenied'])
    expect(codeOf(await get(emulator, NEWCOMER, '/'))).toEqual([403, 'AccessDenied'])
  })

  test('is asked for its right to read the source of a copy', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-p', key: PARTNER })
    const copy = {
      method: 'PUT',
      path: '/bkt-p/copy',
      key: PARTNER,
      headers: { 'x-obs-copy-source': 'bkt-a/k' },
    }
    expect(codeOf(await obs(emulator, copy))).toEqual([403, 'AccessDenied'])
    await setPolicy(emulator, {
      Effect: 'Allow',
      Principal: '*',
      Action: ['GetObject'],
      Resource: ['bkt-a/*'],
    })
    expect((await obs(emulator, copy)).status).toBe(200)
  })

  test('deletes of several objects those that it may', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a/l', body: '1' })
    await setPolicy(
      emulator,
      { Effect: 'Allow', Principal: '*', Action: ['DeleteObject'], Resource: ['bkt-a/*'] },
      { Effect: 'Deny', Principal: '*', Action: ['DeleteObject'], Resource: ['bkt-a/l'] },
    )
    const body = '<Delete><Object><Key>k</Key></Object><Object><Key>l</Key></Object></Delete>'
    const headers = { 'Content-MD5': md5(body, 'base64') }
    const { status, text } = await obs(emulator, {
      method: 'POST',
      path: '/bkt-a?delete',
      body,
      headers,
      key: PARTNER,
    })
    expect([status, /<Deleted><Key>k</.test(text), /<Error><Key>l<.*AccessDenied/.test(text)]).toEqual([
      200,
      true,
      true,
    ])
  })

  test('of a lenient world may do everything', async () => {
    await using emulator = await startTestEmulator()
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    await obs(emulator, { method: 'PUT', path: '/bkt-a/k', body: 'hello' })
    expect((await get(emulator, { ...PARTNER, secretKey: 'wrong' })).text).toBe('hello')
    expect((await get(emulator, { accessKey: 'anything', secretKey: '' })).text).toBe('hello')
  })
})

describe('every operation that needs a right', () => {
  let emulator: TestEmulator
  let users = 0

  beforeAll(async () => {
    emulator = await startTestEmulator({ auth: { mode: 'strict' } })
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    await obs(emulator, { method: 'PUT', path: '/bkt-a/source', body: 'hello' })
  })
  afterAll(() => emulator.close())

  /** Adds a user of the account with one policy. */
  async function userWith(Statement: object[]): Promise<Key> {
    const name = `user-${++users}`
    const key = { accessKey: `KEY${users}`, secretKey: `secret of ${name}` }
    const { status } = await emulator.post('/_ims/fixtures', {
      policies: [{ name, domain_id: DEMO_DOMAIN, document: { Version: '1.1', Statement } }],
      users: [
        {
          id: name,
          name,
          project_id: emulator.projectId,
          roles: [name],
          access_key: key.accessKey,
          secret_key: key.secretKey,
        },
      ],
    })
    expect(status).toBeLessThan(300)
    return key
  }

  /** Operations whose keys are in the body: they are refused key by key. */
  const byKey = ['DeleteObjects', 'PostObject']
  const withRights = service.operations.filter(({ id, actions }) => actions.length > 0 && !byKey.includes(id))

  test.for(withRights.map(({ id, method, path, actions }) => ({ id, method, path, actions })))(
    '$id is open with its action alone, and refused without it',
    async ({ method, path, actions }) => {
      const copies = path.endsWith(' (copy-source)')
      const target = path
        .replace(' (copy-source)', '')
        .replace('/s/obs', '')
        .replace('{bucket}', 'bkt-a')
        .replace('{key}', 'k')
        .replace('?uploadId', '?uploadId=none&partNumber=1')
      const headers = copies ? { 'x-obs-copy-source': 'bkt-a/source' } : {}
      const needed = copies ? [...actions, 'obs:object:GetObject'] : [...actions]
      const holder = await userWith([{ Effect: 'Allow', Action: needed }])
      const other = await userWith([
        { Effect: 'Allow', Action: ['*:*:*'] },
        { Effect: 'Deny', Action: [...actions] },
      ])
      const send = (key: Key) => obs(emulator, { method, path: target, headers, key })
      expect((await send(holder)).status).not.toBe(403)
      expect((await send(other)).status).toBe(403)
    },
  )
})

test('/_ims/authorize explains the rights of an operation of the service, by its id and by its path', async ({
  emulator,
}) => {
  const byId = await emulator.post('/_ims/authorize', { user: 'newcomer', operation: 'ListBuckets' })
  expect(byId.body).toMatchObject({ allowed: false, actions: [{ action: 'obs:bucket:ListAllMyBuckets' }] })
  const byPath = await emulator.post('/_ims/authorize', {
    user: 'demo',
    method: 'GET',
    path: '/s/obs/bkt-a/k?acl',
  })
  expect(byPath.body).toMatchObject({ allowed: true, actions: [{ action: 'obs:object:GetObjectAcl' }] })
})
