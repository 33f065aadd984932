import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { diskImage, scratchFolder } from '../emulator.ts'

const WORLDS = 200
const ID = '12345678-1234-4234-8234-123456789012'
const DEMO = '0605767a9500d5ed2fb3c00a8e3a0d4c'

test('two hundred tests at once, each in a world of its own, do not see one another', async () => {
  using scratch = scratchFolder()
  mkdirSync(join(scratch.path, 'images'))
  copyFileSync(diskImage('tiny-v3.qcow2'), join(scratch.path, 'images', 'tiny.qcow2'))
  await using emulator = await startEmulator({ clock: { rate: 0 }, buckets: scratch.path, listen: false })

  async function seenByTest(n: number): Promise<unknown> {
    await using world = await emulator.world({ seed: n % 3 })
    const json = { name: `image-${n}`, image_url: 'images:tiny.qcow2', min_disk: 1 }
    const headers = { 'Content-Type': 'application/json' }
    await world.fetch('/v2/cloudimages/action', { method: 'POST', headers, body: JSON.stringify(json) })
    await world.jobs.finish()
    const { images } = JSON.parse(await (await world.fetch('/v2/cloudimages?__imagetype=private')).text())
    const requests = await world.journal.requests()
    return [images.map(({ name, status }: Record<string, string>) => [name, status]), requests.length]
  }

  const tests = [...Array(WORLDS).keys()]
  expect(await Promise.all(tests.map(seenByTest))).toEqual(tests.map((n) => [[[`image-${n}`, 'active']], 2]))
  expect((await emulator.worlds()).map(({ name }) => name)).toEqual(['default'])
})

test('worlds with the same start have equal images, and each can delete its own', async () => {
  const scenario = {
    extends: 'instant',
    fixtures: ['demo-tenants', { images: [{ imagetype: 'private', id: ID, name: 'given', owner: DEMO }] }],
  }
  await using emulator = await startEmulator({ clock: { rate: 0 }, listen: false })
  await using first = await emulator.world({ scenario })
  await using second = await emulator.world({ scenario })
  const bytes = async ({ fetch }: typeof first) => (await fetch(`/v2/images/${ID}/file`)).text()
  const given = await bytes(first)
  expect(given.length).toBeGreaterThan(0)
  expect((await first.fetch(`/v2/images/${ID}`, { method: 'DELETE' })).status).toBe(204)
  expect(await bytes(second)).toBe(given)
})
