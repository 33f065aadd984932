import { diskImageBytes, expect, test } from '../emulator.ts'
import { keysOf, objectBytes } from '../objects.ts'

const query = (count: number, name: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => `${name(n)}=1`).join('&')

test.for([
  ['/v2/cloudimages', 'a'],
  ['/v2/images', 'a'],
  ['/v1.1/images/detail', 'a'],
] as const)('%s refuses more filters than a statement can have', async ([path, name], { emulator }) => {
  for (const names of [() => name, (n: number) => name + n]) {
    const reply = await emulator.get(`${path}?${query(1100, names)}`)
    expect([reply.status < 500, path]).toEqual([true, path])
  }
  expect((await emulator.get(`${path}?${query(50, (n) => name + n)}`)).status).toBeLessThan(500)
})

test('an object in the place of a text is refused, whatever its fields are', async ({ emulator }) => {
  for (const name of [
    { length: { toString: null } },
    { length: 5 },
    { length: { valueOf: null, toString: null } },
  ]) {
    expect((await emulator.post('/_ims/rules', { name, then: { error: 'IMG.0046' } })).status).toBe(400)
    expect((await emulator.post('/v2/cloudimages/action', { name, image_url: 'a:b' })).status).toBe(400)
    expect((await emulator.post('/v1.0/enterprise-projects', { name })).status).toBe(400)
  }
})

test('two worlds of one seed export to one object at the same time, and each has its own', async ({
  emulator,
}) => {
  const worlds = [await emulator.world({ name: 'a', seed: 7 }), await emulator.world({ name: 'b', seed: 7 })]
  const send = (n: number, path: string, body: unknown) =>
    worlds[n]?.fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const statuses: unknown[] = []
  for (const n of [0, 1]) {
    await send(n, '/v2/cloudimages/action', { name: 'x', image_url: 'images:tiny.qcow2', min_disk: 1 })
    await worlds[n]?.jobs.finish()
  }
  for (const n of [0, 1]) {
    const { images } = (await emulator.get(`/w/${worlds[n]?.name}/v2/cloudimages?name=x`)).body
    const body = { bucket_url: 'images:out.qcow2', file_format: 'qcow2' }
    statuses.push((await send(n, `/v1/cloudimages/${images[0].id}/file`, body))?.status)
  }
  for (const world of worlds) await world.jobs.finish()
  expect(statuses).toEqual([200, 200])
  for (const name of ['a', 'b'])
    expect(await objectBytes(emulator, 'images', 'out.qcow2', name)).toEqual(diskImageBytes('tiny-v3.qcow2'))
  expect(await keysOf(emulator, 'images')).toEqual(['tiny.qcow2'])
})
