import { describe } from 'vitest'
import { expect, test as plainTest, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { DEMO_DOMAIN, element, elements, obs, PARTNER, plain } from './obs-client.ts'

/** A strict emulator, whose requests must be signed. */
const test = plainTest.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator({
      auth: { mode: 'strict' },
    })
    await use(emulator)
  },
})

describe('a bucket', () => {
  test('is made, looked at, listed and deleted in the dialect of OBS', async ({ emulator }) => {
    const body = '<CreateBucketConfiguration><Location>cn-east-3</Location></CreateBucketConfiguration>'
    const made = await obs(emulator, {
      method: 'PUT',
      path: '/bkt-a',
      body,
      headers: { 'x-obs-storage-class': 'WARM' },
    })
    expect([made.status, made.headers.location, made.text]).toEqual([200, '/bkt-a', ''])
    expect(made.headers).toMatchObject({
      server: 'OBS',
      'content-length': '0',
      'x-obs-request-id': expect.stringMatching(/^[0-9A-F]{32}$/),
      'x-obs-id-2': expect.stringMatching(/^32AAA.{59}$/),
    })
    const head = await obs(emulator, { method: 'HEAD', path: '/bkt-a' })
    expect([head.status, head.headers]).toMatchObject([
      200,
      { 'x-obs-bucket-location': 'cn-east-3', 'x-obs-storage-class': 'WARM', 'x-obs-version': '3.0' },
    ])
    const list = await obs(emulator, { method: 'GET', path: '/' })
    expect(list.headers['content-type']).toBe('application/xml')
    expect(list.text).toContain('<ListAllMyBucketsResult xmlns=')
    expect([elements(list.text, 'Name'), element(list.text, 'ID')]).toEqual([
      ['bkt-a', 'images'],
      DEMO_DOMAIN,
    ])
    expect((await obs(emulator, { method: 'DELETE', path: '/bkt-a' })).status).toBe(204)
    expect((await obs(emulator, { method: 'HEAD', path: '/bkt-a' })).status).toBe(404)
  })

  test('shows its region and its class in the words of S3 to a client of S3', async ({ emulator }) => {
    const headers = { 'x-default-storage-class': 'STANDARD_IA' }
    await obs(emulator, { method: 'PUT', path: '/bkt-a', headers, dialect: 's3' })
    const { headers: shown } = await obs(emulator, { method: 'HEAD', path: '/bkt-a', dialect: 's3' })
    expect(shown).toMatchObject({
      'x-amz-bucket-region': 'cn-north-4',
      'x-default-storage-class': 'STANDARD_IA',
    })
    const location = await obs(emulator, { method: 'GET', path: '/bkt-a?location', dialect: 's3' })
    expect(element(location.text, 'LocationConstraint')).toBe('cn-north-4')
    const policy = await obs(emulator, { method: 'GET', path: '/bkt-a?storagePolicy', dialect: 's3' })
    expect(element(policy.text, 'DefaultStorageClass')).toBe('STANDARD_IA')
    const inObs = await obs(emulator, { method: 'GET', path: '/bkt-a?storageClass' })
    expect(element(inObs.text, 'StorageClass')).toBe('WARM')
  })

  test('is the name of a host as well as the beginning of a path', async ({ emulator }) => {
    const host = 'bkt-a.obs.cn-north-4.myhuaweicloud.com'
    expect((await obs(emulator, { method: 'PUT', path: '/', host })).status).toBe(200)
    expect((await obs(emulator, { method: 'PUT', path: '/a%2Fb', host, body: '1' })).status).toBe(200)
    const service = 'obs.cn-north-4.myhuaweicloud.com'
    expect((await obs(emulator, { method: 'GET', path: '/bkt-a/a/b', host: service })).text).toBe('1')
    expect((await obs(emulator, { method: 'GET', path: '/a/b', host: 'bkt-a.localhost' })).text).toBe('1')
  })

  test('asked for its dialect without a signature answers with the version of OBS, and 404 when it is not there', async ({
    emulator,
  }) => {
    const service = await plain(emulator, { method: 'HEAD', path: '/?apiversion' })
    expect([service.status, service.headers['x-obs-api']]).toEqual([200, '3.0'])
    const missing = await plain(emulator, { method: 'HEAD', path: '/?apiversion', host: 'bkt-a.localhost' })
    expect([missing.status, missing.headers['x-obs-error-code']]).toEqual([404, 'NoSuchBucket'])
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    expect(
      (await plain(emulator, { method: 'HEAD', path: '/?apiversion', host: 'bkt-a.localhost' })).status,
    ).toBe(200)
  })

  test('that the account has already can be made again, and one of another account cannot', async ({
    emulator,
  }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a' })).status).toBe(200)
    const elsewhere = '<CreateBucketConfiguration><Location>cn-east-3</Location></CreateBucketConfiguration>'
    const moved = await obs(emulator, { method: 'PUT', path: '/bkt-a', body: elsewhere })
    expect([moved.status, element(moved.text, 'Code')]).toEqual([409, 'BucketAlreadyOwnedByYou'])
    const foreign = await obs(emulator, { method: 'PUT', path: '/bkt-a', key: PARTNER })
    expect([foreign.status, element(foreign.text, 'Code')]).toEqual([409, 'BucketAlreadyExists'])
  })

  test.for([
    ['/Ab', 'InvalidBucketName'],
    ['/ab', 'InvalidBucketName'],
    ['/a..b', 'InvalidBucketName'],
    ['/1.2.3.4', 'InvalidBucketName'],
    ['/bkt-a', 'MalformedXML'],
  ])('is refused under the name or with the body of %j', async ([path, code], { emulator }) => {
    const body = code === 'MalformedXML' ? '<CreateBucketConfiguration>' : ''
    const { status, text } = await obs(emulator, { method: 'PUT', path: path ?? '', body })
    expect([status, element(text, 'Code')]).toEqual([400, code])
  })

  test('with an object or an unfinished upload in it is not deleted', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    await obs(emulator, { method: 'PUT', path: '/bkt-a/k', body: '1' })
    const refused = await obs(emulator, { method: 'DELETE', path: '/bkt-a' })
    expect([refused.status, element(refused.text, 'Code')]).toEqual([409, 'BucketNotEmpty'])
    await obs(emulator, { method: 'DELETE', path: '/bkt-a/k' })
    const begun = await obs(emulator, { method: 'POST', path: '/bkt-a/k?uploads' })
    expect((await obs(emulator, { method: 'DELETE', path: '/bkt-a' })).status).toBe(409)
    await obs(emulator, { method: 'DELETE', path: `/bkt-a/k?uploadId=${element(begun.text, 'UploadId')}` })
    expect((await obs(emulator, { method: 'DELETE', path: '/bkt-a' })).status).toBe(204)
  })

  test('counts what is in it', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    for (const key of ['a', 'b', 'c'])
      await obs(emulator, { method: 'PUT', path: `/bkt-a/${key}`, body: '12345' })
    const { text } = await obs(emulator, { method: 'GET', path: '/bkt-a?storageinfo' })
    expect([element(text, 'Size'), element(text, 'ObjectNumber')]).toEqual(['15', '3'])
  })
})

