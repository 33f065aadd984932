import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openJournalFile } from '../../src/worlds/journal-file.ts'
import { startProcess } from '../cli/process.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

const QUOTA = '/v1/cloudimages/quota'

afterEach(() => void vi.unstubAllEnvs())

const entry = (number: number) => ({
  number,
  requestId: String(number),
  at: 0,
  duration: 0,
  service: 'ims',
  method: 'GET',
  path: '/',
  status: 200,
  unread: [],
  rules: [],
  headers: {},
})

const numbers = async (emulator: TestEmulator) =>
  (await emulator.get('/_ims/journal')).body.requests.map(({ number }: { number: number }) => number)

test('the journal survives a restart, and its numbers continue', async () => {
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

test('a world that is deleted leaves no file behind', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using emulator = await startTestEmulator({ data })
  await emulator.post('/_ims/worlds', { name: 'blue' })
  await emulator.get(`/w/blue${QUOTA}`)
  expect(readdirSync(join(data, 'worlds'))).toEqual(['blue'])
  await emulator.delete('/_ims/worlds/blue')
  expect(readdirSync(join(data, 'worlds'))).toEqual([])
})

test('a request under way when its world is deleted does not create the journal again', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  const errors: unknown[] = []
  await using emulator = await startTestEmulator({ data, log: (_id, error) => errors.push(error) })
  await emulator.post('/_ims/worlds', { name: 'blue' })
  const made = await emulator.post('/w/blue/v2/images', { disk_format: 'raw', container_format: 'bare' })
  const bytes = new TransformStream<Uint8Array, Uint8Array>()
  const writer = bytes.writable.getWriter()
  const upload = fetch(`${emulator.url}/w/blue/v2/images/${made.body.id}/file`, {
    method: 'PUT',
    headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/octet-stream' },
    body: bytes.readable,
    duplex: 'half',
  })
  await writer.write(new Uint8Array([1]))
  const status = async () => (await emulator.get(`/w/blue/v2/images/${made.body.id}`)).body.status
  while ((await status()) !== 'saving') await emulator.get('/_ims/health')
  await emulator.delete('/_ims/worlds/blue')
  await writer.close()
  expect((await upload).status).toBe(409)
  await emulator.get('/_ims/health')
  expect(errors).toEqual([])
  expect(readdirSync(join(data, 'worlds'))).toEqual([])
})

test('a closed journal writes nothing', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const file = openJournalFile(path)
  file.append(entry(1))
  file.close()
  file.append(entry(2))
  file.close()
  expect(openJournalFile(path).read(10).entries).toEqual([entry(1)])
})

test('clearing drops pending entries', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const file = openJournalFile(path)
  file.append(entry(1))
  file.clear(1)
  file.close()
  expect(openJournalFile(path).read(10)).toEqual({ entries: [], last: 1 })
})

test('reading returns the latest entries up to a count, and removes the others from the file', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const file = openJournalFile(path)
  for (const number of [1, 2, 3]) file.append(entry(number))
  file.close()
  expect(openJournalFile(path).read(2).entries).toEqual([entry(2), entry(3)])
  expect(openJournalFile(path).read(3).entries).toEqual([entry(2), entry(3)])
})

test('a line that is no entry is skipped', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  writeFileSync(path, `{"number":1}\n${JSON.stringify(entry(2))}\n`)
  expect(openJournalFile(path).read(10).entries).toEqual([entry(2)])
})

test('a world in memory leaves nothing behind in the folder for temporary files', async () => {
  using scratch = scratchFolder()
  vi.stubEnv('TMPDIR', scratch.path)
  const emulator = await startTestEmulator()
  await emulator.post('/_ims/worlds', { name: 'blue' })
  await emulator.get(`/w/blue${QUOTA}`)
  await emulator.delete('/_ims/worlds/blue')
  const files = readdirSync(scratch.path, { recursive: true }).map(String)
  expect(files.filter((file) => file.includes('journal'))).toEqual([])
  await emulator.close()
  expect(readdirSync(scratch.path)).toEqual([])
})

test('a last line that was cut short is skipped, and does not join the next one', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const first = openJournalFile(path)
  first.append(entry(1))
  first.close()
  appendFileSync(path, '{"number":2,"requ')
  const second = openJournalFile(path)
  expect(second.read(10).entries).toEqual([entry(1)])
  second.append(entry(3))
  second.close()
  expect(openJournalFile(path).read(10).entries).toEqual([entry(1), entry(3)])
  expect(existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')).toBe(true)
})

test('requests answered before a kill -9 are in the journal after it', async () => {
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

test('a cleared journal is not complete after a restart, and its numbers continue', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using first = await startTestEmulator({ data })
  await first.get('/v2/cloudimages')
  await first.delete('/_ims/journal')
  await first.close()
  await using second = await startTestEmulator({ data })
  expect((await second.get('/_ims/recording')).body).toMatchObject({ complete: false, requests: [] })
  await second.get('/v2/cloudimages')
  expect((await second.get('/_ims/journal')).body).toMatchObject({ total: 1, requests: [{ number: 2 }] })
})
