import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/router.ts'
import { type Emulator, openEmulator } from '../../src/worlds/emulator.ts'

/** An emulator with a world whose database has gone. */
function withBrokenWorld(): {
  emulator: Emulator
  ask(method: string, path: string, headers?: object): Promise<Response>
} {
  const emulator = openEmulator({ log: () => {} })
  for (const name of ['broken', 'sound']) emulator.worlds.create({ name })
  emulator.worlds.find('broken')?.db.$client.close()
  const app = createApp(emulator)
  const ask = async (method: string, path: string, headers = {}) =>
    await app.fetch(
      new Request(`http://127.0.0.1${path}`, { method, headers: { 'X-Auth-Token': 'anybody', ...headers } }),
    )
  return { emulator, ask }
}

describe('a world whose database is broken', () => {
  test('answers with a fault, and other worlds work', async () => {
    const { ask } = withBrokenWorld()
    expect((await ask('GET', '/w/broken/v2/cloudimages')).status).toBe(500)
    for (const path of ['/w/sound/v2/cloudimages', '/v2/cloudimages'])
      expect((await ask('GET', path)).status).toBe(200)
    expect((await ask('GET', '/v2/cloudimages', { 'X-Ims-World': 'sound' })).status).toBe(200)
    expect((await ask('GET', '/metrics')).status).toBe(200)
  })

  test('is listed, and can be deleted and created again', async () => {
    const { ask, emulator } = withBrokenWorld()
    const listed = async () => {
      const { worlds } = JSON.parse(await (await ask('GET', '/_ims/worlds')).text())
      return worlds.map(({ name }: { name: string }) => name)
    }
    expect(await listed()).toEqual(['default', 'broken', 'sound'])
    expect((await ask('DELETE', '/_ims/worlds/broken')).status).toBe(204)
    expect(await listed()).toEqual(['default', 'sound'])
    emulator.worlds.create({ name: 'broken' })
    expect((await ask('GET', '/w/broken/v2/cloudimages')).status).toBe(200)
  })

  test('is reported when the emulator closes, after all others were closed', () => {
    const { emulator } = withBrokenWorld()
    const sound = emulator.worlds.find('sound')
    expect(() => emulator.close()).toThrow('not every world could be closed')
    expect(sound?.db.$client.open).toBe(false)
  })
})
