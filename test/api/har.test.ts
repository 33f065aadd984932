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
