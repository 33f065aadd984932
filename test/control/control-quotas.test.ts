import { join } from 'node:path'
import { describe, test as plain } from 'vitest'
import { expect, scratchFolder, startTestEmulator, test } from '../emulator.ts'

const IMAGE = { name: 'n', disk_format: 'raw', container_format: 'bare' }
const OTHER = '0605767b4480d5872f0ec00af5c37a9b'

describe('quotas', () => {
  test('are those of the scenario at first', async ({ emulator }) => {
    const { body } = await emulator.get('/_ims/quotas')
    expect(body).toMatchObject({ private_images: 100, projects: {}, requests: null })
  })

  test('change for the next request; limits that are not named stay', async ({ emulator }) => {
    const before = (await emulator.get('/_ims/quotas')).body
    const changed = await emulator.patch('/_ims/quotas', { private_images: 1 })
    expect([changed.status, changed.body]).toEqual([200, { ...before, private_images: 1 }])
    const order = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
    expect((await emulator.post('/v2/cloudimages/action', order)).status).toBe(200)
    expect((await emulator.post('/v2/cloudimages/action', order)).body.error.code).toBe('IMG.0015')
    const [quota] = (await emulator.get('/v1/cloudimages/quota')).body.quotas.resources
    expect(quota).toMatchObject({ type: 'image', used: 1, quota: 1 })
  })

  test('of one project do not change those of others', async ({ emulator }) => {
    await emulator.patch('/_ims/quotas', { projects: { [OTHER]: { private_images: 0, shared_images: 2 } } })
    await emulator.patch('/_ims/quotas', { projects: { [OTHER]: { private_images: 7 } } })
    expect((await emulator.get('/_ims/quotas')).body.projects).toEqual({
      [OTHER]: { private_images: 7, shared_images: 2 },
    })
    const [quota] = (await emulator.get('/v1/cloudimages/quota')).body.quotas.resources
    expect(quota.quota).toBe(100)
  })

  test('of requests begin with the next request, and end with null or a reset', async ({ emulator }) => {
    const statuses = async () => {
      const seen: number[] = []
      for (let n = 0; n < 3; n++) seen.push((await emulator.get('/v2/cloudimages?limit=1')).status)
      return seen
    }
    const limited = await emulator.patch('/_ims/quotas', { requests: { rate: '2/m', per: 'world' } })
    expect(limited.body.requests).toEqual({ rate: '2/m', per: 'world' })
    expect(await statuses()).toEqual([200, 200, 429])
    await emulator.patch('/_ims/quotas', { private_images: 5 })
    expect(await statuses()).toEqual([429, 429, 429])
    const other = await emulator.patch('/_ims/quotas', { requests: { rate: '1000/h' } })
    expect(other.body).toMatchObject({ private_images: 5, requests: { rate: '1000/h', per: 'project' } })
    expect(await statuses()).toEqual([200, 200, 200])
    await emulator.patch('/_ims/quotas', { requests: { rate: '1/s' } })
    expect((await emulator.patch('/_ims/quotas', { requests: null })).body.requests).toBeNull()
    expect(await statuses()).toEqual([200, 200, 200])
    await emulator.patch('/_ims/quotas', { requests: { rate: '1/h' } })
    await emulator.post('/_ims/reset')
    expect((await emulator.get('/_ims/quotas')).body.requests).toBeNull()
  })

  test('are those of the scenario after a reset', async ({ emulator }) => {
    await emulator.patch('/_ims/quotas', { private_images: 1 })
    await emulator.post('/_ims/reset')
    expect((await emulator.get('/_ims/quotas')).body.private_images).toBe(100)
  })

  test.for([
    [{}, 'nothing is to be changed'],
    [{ private_image: 3 }, 'private_image'],
    [{ private_images: -1 }, 'private_images'],
    [{ requests: { rate: 'often' } }, 'often is no rate of requests; write 200/s, 30/m or 1000/h'],
    [{ requests: 3 }, 'requests'],
    [{ projects: { [OTHER]: { requests: 3 } } }, 'requests'],
  ] as const)(
    'are not changed by %j, which is refused with a sentence',
    async ([change, word], { emulator }) => {
      const reply = await emulator.patch('/_ims/quotas', change)
      expect(reply.status).toBe(400)
      expect(reply.body.detail).toContain(word)
      expect((await emulator.get('/_ims/quotas')).body.private_images).toBe(100)
    },
  )
})

plain('changed quotas survive a restart, and keep rules and their counts', async () => {
  using folder = scratchFolder()
  const data = join(folder.path, 'data')
  await using first = await startTestEmulator({ data })
  await first.post('/_ims/rules', { name: 'r', when: { operation: 'ListImages' }, then: {} })
  await first.get('/v2/cloudimages')
  await first.patch('/_ims/quotas', { private_images: 3 })
  await first.post('/v2/images', IMAGE)
  await first.close()
  await using second = await startTestEmulator({ data })
  expect((await second.get('/_ims/quotas')).body.private_images).toBe(3)
  expect((await second.get('/_ims/rules')).body.rules).toMatchObject([{ name: 'r', hits: 1 }])
})
