import { describe } from 'vitest'
import { replay } from '../../src/index.ts'
import { expect, startTestEmulator, test } from '../emulator.ts'

const EAST = 'cn-east-3'
const EAST_PROJECT = '0605767a9500d5ed2fb3c00a8e3a0e03'
const KEY = 'SDK-HMAC-SHA256 Access=DEMOACCESSKEY0000001, SignedHeaders=x-sdk-date, Signature=00'

/** The project in which the last request acted. */
async function lastProject(emulator: {
  get(path: string): Promise<{ body: { requests: { project_id: string }[] } }>
}) {
  const { body } = await emulator.get('/_ims/journal?limit=1')
  return body.requests[0]?.project_id
}

describe('a request to a host of a region', () => {
  test('acts in the project of that region of its account when it names none', async ({ emulator }) => {
    const sent = { token: null, headers: { Authorization: KEY, Host: `ims.${EAST}.myhuaweicloud.com` } }
    await emulator.fetch(new Request(`http://ims.${EAST}.myhuaweicloud.com/v2/cloudimages`, sent))
    expect(await lastProject(emulator)).toBe(EAST_PROJECT)
    await emulator.fetch(new Request(`http://ims.${EAST}.localhost/v2/cloudimages`, sent))
    expect(await lastProject(emulator)).toBe(EAST_PROJECT)
  })

  test.for([
    ['its own region', 'ims.cn-north-4.myhuaweicloud.com'],
    ['a region in which the account has no project', 'ims.cn-south-1.myhuaweicloud.com'],
    ['no region', 'ims.myhuaweicloud.com'],
    ['a name of another domain', `ims.${EAST}.emulator`],
  ])('acts in its own project under a host of %s', async ([, host], { emulator }) => {
    await emulator.fetch(new Request(`http://${host}/v2/cloudimages`, { headers: { Authorization: KEY } }))
    expect(await lastProject(emulator)).toBe(emulator.projectId)
  })

  test('acts in the project that its header or its path names', async ({ emulator }) => {
    const host = `http://ims.${EAST}.myhuaweicloud.com`
    const headers = { Authorization: KEY, 'X-Project-Id': emulator.projectId }
    await emulator.fetch(new Request(`${host}/v2/cloudimages`, { headers }))
    expect(await lastProject(emulator)).toBe(emulator.projectId)
    const path = `/v1/${emulator.projectId}/jobs/0`
    await emulator.fetch(new Request(host + path, { headers: { Authorization: KEY } }))
    expect(await lastProject(emulator)).toBe(emulator.projectId)
  })

  test('acts in the project of its token, which is good for no other', async ({ emulator }) => {
    const headers = { 'X-Auth-Token': 'demo-token' }
    await emulator.fetch(new Request(`http://ims.${EAST}.myhuaweicloud.com/v2/cloudimages`, { headers }))
    expect(await lastProject(emulator)).toBe(emulator.projectId)
  })

  test('acts as the demo user in that region when a lenient world does not know its credential', async ({
    emulator,
  }) => {
    const headers = { 'X-Auth-Token': 'whatever' }
    await emulator.fetch(new Request(`http://ims.${EAST}.myhuaweicloud.com/v2/cloudimages`, { headers }))
    expect(await lastProject(emulator)).toBe(EAST_PROJECT)
  })
})

test('the journal has the host of a request, and a recording the service that it named', async () => {
  await using emulator = await startTestEmulator({ note: () => {} })
  const headers = { 'X-Auth-Token': 'demo-token' }
  const get = (url: string) => emulator.fetch(new Request(url, { headers }))
  await get(`http://ims.${EAST}.myhuaweicloud.com/v2/cloudimages?limit=1`)
  await get(`http://ims.localhost/w/default/v1/cloudimages/quota`)
  await get(`http://ims.localhost/s/ims/v1/cloudimages/quota`)
  await get('http://127.0.0.1/v1/cloudimages/quota')
  await get('http://dns.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota')
  await get(`http://${'x'.repeat(300)}.myhuaweicloud.com/v1/cloudimages/quota`)
  const { requests } = await emulator.journal.page()
  expect(requests.map(({ host }) => host)).toEqual([
    `ims.${EAST}.myhuaweicloud.com`,
    'ims.localhost',
    'ims.localhost',
    undefined,
    'dns.cn-north-4.myhuaweicloud.com',
    undefined,
  ])
  expect(requests.at(-1)).toMatchObject({ service: 'gateway', status: 404 })
  const { log } = await emulator.journal.har()
  expect(log.entries[0]).toMatchObject({ _host: `ims.${EAST}.myhuaweicloud.com` })
  const { body } = await emulator.get('/_ims/recording')
  expect(body.requests.slice(0, 4).map(({ path }: { path: string }) => path)).toEqual([
    '/s/ims/v2/cloudimages?limit=1',
    '/s/ims/v1/cloudimages/quota',
    '/s/ims/v1/cloudimages/quota',
    '/v1/cloudimages/quota',
  ])
  expect(body.requests[4].left_out).toContain('a service which is not emulated')
  const played = { ...body, requests: body.requests.slice(0, 5) }
  for await (const { request, differences } of replay(played, emulator.url))
    expect([request.path, differences]).toEqual([request.path, []])
})

test('an image that was copied to another region is found at the host of that region', async ({
  emulator,
}) => {
  const image = await emulator.importImage()
  const copied = await emulator.post(`/v1/cloudimages/${image}/cross_region_copy`, {
    name: 'far',
    region: EAST,
    project_name: EAST,
    agency_name: 'ims_admin_agency',
  })
  expect(copied.status).toBe(200)
  await emulator.advance()
  const names = async (region: string) => {
    const address = `http://ims.${region}.myhuaweicloud.com/v2/cloudimages?__imagetype=private`
    const response = await emulator.fetch(new Request(address, { headers: { Authorization: KEY } }))
    const { images }: { images: { name: string }[] } = JSON.parse(await response.text())
    return images.map(({ name }) => name)
  }
  expect(await names(EAST)).toContain('far')
  expect(await names('cn-north-4')).not.toContain('far')
})

test('a wrong domain of a cloud is refused at the start', async () => {
  for (const cloudDomains of [['com'], ['10.0.0.1'], [''], ['a b.test']])
    await expect(startTestEmulator({ cloudDomains })).rejects.toThrow('is no domain of a cloud')
})
