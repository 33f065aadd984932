import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'

async function describeImage(emulator: TestEmulator, tags: string[]): Promise<string> {
  return (await emulator.post('/v2/images', { tags })).body.id
}

async function tagsOf(emulator: TestEmulator, id: string): Promise<string[]> {
  return (await emulator.get(`/v2/images/${id}`)).body.tags
}

describe('a tag', () => {
  test('is added as a key without a value, and removed by its key', async ({ emulator }) => {
    const id = await describeImage(emulator, ['team=web'])
    const put = await emulator.put(`/v2/images/${id}/tags/green`)
    expect([put.status, put.text]).toEqual([204, ''])
    expect(await tagsOf(emulator, id)).toEqual(['team=web', 'green'])
    expect((await emulator.delete(`/v2/images/${id}/tags/team`)).status).toBe(204)
    expect(await tagsOf(emulator, id)).toEqual(['green'])
  })

  test('keeps its value when its key is added again', async ({ emulator }) => {
    const id = await describeImage(emulator, ['team=web'])
    expect((await emulator.put(`/v2/images/${id}/tags/team`)).status).toBe(204)
    expect(await tagsOf(emulator, id)).toEqual(['team=web'])
  })

  test.for([
    ['a%20b', 'IMG.0115'],
    ['a=b', 'IMG.0115'],
    ['x'.repeat(256), 'IMG.0115'],
  ])('named %s is refused with %s', async ([tag, code], { emulator }) => {
    const id = await describeImage(emulator, [])
    const reply = await emulator.put(`/v2/images/${id}/tags/${tag}`)
    expect([reply.status, reply.body.error.code]).toEqual([400, code])
    expect(await tagsOf(emulator, id)).toEqual([])
  })

  test('above the quota is refused with IMG.0116, and an unknown one is not found', async ({ emulator }) => {
    const tags = Array.from({ length: 10 }, (_, n) => `tag${n}`)
    const id = await describeImage(emulator, tags)
    const reply = await emulator.put(`/v2/images/${id}/tags/green`)
    expect([reply.status, reply.body.error.code]).toEqual([400, 'IMG.0116'])
    expect((await emulator.delete(`/v2/images/${id}/tags/green`)).status).toBe(404)
    expect(await tagsOf(emulator, id)).toEqual(tags)
  })

  test('is refused for a public image with IMG.0047', async ({ emulator }) => {
    const listed = await emulator.get('/v2/images?__imagetype=gold&limit=1')
    const reply = await emulator.put(`/v2/images/${listed.body.images[0].id}/tags/green`)
    expect([reply.status, reply.body.error.code]).toEqual([400, 'IMG.0047'])
  })
})