/** Parts whose documents are given back as they were sent: part, root, the answer while there is none. */
const KEPT = [
  ['lifecycle', 'LifecycleConfiguration', 404, 'NoSuchLifecycleConfiguration', 200],
  ['cors', 'CORSConfiguration', 404, 'NoSuchCORSConfiguration', 200],
  ['website', 'WebsiteConfiguration', 404, 'NoSuchWebsiteConfiguration', 200],
  ['tagging', 'Tagging', 404, 'NoSuchTagSet', 204],
  ['encryption', 'ServerSideEncryptionConfiguration', 404, 'NoSuchEncryptionConfiguration', 200],
  ['replication', 'ReplicationConfiguration', 404, 'NoSuchReplicationConfiguration', 200],
  ['directcoldaccess', 'DirectColdAccessConfiguration', 200, undefined, 200],
  ['logging', 'BucketLoggingStatus', 200, undefined, 200],
  ['versioning', 'VersioningConfiguration', 200, undefined, 200],
  ['notification', 'NotificationConfiguration', 200, undefined, 200],
  ['object-lock', 'ObjectLockConfiguration', 400, 'InvalidRequest', 200],
  ['requestPayment', 'RequestPaymentConfiguration', 200, undefined, 200],
  ['inventory&id=1', 'InventoryConfiguration', 404, 'NoSuchInventoryConfiguration', 200],
] as const

