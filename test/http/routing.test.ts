import { beforeAll, describe, expect, test } from 'vitest'
import { controlOperations } from '../../src/control/service.ts'
import { services } from '../../src/services/index.ts'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
  return () => emulator.close()
})

const gateway = (requestId: string | null, error_code: string, error_msg: string) => ({
  error_code,
  error_msg,
  request_id: requestId,
})

describe('a path that nothing stands at', () => {
  test.each([
    ['GET', '/v1/cloudimages/nothing/at/all'],
    ['POST', '/v2/cloudimages/nothing/here'],
    ['GET', '/v2/nothing'],
    ['DELETE', '/v9'],
  ])(
    '%s %s gets the 404 of the gateway, APIGW.0101, before anybody asks for credentials',
    async (method, path) => {
      const reply = await emulator.request(method, path, { token: null })
      expect(reply.status).toBe(404)
      expect(reply.body).toEqual(
        gateway(
          reply.headers.get('x-request-id'),
          'APIGW.0101',
          'The API does not exist or has not been published in the environment.',
        ),
      )
    },
  )

  test('under the native API it gets the 404 of Glance', async () => {
    const reply = await emulator.get('/v2/images/x/y')
    expect(reply.status).toBe(404)
    expect(reply.text).toContain('The resource could not be found.')
  })

  test('under the control plane it gets a problem document that says where to look', async () => {
    const reply = await emulator.get('/_ims/nothing')
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    expect(reply.body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'nothing at GET /_ims/nothing; /_ims/openapi.json lists what there is',
    })
  })
})

describe('a known path with a method that it does not take', () => {
  test.each([
    ['GET', '/v1/cloudimages/members', 'POST, PUT, DELETE'],
    ['DELETE', '/v1/cloudimages/tags', 'GET, PUT'],
    ['PATCH', '/v1/cloudimages/quota', 'GET'],
    ['HEAD', '/v2/cloudimages', 'GET'],
    ['OPTIONS', '/v2/cloudimages', 'GET'],
  ])('%s %s gets the 405 of the gateway, APIGW.0103, and is told %s', async (method, path, allowed) => {
    const reply = await emulator.request(method, path)
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, allowed])
    if (method === 'HEAD') return
    expect(reply.body).toEqual(
      gateway(
        reply.headers.get('x-request-id'),
        'APIGW.0103',
        'The request method is not supported by the API.',
      ),
    )
  })

  test('under the native API it gets the 405 of Glance', async () => {
    const reply = await emulator.post('/v2/images/00000000-0000-4000-8000-000000000000', {})
    expect(reply.status).toBe(405)
    expect(reply.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'DELETE']))
    expect(reply.text).toContain('The method POST is not allowed for this resource.')
  })

  test('under the control plane it gets a problem document that says what to use', async () => {
    const reply = await emulator.put('/_ims/clock', {})
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, PATCH'])
    expect(reply.body.detail).toBe('/_ims/clock takes GET, PATCH, not PUT')
  })

  test('a body of some size is read before the answer, so that the connection stays', async () => {
    const reply = await emulator.request('PUT', '/v1/cloudimages/quota', { body: 'x'.repeat(2 ** 20) })
    expect(reply.status).toBe(405)
  })
})

test('HEAD on the control plane answers as GET does, without a body', async () => {
  const reply = await emulator.request('HEAD', '/_ims/health')
  expect([reply.status, reply.text]).toEqual([200, ''])
})

const operations = [...services.huawei.flatMap((service) => service.operations), ...controlOperations]

test('paths that only differ in the names of their parameters name them the same', () => {
  const spellings = Map.groupBy(operations, ({ path }) => path.replace(/\{\w+\}/g, '{}'))
  const several = [...spellings.values()]
    .map((same) => new Set(same.map(({ path }) => path)))
    .filter((paths) => paths.size > 1)
  expect(several).toEqual([])
})

test('no two operations have the same id, or the same method and path', () => {
  const ids = operations.map(({ id }) => id)
  const routes = operations.map(({ method, path }) => `${method} ${path}`)
  expect([new Set(ids).size, new Set(routes).size]).toEqual([ids.length, routes.length])
})
