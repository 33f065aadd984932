import { createReadStream, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { diskImage } from '../emulator.ts'

const start = () => startEmulator({ clock: { rate: 0 }, listen: false })
const bytes = (text: string) => new TextEncoder().encode(text)
const read = async (stream: ReadableStream<Uint8Array>) => await new Response(stream).text()

test('objects of a world are put in any form, read, listed and deleted', async () => {
  await using emulator = await start()
  await using world = await emulator.world()
  await world.buckets.put('images', 'a', bytes('of memory'))
  await world.buckets.put('images', 'dir/b c+%.txt', new Blob(['of a blob']), { contentType: 'text/plain' })
  await world.buckets.put('images', 'dir/stream', new Blob(['of a stream']).stream())
  await world.buckets.put('images', 'file', createReadStream(diskImage('tiny-v3.qcow2')), {
    storageClass: 'COLD',
  })
  expect(await world.buckets.list('images')).toMatchObject([
    { key: 'a', size: 9, content_type: null, storage_class: 'STANDARD' },
    { key: 'dir/b c+%.txt', size: 9, content_type: 'text/plain' },
    { key: 'dir/stream', size: 11 },
    { key: 'file', storage_class: 'COLD' },
  ])
  expect(await world.buckets.get('images', 'a')).toEqual(bytes('of memory'))
  expect(await read(await world.buckets.stream('images', 'dir/b c+%.txt'))).toBe('of a blob')
  expect(Buffer.from(await world.buckets.get('images', 'file'))).toEqual(
    readFileSync(diskImage('tiny-v3.qcow2')),
  )
  expect((await world.buckets.list('images', 'dir/')).map(({ key }) => key)).toEqual([
    'dir/b c+%.txt',
    'dir/stream',
  ])
  await world.buckets.delete('images', 'a')
  await expect(world.buckets.get('images', 'a')).rejects.toThrow('there is no object a in the bucket images')
  expect(await emulator.buckets.all()).toEqual([])
  await world.buckets.delete('images')
  expect(await world.buckets.all()).toEqual([])
})

test('a list of more than a page is whole', async () => {
  await using emulator = await start()
  const objects = Array.from({ length: 1001 }, (_, n) => ({ key: `${n}`, text: '' }))
  await emulator.addFixtures({ buckets: [{ name: 'many', objects }] })
  expect(await emulator.buckets.list('many')).toHaveLength(1001)
})

test('a tiny disk is imported, exported, and read back', async () => {
  await using emulator = await start()
  await using world = await emulator.world({ scenario: 'instant' })
  const post = (path: string, body: unknown) =>
    world.fetch(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    })
  await world.buckets.make('own', { region: world.region })
  await world.buckets.put('own', 'a.qcow2', 'tiny')
  await post('/v2/cloudimages/action', { name: 'a', image_url: 'own:a.qcow2', min_disk: 1 })
  await world.jobs.finish()
  const listed = await world.fetch('/v2/cloudimages?name=a')
  const [image] = JSON.parse(await listed.text()).images
  await post(`/v1/cloudimages/${image.id}/file`, { bucket_url: 'own:out.qcow2', file_format: 'qcow2' })
  await world.jobs.finish()
  expect(await world.buckets.get('own', 'out.qcow2')).toEqual(await world.buckets.get('own', 'a.qcow2'))
})

test('200 worlds export to one bucket and key, and none sees another', async () => {
  await using emulator = await startEmulator({ clock: { rate: 0 }, listen: false, scenario: 'instant' })
  const worlds = await Promise.all(Array.from({ length: 200 }, () => emulator.world()))
  const exported = await Promise.all(
    worlds.map(async (world, n) => {
      const send = (path: string, body: unknown) =>
        world.fetch(path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' },
        })
      await world.buckets.put('images', 'in', { disk: 'qcow2', size: `${n + 1}MiB` })
      await send('/v2/cloudimages/action', { name: 'x', image_url: 'images:in', min_disk: 1 })
      await world.jobs.finish()
      const [image] = JSON.parse(await (await world.fetch('/v2/cloudimages?name=x')).text()).images
      await send(`/v1/cloudimages/${image.id}/file`, { bucket_url: 'images:out', file_format: 'qcow2' })
      await world.jobs.finish()
      const out = Buffer.from(await world.buckets.get('images', 'out'))
      expect(out.equals(await world.buckets.get('images', 'in'))).toBe(true)
      return out.toString('hex')
    }),
  )
  expect(new Set(exported).size).toBe(200)
}, 60_000)
