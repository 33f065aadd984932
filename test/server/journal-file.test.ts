import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openJournalFile } from '../../src/server/journal-file.ts'
import { startProcess } from '../cli/process.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

const QUOTA = '/v1/cloudimages/quota'

const numbers = async (emulator: TestEmulator) =>
  (await emulator.get('/_ims/journal')).body.requests.map(({ number }: { number: number }) => number)

test('the journal is kept over a restart, and its numbers go on', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using first = await startTestEmulator({ data })
  await first.get(QUOTA)
  const before = (await first.get('/_ims/journal?bodies=true')).body.requests
  await first.close()
  await using second = await startTestEmulator({ data })
  expect((await second.get('/_ims/journal?bodies=true')).body.requests).toEqual(before)
  await second.get(QUOTA)
  expect(await numbers(second)).toEqual([1, 2])
})

test('a cleared journal is empty after a restart too', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using first = await startTestEmulator({ data })
  await first.get(QUOTA)
  await first.delete('/_ims/journal')
  await first.close()
  await using second = await startTestEmulator({ data })
  expect(await numbers(second)).toEqual([])
})

test('a reset leaves nothing of the journal in the file', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using first = await startTestEmulator({ data })
  await first.get(QUOTA)
  await first.post('/_ims/reset')
  await first.close()
  await using second = await startTestEmulator({ data })
  expect(await numbers(second)).toEqual([])
})

test('a last line that was cut short is passed over, and swallows no later one', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const entry = (number: number) => ({
    number,
    requestId: String(number),
    at: 0,
    duration: 0,
    face: 'ims' as const,
    method: 'GET',
    path: '/',
    status: 200,
    unread: [],
    rules: [],
    headers: {},
  })
  const first = openJournalFile(path)
  first.append(entry(1))
  first.close()
  appendFileSync(path, '{"number":2,"requ')
  const second = openJournalFile(path)
  expect(second.read(10)).toEqual([entry(1)])
  second.append(entry(3))
  second.close()
  expect(openJournalFile(path).read(10)).toEqual([entry(1), entry(3)])
  expect(existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')).toBe(true)
})

test('what was answered before a kill -9 stands in the journal after it', async () => {
  using scratch = scratchFolder()
  const flags = ['--port', '0', '--data', join(scratch.path, 'data')]
  const headers = { 'X-Auth-Token': 'demo-token' }
  const first = await startProcess(flags)
  await (await fetch(first.url + QUOTA, { headers })).text()
  // A later turn of the process: what this turn wrote is on disk by its answer.
  await (await fetch(`${first.url}/_ims/health`)).text()
  await first.stop('SIGKILL')
  await using second = await startProcess(flags)
  const journal = JSON.parse(await (await fetch(`${second.url}/_ims/journal`)).text())
  expect(journal.requests).toEqual([expect.objectContaining({ number: 1, path: QUOTA })])
})
