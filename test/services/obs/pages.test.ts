import { createHmac } from 'node:crypto'
import { describe } from 'vitest'
import { expect, test as plainTest, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { DEMO, element, hmacSha1, NEWCOMER, obs, plain } from './obs-client.ts'

const test = plainTest.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator({ auth: { mode: 'strict' } })
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a' })).status).toBe(200)
    await use(emulator)
  },
})

const codeOf = ({ text, status }: { text: string; status: number }) => [status, element(text, 'Code')]

/** Sends a form as a browser does: the file is its last field. */
function send(emulator: TestEmulator, fields: Record<string, string>, file = 'hello') {
  const boundary = '----page'
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const last = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="C:\\a.txt"\r\nContent-Type: text/plain\r\n\r\n${file}\r\n--${boundary}--\r\n`
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` }
  return plain(emulator, { method: 'POST', path: '/s/obs/bkt-a', headers, body: parts.join('') + last })
}

/** A policy as it is signed. */
function policyOf(conditions: unknown[], expiration = '2999-01-01T00:00:00Z'): string {
  return Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64')
}

function signed(policy: string, key = DEMO): Record<string, string> {
  return { policy, AccessKeyId: key.accessKey, signature: hmacSha1(key, policy) }
}

const ANY = [{ bucket: 'bkt-a' }, ['starts-with', '$key', '']]

describe('a form', () => {
  test('puts an object under a key with the name of the file, and answers without a body', async ({
    emulator,
  }) => {
    const policy = policyOf([
      ...ANY,
      ['eq', '$Content-Type', 'text/x-disk'],
      ['starts-with', '$x-obs-meta-a', ''],
    ])
    const fields = {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the service puts the name of the file there
      key: 'up/${filename}',
      'Content-Type': 'text/x-disk',
      'x-obs-meta-a': '1',
      ...signed(policy),
    }
    const answer = await send(emulator, fields)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.location).toMatch(/\/bkt-a\/up\/a\.txt$/)
    const { text, headers } = await obs(emulator, { method: 'GET', path: '/bkt-a/up/a.txt' })
    expect([text, headers['content-type'], headers['x-obs-meta-a']]).toEqual(['hello', 'text/x-disk', '1'])
  })

  test('is answered as it asks', async ({ emulator }) => {
    const any = [
      ...ANY,
      ['starts-with', '$success_action_status', ''],
      ['starts-with', '$success_action_redirect', ''],
    ]
    const fields = { key: 'k', ...signed(policyOf(any)) }
    const created = await send(emulator, { ...fields, success_action_status: '201' })
    expect([created.status, element(created.text, 'Bucket'), element(created.text, 'Key')]).toEqual([
      201,
      'bkt-a',
      'k',
    ])
    expect((await send(emulator, { ...fields, success_action_status: '200' })).status).toBe(200)
    expect((await send(emulator, { ...fields, success_action_status: '500' })).status).toBe(204)
    const moved = await send(emulator, { ...fields, success_action_redirect: 'http://page.example/done?x=1' })
    expect([moved.status, moved.headers.location]).toEqual([
      303,
      expect.stringContaining('http://page.example/done?x=1&bucket=bkt-a&key=k&etag='),
    ])
  })

  test('is signed with one token, or as the fourth version does', async ({ emulator }) => {
    const policy = policyOf([
      ...ANY,
      ['starts-with', '$x-amz-credential', ''],
      ['starts-with', '$x-amz-algorithm', ''],
    ])
    const token = `${DEMO.accessKey}:${hmacSha1(DEMO, policy)}:${policy}`
    expect((await send(emulator, { key: 'k', token })).status).toBe(204)
    const scope = '20261127/cn-north-4/s3/aws4_request'
    const key = scope
      .split('/')
      .reduce<Buffer>(
        (made, part) => createHmac('sha256', made).update(part).digest(),
        Buffer.from(`AWS4${DEMO.secretKey}`),
      )
    const fourth = {
      policy,
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `${DEMO.accessKey}/${scope}`,
      'x-amz-signature': createHmac('sha256', key).update(policy).digest('hex'),
    }
    expect((await send(emulator, { key: 'l', ...fourth })).status).toBe(204)
  })

  test.for([
    ['an expired policy', policyOf(ANY, '2001-01-01T00:00:00Z'), {}, 403, 'AccessDenied'],
    ['a policy that is none', 'bm90aGluZw==', {}, 400, 'InvalidPolicyDocument'],
    [
      'a field that no condition names',
      policyOf(ANY),
      { 'Cache-Control': 'no-cache' },
      400,
      'InvalidPolicyDocument',
    ],
    [
      'another bucket',
      policyOf([{ bucket: 'other' }, ['starts-with', '$key', '']]),
      {},
      400,
      'InvalidPolicyDocument',
    ],
    [
      'another key',
      policyOf([{ bucket: 'bkt-a' }, ['starts-with', '$key', 'up/']]),
      {},
      400,
      'InvalidPolicyDocument',
    ],
    [
      'a file that is too large',
      policyOf([...ANY, ['content-length-range', 0, 4]]),
      {},
      400,
      'EntityTooLarge',
    ],
    [
      'a file that is too small',
      policyOf([...ANY, ['content-length-range', 6, 10]]),
      {},
      400,
      'EntityTooSmall',
    ],
  ] as const)('with %s is refused', async ([, policy, fields, status, code], { emulator }) => {
    expect(codeOf(await send(emulator, { key: 'k', ...fields, ...signed(policy) }))).toEqual([status, code])
    expect((await obs(emulator, { method: 'GET', path: '/bkt-a/k' })).status).toBe(404)
  })

  test('needs a right signature, and a sender who may put objects', async ({ emulator }) => {
    const policy = policyOf(ANY)
    expect(codeOf(await send(emulator, { key: 'k', ...signed(policy), signature: 'wrong' }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ])
    expect(codeOf(await send(emulator, { key: 'k', ...signed(policy, NEWCOMER) }))).toEqual([
      403,
      'AccessDenied',
    ])
    expect(codeOf(await send(emulator, { key: 'k' }))).toEqual([403, 'AccessDenied'])
    expect(codeOf(await send(emulator, signed(policy)))).toEqual([400, 'InvalidArgument'])
    await obs(emulator, { method: 'PUT', path: '/bkt-a?acl', headers: { 'x-obs-acl': 'public-read-write' } })
    expect((await send(emulator, { key: 'k' })).status).toBe(204)
  })

  test('without a file or a boundary is refused', async ({ emulator }) => {
    const post = (type: string, body: string) =>
      plain(emulator, { method: 'POST', path: '/s/obs/bkt-a', headers: { 'Content-Type': type }, body })
    expect(codeOf(await post('text/plain', 'x'))).toEqual([400, 'BadRequest'])
    expect(codeOf(await post('multipart/form-data; boundary=b', '--b\r\nbroken'))).toEqual([
      400,
      'BadRequest',
    ])
    expect(codeOf(await post('multipart/form-data; boundary=b', '--b--\r\n'))).toEqual([400, 'BadRequest'])
  })
})

