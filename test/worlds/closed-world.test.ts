import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

afterEach(() => void vi.useRealTimers())

/** Lets the clock of the host go on by a time without waiting. */
function hostGoesOn(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

/** The ways in which a world is closed while the emulator runs. */
const CLOSINGS = {
  reset: (emulator: TestEmulator) => emulator.post('/_ims/worlds/other/reset'),
  restore: (emulator: TestEmulator) => emulator.put('/_ims/worlds/other/snapshots/start/restore'),
  delete: (emulator: TestEmulator) => emulator.delete('/_ims/worlds/other'),
}

/** A body whose second half comes when it is released. */
function slowBody() {
  let release = () => {}
  const half = new Promise<void>((resolve) => {
    release = resolve
  })
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(100_000))
      await half
      controller.enqueue(new Uint8Array(100_000))
      controller.close()
    },
  })
  return { body, release }
}

describe.each(['in memory', 'on disk'])('a world %s', (where) => {
  test('is reset, restored and deleted although its clock was written long ago', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    using folder = scratchFolder()
    const data = where === 'on disk' ? { data: join(folder.path, 'data') } : {}
    await using emulator = await startTestEmulator({ ...data, clock: { rate: 1 } })
    await emulator.post('/_ims/worlds', { name: 'other' })
    await emulator.post('/_ims/worlds/other/snapshots', { name: 'start' })
    for (const close of Object.values(CLOSINGS)) {
      hostGoesOn(60_000)
      expect((await close(emulator)).status).toBe(204)
    }
  })

  test.each(['reset', 'restore', 'delete'] as const)(
    'ends uploads under way with 409 at a %s',
    async (way) => {
      using folder = scratchFolder()
      const data = join(folder.path, 'data')
      await using emulator = await startTestEmulator(where === 'on disk' ? { data } : {})
      await emulator.post('/_ims/worlds', { name: 'other' })
      await emulator.post('/_ims/worlds/other/snapshots', { name: 'start' })
      const { id } = (await emulator.post('/w/other/v2/images', { name: 'half' })).body
      const { body, release } = slowBody()
      const upload = fetch(`${emulator.url}/w/other/v2/images/${id}/file`, {
        method: 'PUT',
        headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/octet-stream' },
        body,
        duplex: 'half',
      })
      while ((await emulator.get(`/w/other/v2/images/${id}`)).body.status !== 'saving');
      expect((await CLOSINGS[way](emulator)).status).toBe(204)
      if (where === 'on disk' && way !== 'delete')
        expect(readdirSync(join(data, 'worlds', 'other', 'blobs'))).toEqual([])
      release()
      const answer = await upload
      expect([answer.status, await answer.text()]).toEqual([
        409,
        expect.stringContaining('the world was reset, restored or deleted meanwhile'),
      ])
      if (where === 'on disk' && way !== 'delete')
        expect(readdirSync(join(data, 'worlds', 'other', 'blobs'))).toEqual([])
      if (way === 'delete') await emulator.post('/_ims/worlds', { name: 'other' })
      expect((await emulator.get('/w/other/v2/images?visibility=private')).body.images).toEqual([])
      expect((await emulator.post('/w/other/v2/images', { name: 'next' })).status).toBe(201)
    },
  )
})
