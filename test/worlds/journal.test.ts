import { describe, expect } from 'vitest'
import { test } from '../emulator.ts'
import { addImages, asPartner, NO_IMAGE, PARTNER } from '../private-image.ts'

const latest = async (emulator: { get(path: string): Promise<{ body: { requests: unknown[] } }> }) =>
  (await emulator.get('/_ims/journal?limit=1')).body.requests[0]

test('an entry has the operation, the answer and the project of its request', async ({ emulator }) => {
  const reply = await emulator.get(`/v1/${emulator.projectId}/jobs/none?a=b`)
  expect(await latest(emulator)).toEqual({
    number: 1,
    duration_ms: expect.any(Number),
    user_id: '0605767a8880d5a41fb1c00a1d2e9f30',
    request_id: reply.headers.get('x-request-id'),
    time: (await emulator.get('/_ims/clock')).body.now,
    service: 'ims',
    method: 'GET',
    path: `/v1/${emulator.projectId}/jobs/none?a=b`,
    operation: 'ShowJob',
    status: 400,
    code: 'IMG.0023',
    project_id: emulator.projectId,
    unread: ['query.a'],
    rules: [],
  })
})

test('an entry of an unknown user has the project and no user', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota', { token: 'anything' })
  expect(await latest(emulator)).toMatchObject({
    status: 200,
    project_id: emulator.projectId,
    user_id: null,
  })
})

test('an entry of a request without an operation has none', async ({ emulator }) => {
  await emulator.get('/v2/nothing', { token: null })
  expect(await latest(emulator)).toMatchObject({
    path: '/v2/nothing',
    operation: null,
    status: 404,
    code: 'APIGW.0101',
    project_id: null,
    unread: [],
    rules: [],
  })
  await emulator.delete('/v1/cloudimages/quota')
  expect(await latest(emulator)).toMatchObject({ operation: null, status: 405, code: 'APIGW.0103' })
})

describe('the list of unread fields', () => {
  test.for([
    ['nothing of a body whose fields are all declared', { images: [NO_IMAGE], projects: [PARTNER] }, []],
    ['fields of a body', { images: [NO_IMAGE], colour: 'red', size: 1 }, ['body.colour', 'body.size']],
    ['nothing of a field that is null, as it was not sent', { images: [NO_IMAGE], colour: null }, []],
  ] as const)('is %s', async ([_what, body, unread], { emulator }) => {
    await emulator.post('/v1/cloudimages/members', body)
    expect(await latest(emulator)).toMatchObject({ operation: 'BatchAddMembers', unread })
  })

  test('has paths in lists and objects, for successful requests, too', async ({ emulator }) => {
    const [id] = await addImages(emulator, {})
    const tags = [
      { key: 'a', value: '1' },
      { key: 'b', value: '2', colour: 'red' },
    ]
    await emulator.post(`/v2/${emulator.projectId}/images/${id}/tags/action`, { action: 'create', tags })
    expect(await latest(emulator)).toMatchObject({ status: 204, unread: ['body.tags[1].colour'] })
  })

  test('has a field that only another action of the operation reads', async ({ emulator }) => {
    const path = `/v2/${emulator.projectId}/images/resource_instances/action`
    await emulator.post(path, { action: 'count', tag: [], limit: '1' })
    expect(await latest(emulator)).toMatchObject({ status: 200, unread: ['body.tag'] })
  })

  test('has parameters that a listing ignores, but no unknown filters', async ({ emulator }) => {
    await emulator.get('/v2/cloudimages?page=2&__support_something=true&limit=1')
    expect(await latest(emulator)).toMatchObject({ unread: ['query.page'] })
  })

  test('has the body of an operation without one, unless it is empty', async ({ emulator }) => {
    await emulator.request('DELETE', `/v2/${emulator.projectId}/images/${NO_IMAGE}/tags/a`, {
      json: { a: 1 },
    })
    expect(await latest(emulator)).toMatchObject({ unread: ['body'] })
    await emulator.request('DELETE', `/v2/${emulator.projectId}/images/${NO_IMAGE}/tags/a`, { json: {} })
    expect(await latest(emulator)).toMatchObject({ unread: [] })
  })

  test('has at most 32 fields', async ({ emulator }) => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`field_${n}`, n]))
    await emulator.post('/v1/cloudimages/members', many)
    const { requests } = (await emulator.get('/_ims/journal')).body
    expect(requests[0].unread).toHaveLength(32)
  })
})

describe('GET /_ims/journal filters', () => {
  test('by operation, by status and by the number of latest entries', async ({ emulator }) => {
    await emulator.get('/v1/cloudimages/quota')
    await emulator.get('/v2/cloudimages?limit=0')
    await emulator.get('/v2/cloudimages?limit=1')
    await emulator.get('/_ims/health')
    const look = async (query: string) => {
      const { total, requests } = (await emulator.get(`/_ims/journal${query}`)).body
      return [
        total,
        requests.map(({ operation, status }: Record<string, unknown>) => `${operation} ${status}`),
      ]
    }
    const [quota, refused, listed] = ['ShowImageQuota 200', 'ListImages 400', 'ListImages 200']
    expect(await look('')).toEqual([3, [quota, refused, listed]])
    expect(await look('?operation=ListImages')).toEqual([3, [refused, listed]])
    expect(await look('?status=400')).toEqual([3, [refused]])
    expect(await look('?method=G*')).toEqual([3, [quota, refused, listed]])
    expect(await look('?method=POST')).toEqual([3, []])
    expect(await look('?path=*limit=1')).toEqual([3, [listed]])
    expect(await look('?code=IMG.*')).toEqual([3, [refused]])
    expect(await look('?after=2')).toEqual([3, [listed]])
    expect(await look('?limit=2')).toEqual([3, [refused, listed]])
    expect(await look('?operation=ListImages&status=200&limit=1')).toEqual([3, [listed]])
  })

  test('by the rule that fired', async ({ emulator }) => {
    await emulator.post('/_ims/rules', { name: 'mine', when: { operation: 'ShowImageQuota' }, then: {} })
    await emulator.get('/v1/cloudimages/quota')
    await emulator.get('/v2/cloudimages?limit=1')
    const { requests } = (await emulator.get('/_ims/journal?rule=mi*')).body
    expect(requests).toEqual([expect.objectContaining({ operation: 'ShowImageQuota', rules: ['mine'] })])
  })

  test('by the project of the caller', async ({ emulator }) => {
    await emulator.get('/v1/cloudimages/quota')
    await emulator.get('/v1/cloudimages/quota', asPartner)
    const { requests } = (await emulator.get(`/_ims/journal?project_id=${PARTNER}`)).body
    expect(requests).toEqual([expect.objectContaining({ number: 2, project_id: PARTNER })])
  })

  test('nothing after it was cleared, and after a reset of the world', async ({ emulator }) => {
    for (const clear of [() => emulator.delete('/_ims/journal'), () => emulator.post('/_ims/reset')]) {
      await emulator.get('/v1/cloudimages/quota')
      const reply = await clear()
      expect([reply.status, reply.text]).toEqual([204, ''])
      expect((await emulator.get('/_ims/journal')).body).toEqual({ total: 0, requests: [] })
    }
  })

  test.for([
    ['limit=0', 'query.limit'],
    ['status=ok', 'query.status'],
    ['colour=red', 'query'],
  ] as const)('but not by %s, which is refused with a sentence', async ([query, where], { emulator }) => {
    const reply = await emulator.get(`/_ims/journal?${query}`)
    expect(reply.status).toBe(400)
    expect(reply.body.detail).toContain(where === 'query' ? 'colour' : where.replace('query.', ''))
  })
})