describe('a page of another site', () => {
  const rules =
    '<CORSConfiguration><CORSRule><AllowedOrigin>http://*.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedHeader>x-obs-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>'
  const ask = (emulator: TestEmulator, headers: Record<string, string>) =>
    plain(emulator, { method: 'OPTIONS', path: '/s/obs/bkt-a/k', headers })

  test('may do what the rules of the bucket say', async ({ emulator }) => {
    const headers = { Origin: 'http://page.example', 'Access-Control-Request-Method': 'GET' }
    expect(codeOf(await ask(emulator, headers))).toEqual([403, 'AccessForbidden'])
    await obs(emulator, { method: 'PUT', path: '/bkt-a?cors', body: rules })
    const allowed = await ask(emulator, { ...headers, 'Access-Control-Request-Headers': 'X-Obs-Date' })
    expect([allowed.status, allowed.headers]).toMatchObject([
      200,
      {
        'access-control-allow-origin': 'http://page.example',
        'access-control-allow-methods': 'GET',
        'access-control-allow-headers': 'x-obs-date',
        'access-control-max-age': '60',
      },
    ])
    const others = [
      { ...headers, Origin: 'http://page.other' },
      { ...headers, 'Access-Control-Request-Method': 'PUT' },
      { ...headers, 'Access-Control-Request-Headers': 'content-md5' },
    ]
    for (const other of others) expect((await ask(emulator, other)).status).toBe(403)
  })

  test('reads the answers that they allow', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a?cors', body: rules })
    await obs(emulator, { method: 'PUT', path: '/bkt-a/k', body: '1' })
    const read = (Origin: string) => obs(emulator, { method: 'GET', path: '/bkt-a/k', headers: { Origin } })
    const { headers } = await read('http://page.example')
    expect([headers['access-control-allow-origin'], headers['access-control-expose-headers']]).toEqual([
      'http://page.example',
      'ETag',
    ])
    expect((await read('http://page.other')).headers).not.toHaveProperty('access-control-allow-origin')
  })
})
