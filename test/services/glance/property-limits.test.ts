import { expect, test } from '../../emulator.ts'

const PATCH = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }

const properties = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`custom_${n}`, 'x']))

test('an image of the cloud has 128 custom properties at most', async ({ emulator }) => {
  const over = await emulator.post('/v2/images', properties(129))
  expect(over.status).toBe(413)
  expect(over.text).toContain('number of allowed image properties. Attempted: 129, Maximum: 128')
  const { body, status } = await emulator.post('/v2/images', properties(60))
  expect(status).toBe(201)
  const json = Array.from({ length: 100 }, (_, n) => ({ op: 'add', path: `/other_${n}`, value: 'x' }))
  const patched = await emulator.request('PATCH', `/v2/images/${body.id}`, { headers: PATCH, json })
  expect(patched.status).toBe(413)
  expect((await emulator.get(`/v2/images/${body.id}`)).body.other_0).toBeUndefined()
})

test('a custom property of the cloud has a name of 255 characters at most', async ({ emulator }) => {
  const { body } = await emulator.post('/v2/images', {})
  for (const [length, created, patched] of [
    [255, 201, 200],
    [256, 400, 400],
  ] as const) {
    const name = 'n'.repeat(length)
    expect((await emulator.post('/v2/images', { [name]: 'x' })).status).toBe(created)
    const json = [{ op: 'add', path: `/${name}`, value: 'x' }]
    const reply = await emulator.request('PATCH', `/v2/images/${body.id}`, { headers: PATCH, json })
    expect(reply.status).toBe(patched)
  }
})
