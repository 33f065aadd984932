import { describe } from 'vitest'
import { expect, test } from '../emulator.ts'
import { addImages, asPartner, NO_IMAGE, PARTNER } from '../private-image.ts'
import { PROJECT } from '../tenants.ts'

describe('GET /_ims/traces', () => {
  test('shows the traces of all projects, oldest first, by exact filters', async ({ emulator }) => {
    const [id] = await addImages(emulator, { name: 'web' })
    await emulator.delete(`/v2/images/${NO_IMAGE}`, undefined, asPartner)
    await emulator.put(`/v2/images/${id}/tags/green`)
    const { body } = await emulator.get('/_ims/traces', { token: null })
    expect(body.traces).toMatchObject([
      { project_id: PARTNER, trace_name: 'deleteImage', code: '404' },
      { project_id: PROJECT, trace_name: 'addTag', code: '204' },
    ])
    const of = async (query: string) => (await emulator.get(`/_ims/traces?${query}`)).body.traces.length
    expect(await of('name=addTag')).toBe(1)
    expect(await of('rating=warning&user=partner')).toBe(1)
    expect(await of(`project_id=${PROJECT}&resource_name=web`)).toBe(1)
    expect(await of('limit=1&name=deleteImage')).toBe(1)
    expect(await of('resource_type=ims')).toBe(0)
    expect((await emulator.get('/_ims/traces?colour=red')).status).toBe(400)
  })

  test('the test kit reads them', async ({ emulator }) => {
    await using world = await emulator.world()
    await world.fetch(`/v2/images/${NO_IMAGE}`, { method: 'DELETE' })
    expect(await world.traces({ name: 'deleteImage', limit: 1 })).toMatchObject([{ code: '404' }])
    expect(await world.traces({ rating: 'normal' })).toEqual([])
    expect(await emulator.traces()).toEqual([])
  })

  test('traces belong to their world: ids come from the seed, a fork has them, a reset forgets them', async ({
    emulator,
  }) => {
    const clock = { start: '2026-01-01T00:00:00Z', rate: 0 }
    const scenario = { scenario: 'mine', summary: 'It stands still.', clock }
    const ids: string[][] = []
    for (const seed of [7, 7, 8]) {
      await using world = await emulator.world({ seed, scenario })
      await world.fetch(`/v2/images/${NO_IMAGE}`, { method: 'DELETE' })
      ids.push((await world.traces()).map(({ trace_id: id }) => id))
      await using fork = await world.fork()
      expect((await fork.traces()).map(({ trace_id: id }) => id)).toEqual(ids.at(-1))
      await world.reset()
      expect(await world.traces()).toEqual([])
    }
    const [one, again, other] = ids
    expect(one).toHaveLength(1)
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
  })
})
