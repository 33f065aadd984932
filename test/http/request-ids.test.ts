import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startProcess } from '../cli/process.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

const PATH = '/v2/cloudimages?limit=1'

async function idsOf(emulator: TestEmulator, count: number): Promise<(string | null)[]> {
  const ids: (string | null)[] = []
  for (let n = 0; n < count; n++) ids.push((await emulator.get(PATH)).headers.get('x-request-id'))
  return ids
}

test('request ids continue over a restart as without one', async () => {
  using folder = scratchFolder()
  const data = join(folder.path, 'data')
  await using whole = await startTestEmulator()
  const expected = await idsOf(whole, 6)
  expect(new Set(expected).size).toBe(6)
  await using first = await startTestEmulator({ data })
  const before = await idsOf(first, 2)
  await first.close()
  await using second = await startTestEmulator({ data })
  const between = await idsOf(second, 1)
  await second.close()
  await using third = await startTestEmulator({ data })
  expect([...before, ...between, ...(await idsOf(third, 3))]).toEqual(expected)
})

test('request ids do not repeat after SIGKILL', async () => {
  using folder = scratchFolder()
  const flags = ['--port', '0', '--data', join(folder.path, 'data'), '--clock', 'frozen']
  const ids: (string | null)[] = []
  for (let run = 0; run < 3; run++) {
    const emulator = await startProcess(flags)
    for (let n = 0; n < 3; n++) {
      const reply = await fetch(emulator.url + PATH, { headers: { 'X-Auth-Token': 'demo-token' } })
      await reply.text()
      ids.push(reply.headers.get('x-request-id'))
    }
    await emulator.stop('SIGKILL')
  }
  expect(ids).not.toContain(null)
  expect(new Set(ids).size).toBe(9)
})

test('request ids start again after a reset', async () => {
  await using emulator = await startTestEmulator()
  const before = await idsOf(emulator, 3)
  await emulator.post('/_ims/reset')
  expect(await idsOf(emulator, 3)).toEqual(before)
})

test('requests to the control plane do not change the request ids of the cloud', async () => {
  await using quiet = await startTestEmulator()
  await using busy = await startTestEmulator()
  const [one = null] = await idsOf(busy, 1)
  await busy.get('/_ims/journal')
  await busy.post('/_ims/tokens', {})
  await busy.post('/_ims/rules', {
    name: 'none',
    when: { operation: 'ShowJob' },
    then: { error: 'APIGW.0201' },
  })
  expect([one, ...(await idsOf(busy, 2))]).toEqual(await idsOf(quiet, 3))
})