describe('a part of a bucket', () => {
  test.for(KEPT)('%s is given back as it was set', async ([part, root, missing, code, set], { emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    const path = `/bkt-a?${part}`
    const before = await obs(emulator, { method: 'GET', path })
    expect([before.status, element(before.text, 'Code')]).toEqual([missing, code])
    const body = `<?xml version="1.0" encoding="UTF-8"?><${root}><Any>\n thing </Any></${root}>`
    expect((await obs(emulator, { method: 'PUT', path, body })).status).toBe(set)
    expect((await obs(emulator, { method: 'GET', path })).text).toBe(body)
    const wrong = await obs(emulator, { method: 'PUT', path, body: '<Wrong/>' })
    expect([wrong.status, element(wrong.text, 'Code')]).toEqual([400, 'MalformedXML'])
    const removed = await obs(emulator, { method: 'DELETE', path })
    if (removed.status === 405) return
    expect(removed.status).toBe(204)
    expect((await obs(emulator, { method: 'GET', path })).status).toBe(missing)
    expect((await obs(emulator, { method: 'DELETE', path })).status).toBe(204)
  })

  test('policy is JSON, and one that says nothing is refused', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    const path = '/bkt-a?policy'
    expect(element((await obs(emulator, { method: 'GET', path })).text, 'Code')).toBe('NoSuchBucketPolicy')
    const body = JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: '*', Action: ['GetObject'], Resource: ['bkt-a/*'] }],
    })
    expect((await obs(emulator, { method: 'PUT', path, body })).status).toBe(204)
    const shown = await obs(emulator, { method: 'GET', path })
    expect([shown.headers['content-type'], shown.text]).toEqual(['application/json', body])
    const wrong = await obs(emulator, { method: 'PUT', path, body: '{"Statement":[{}]}' })
    expect([wrong.status, element(wrong.text, 'Code')]).toEqual([400, 'MalformedPolicy'])
    expect((await obs(emulator, { method: 'DELETE', path })).status).toBe(204)
    expect((await obs(emulator, { method: 'GET', path })).status).toBe(404)
  })

  test('acl is set by a header or a document, and shown in the words of either dialect', async ({
    emulator,
  }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    const path = '/bkt-a?acl'
    const first = await obs(emulator, { method: 'GET', path })
    expect([elements(first.text, 'ID'), elements(first.text, 'Permission')]).toEqual([
      [DEMO_DOMAIN, DEMO_DOMAIN],
      ['FULL_CONTROL'],
    ])
    await obs(emulator, { method: 'PUT', path, headers: { 'x-obs-acl': 'public-read' } })
    const inObs = await obs(emulator, { method: 'GET', path })
    expect([elements(inObs.text, 'Canned'), elements(inObs.text, 'Permission')]).toEqual([
      ['Everyone'],
      ['FULL_CONTROL', 'READ'],
    ])
    const inS3 = await obs(emulator, { method: 'GET', path, dialect: 's3' })
    expect(elements(inS3.text, 'URI')).toEqual(['http://acs.amazonaws.com/groups/global/AllUsers'])
    await obs(emulator, { method: 'PUT', path, headers: { 'x-obs-acl': 'private' } })
    expect((await obs(emulator, { method: 'PUT', path, body: inS3.text })).status).toBe(200)
    expect((await obs(emulator, { method: 'GET', path })).text).toBe(inObs.text)
    const wrong = await obs(emulator, { method: 'PUT', path, body: '<AccessControlPolicy/>' })
    expect(element(wrong.text, 'Code')).toBe('MalformedACLError')
  })

  test('versioning cannot be enabled, because objects have one version each', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'
    const { status, text } = await obs(emulator, { method: 'PUT', path: '/bkt-a?versioning', body })
    expect([status, element(text, 'Code')]).toEqual([501, 'NotImplemented'])
  })

  test('quota keeps out what is too much', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    const path = '/bkt-a?quota'
    expect(element((await obs(emulator, { method: 'GET', path })).text, 'StorageQuota')).toBe('0')
    await obs(emulator, { method: 'PUT', path, body: '<Quota><StorageQuota>10</StorageQuota></Quota>' })
    expect((await obs(emulator, { method: 'PUT', path: '/bkt-a/k', body: '1234567890' })).status).toBe(200)
    const refused = await obs(emulator, { method: 'PUT', path: '/bkt-a/l', body: '1' })
    expect([refused.status, element(refused.text, 'Code')]).toEqual([403, 'InsufficientStorageSpace'])
  })

  test('customdomain is a list of names', async ({ emulator }) => {
    await obs(emulator, { method: 'PUT', path: '/bkt-a' })
    expect(
      (await obs(emulator, { method: 'PUT', path: '/bkt-a?customdomain=disks.example.com' })).status,
    ).toBe(200)
    const list = await obs(emulator, { method: 'GET', path: '/bkt-a?customdomain' })
    expect(elements(list.text, 'DomainName')).toEqual(['disks.example.com'])
    const unknown = await obs(emulator, { method: 'DELETE', path: '/bkt-a?customdomain=other.example.com' })
    expect([unknown.status, element(unknown.text, 'Code')]).toEqual([400, 'CustomDomainNotExist'])
    expect(
      (await obs(emulator, { method: 'DELETE', path: '/bkt-a?customdomain=disks.example.com' })).status,
    ).toBe(204)
  })
})

