import { describe, expect, test } from 'vitest'
import { pathPattern } from '../../src/http/unsupported.ts'
import { startTestEmulator } from '../emulator.ts'

const PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'

describe('an operation that is not emulated', () => {
  test('answers the gateway’s 404, and the journal has the service of the host or of the path', async () => {
    await using emulator = await startTestEmulator({ note: () => {} })
    const paths = [
      `http://kms.cn-north-4.myhuaweicloud.com/v1.0/${PROJECT}/kms/nothing`,
      'http://dns.cn-north-4.myhuaweicloud.com/v2/zones',
      `http://127.0.0.1/s/eps/v1.0/nothing`,
    ]
    for (const path of paths) {
      const response = await emulator.fetch(new Request(path, { headers: { 'X-Auth-Token': 'demo-token' } }))
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error_code: 'APIGW.0101' })
    }
    const { requests } = await emulator.journal.page({ unsupported: true })
    expect(requests.map(({ service, unsupported }) => [service, unsupported])).toEqual([
      ['kms', true],
      ['dns', true],
      ['eps', true],
    ])
    const { log } = await emulator.journal.har()
    expect(log.entries[1]).toMatchObject({ _service: 'dns', _unsupported: true })
    await emulator.journal.expect({ unsupported: true, path: '/v2/zones' }).exactly(1)
  })

  test('is a method that a known path does not take, too', async () => {
    await using emulator = await startTestEmulator({ note: () => {} })
    const { status } = await emulator.request('DELETE', '/s/ims/v1/cloudimages/quota')
    expect(status).toBe(405)
    expect((await emulator.journal.page({ unsupported: true })).requests).toHaveLength(1)
  })

  test('is known under a local name of a service, too, when its path is of no other', async () => {
    await using emulator = await startTestEmulator({ note: () => {} })
    const headers = { 'X-Auth-Token': 'demo-token' }
    await emulator.fetch(new Request('http://eps.localhost/v1.0/nothing', { headers }))
    await emulator.fetch(new Request('http://eps.localhost/v2/cloudimages/nothing/at/all', { headers }))
    const { requests } = await emulator.journal.page()
    expect(requests.map(({ service, unsupported = false }) => [service, unsupported])).toEqual([
      ['eps', true],
      ['ims', false],
    ])
  })

  test('is told about once, whatever the ids in its path are', async () => {
    const notes: string[] = []
    await using emulator = await startTestEmulator({ note: (line) => notes.push(line) })
    for (const id of ['1', '2']) {
      await emulator.get(`/s/eps/v1.0/nothing/${id}`)
      await emulator.request('PUT', `/s/eps/v1.0/nothing/${id}`)
    }
    expect(notes).toEqual([
      'eps: GET /v1.0/nothing/{id} is not emulated; it is refused, and `unsupported` in the journal',
      'eps: PUT /v1.0/nothing/{id} is not emulated; it is refused, and `unsupported` in the journal',
    ])
  })

  test('is not what a plain address without a service is called', async () => {
    await using emulator = await startTestEmulator()
    expect((await emulator.get('/v9/nothing')).status).toBe(404)
    expect((await emulator.journal.page({ unsupported: true })).requests).toEqual([])
    expect((await emulator.journal.page()).requests[0]).toMatchObject({ service: 'gateway' })
  })

  test('is refused by a filter that is neither true nor left out', async () => {
    await using emulator = await startTestEmulator()
    expect((await emulator.get('/_ims/journal?unsupported=yes')).status).toBe(400)
  })
})

test('a path below /_ims that does not exist is refused by the control plane under every name', async () => {
  await using emulator = await startTestEmulator()
  for (const path of ['/_ims/nothing', '/s/ims/_ims/nothing']) {
    const { status, headers } = await emulator.get(path)
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
  }
  const named = await emulator.fetch(new Request('http://ims.cn-north-4.myhuaweicloud.com/_ims/nothing'))
  expect(named.headers.get('content-type')).toBe('application/problem+json')
})

test('a stock Glance answers under the names of the image service', async () => {
  await using emulator = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
  for (const host of ['ims.regionone.myhuaweicloud.com', 'ims.localhost', '127.0.0.1'])
    for (const path of ['/v2/images', '/v2/nothing']) {
      const headers = { 'X-Auth-Token': 'tok-a' }
      const { status } = await emulator.fetch(new Request(`http://${host}${path}`, { headers }))
      expect([host, path, status]).toEqual([host, path, path === '/v2/images' ? 200 : 404])
    }
})

test('a pattern of a path has no ids', () => {
  expect(pathPattern(`/v1/${PROJECT}/cloudservers/6cd1c6b1-1c3f-4a29-8d2c-3a1c7e1c2b11/block_device/7`)).toBe(
    '/v1/{id}/cloudservers/{id}/block_device/{id}',
  )
  expect(pathPattern('/v2.1/os-keypairs/my-key')).toBe('/v2.1/os-keypairs/my-key')
})
