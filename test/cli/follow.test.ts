import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'
import { follow } from './process.ts'

test('journal --follow prints requests as they come and exits with 0 on SIGINT', async () => {
  await using emulator = await startEmulator()
  await emulator.fetch('/v2/cloudimages?limit=1')
  await using following = follow(['journal', '--follow', '--json', '--url', emulator.url])
  await following.until('limit=1')
  await emulator.fetch('/v2/cloudimages?limit=2')
  await following.until('limit=2')
  following.child.kill('SIGINT')
  const { code, out, err } = await following.ended
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const paths = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).path)
  expect(paths).toEqual(['/v2/cloudimages?limit=1', '/v2/cloudimages?limit=2'])
})

test('journal --follow continues after a reset, when requests are numbered from 1 again', async () => {
  await using emulator = await startEmulator()
  for (const limit of [1, 2]) await emulator.fetch(`/v2/cloudimages?limit=${limit}`)
  await using following = follow(['journal', '--follow', '--url', emulator.url])
  await following.until('limit=2')
  await emulator.reset()
  await emulator.fetch('/v2/cloudimages?limit=3')
  await following.until('limit=3')
  following.child.kill('SIGTERM')
  const { code, out } = await following.ended
  expect({ code, lines: out.match(/limit=\d/g) }).toEqual({
    code: 0,
    lines: ['limit=1', 'limit=2', 'limit=3'],
  })
})

test('journal --follow exits with 0 when the emulator ends', async () => {
  const emulator = await startEmulator()
  await emulator.fetch('/v2/cloudimages?limit=1')
  await using following = follow(['journal', '--follow', '--url', emulator.url])
  await following.until('limit=1')
  await emulator.close()
  const { code, err } = await following.ended
  expect({ code, err }).toEqual({ code: 0, err: `ims-emulator: the emulator at ${emulator.url} has ended\n` })
})

test('journal --follow exits with 0 when its reader closes the pipe', async () => {
  await using emulator = await startEmulator()
  await emulator.fetch('/v2/cloudimages?limit=1')
  await using following = follow(['journal', '--follow', '--url', emulator.url])
  await following.until('limit=1')
  following.child.stdout?.destroy()
  const ended = once(following.child, 'exit')
  await emulator.fetch('/v2/cloudimages?limit=2')
  expect(await ended).toEqual([0, null])
})