describe('a refusal', () => {
  test('is XML with the resource and the request id, and headers alone to HEAD', async ({ emulator }) => {
    const { status, headers, text } = await obs(emulator, { method: 'GET', path: '/bkt-a/a%20b' })
    expect([status, headers['content-type']]).toEqual([404, 'application/xml'])
    expect(['Code', 'Resource', 'RequestId'].map((name) => element(text, name))).toEqual([
      'NoSuchBucket',
      '/bkt-a/a%20b',
      headers['x-obs-request-id'],
    ])
    const head = await obs(emulator, { method: 'HEAD', path: '/bkt-a/a%20b', dialect: 's3' })
    expect([head.status, head.text, head.headers['x-amz-error-code']]).toEqual([404, '', 'NoSuchBucket'])
  })

  test('answers a method that the resource does not take', async ({ emulator }) => {
    const { status, text } = await obs(emulator, { method: 'POST', path: '/bkt-a?storageinfo' })
    expect([status, element(text, 'Code')]).toEqual([405, 'MethodNotAllowed'])
  })

  test('of a rule is XML with its code', async ({ emulator }) => {
    const rule = { name: 'slow', when: { operation: 'ListBuckets' }, then: { error: 'SlowDown' } }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    const { status, text } = await obs(emulator, { method: 'GET', path: '/' })
    expect([status, element(text, 'Code')]).toEqual([503, 'SlowDown'])
    const { body } = await emulator.get('/_ims/journal?limit=1')
    expect(body.requests[0]).toMatchObject({
      operation: 'ListBuckets',
      code: 'SlowDown',
      rules: ['slow'],
    })
  })
})

test('below /s/obs a lenient world serves clients without a signature', async () => {
  await using emulator = await startTestEmulator()
  await plain(emulator, { method: 'PUT', path: '/s/obs/bkt-a' })
  await plain(emulator, { method: 'PUT', path: '/s/obs/bkt-a/k', body: '1' })
  expect((await plain(emulator, { method: 'GET', path: '/s/obs/bkt-a/k' })).text).toBe('1')
  expect(elements((await plain(emulator, { method: 'GET', path: '/s/obs' })).text, 'Name')).toEqual([
    'bkt-a',
    'images',
  ])
})

test('every world has its own buckets, and the access key of a world leads to it', async () => {
  await using emulator = await startTestEmulator()
  const { body: blue } = await emulator.post('/_ims/worlds', { name: 'blue' })
  const key = { accessKey: blue.access_key, secretKey: blue.secret_key }
  await obs(emulator, { method: 'PUT', path: '/bkt-a', key })
  expect((await obs(emulator, { method: 'HEAD', path: '/bkt-a', key })).status).toBe(200)
  expect((await obs(emulator, { method: 'HEAD', path: '/bkt-a' })).status).toBe(404)
  expect((await plain(emulator, { method: 'GET', path: '/w/blue/s/obs/bkt-a' })).status).toBe(200)
})
