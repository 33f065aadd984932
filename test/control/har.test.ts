import { expect } from 'vitest'
import { test } from '../emulator.ts'

test.for([
  ['the default world', '/_ims', ''],
  ['another world', '/_ims/worlds/blue', '/w/blue'],
] as const)(
  'a request of %s stands in the archive with its address',
  async ([_which, ims, w], { emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'blue' })
    const reply = await emulator.get(`${w}/v2/cloudimages?limit=1`)
    const { log } = (await emulator.get(`${ims}/journal/har`)).body
    expect([log.version, log.creator.name, log.entries.length]).toEqual(['1.2', 'ims-emulator', 1])
    const [{ request, response, _operation }] = log.entries
    expect(request).toMatchObject({
      method: 'GET',
      url: `${emulator.url}${w}/v2/cloudimages?limit=1`,
      queryString: [{ name: 'limit', value: '1' }],
      cookies: [],
    })
    expect([response.status, response.content.text, _operation]).toEqual([200, reply.text, 'ListImages'])
  },
)

test('a text body of a request is in postData, and a binary one in _base64', async ({ emulator }) => {
  const json = { name: 'x', disk_format: 'raw', container_format: 'bare' }
  const { body } = await emulator.post('/v2/images', json)
  const headers = { 'Content-Type': 'application/octet-stream' }
  await emulator.request('PUT', `/v2/images/${body.id}/file`, { body: new Uint8Array([0, 255, 1]), headers })
  await emulator.get(`/v2/images/${body.id}`)
  const { log } = (await emulator.get('/_ims/journal/har')).body
  const bodies = log.entries.map(({ request }: { request: { postData?: unknown; bodySize: number } }) => [
    request.postData,
    request.bodySize,
  ])
  expect(bodies).toEqual([
    [{ mimeType: 'application/json', text: JSON.stringify(json) }, JSON.stringify(json).length],
    [{ mimeType: 'application/octet-stream', text: '', _base64: 'AP8B' }, 3],
    [undefined, 0],
  ])
})

test('an entry has the time, the headers and the fields of the emulator', async ({ emulator }) => {
  await emulator.post('/_ims/rules', { name: 'mine', when: { operation: 'ShowImageQuota' }, then: {} })
  const reply = await emulator.get('/v1/cloudimages/quota?a=b', { headers: { 'X-Language': 'en-us' } })
  const [entry] = (await emulator.get('/_ims/journal/har')).body.log.entries
  expect(entry).toEqual({
    startedDateTime: (await emulator.get('/_ims/clock')).body.now,
    time: expect.any(Number),
    request: {
      method: 'GET',
      url: `${emulator.url}/v1/cloudimages/quota?a=b`,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: expect.arrayContaining([{ name: 'x-language', value: 'en-us' }]),
      queryString: [{ name: 'a', value: 'b' }],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      content: { size: reply.text.length, mimeType: 'application/json', text: reply.text },
      redirectURL: '',
      headersSize: -1,
      bodySize: reply.text.length,
    },
    cache: {},
    timings: { send: 0, wait: entry.time, receive: 0 },
    _service: 'ims',
    _operation: 'ShowImageQuota',
    _requestId: reply.headers.get('x-request-id'),
    _rules: ['mine'],
    _unread: ['query.a'],
  })
})
