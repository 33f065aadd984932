import fs, {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createJournal } from '../../src/worlds/journal.ts'
import { openJournalFile } from '../../src/worlds/journal-file.ts'
import { scratchFolder, startTestEmulator } from '../emulator.ts'

afterEach(() => void vi.restoreAllMocks())

/** Fills the disk: it takes some characters of each file that is open, and refuses everything else. */
function fillDisk(room: number): Disposable {
  const full = vi.spyOn(fs, 'writeFileSync').mockImplementation((file, data) => {
    if (typeof file === 'number') fs.writeSync(file, String(data).slice(0, room))
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  })
  syncBuiltinESMExports()
  return {
    [Symbol.dispose]() {
      full.mockRestore()
      syncBuiltinESMExports()
    },
  }
}

const QUOTA = '/v1/cloudimages/quota'

const entry = (number: number, path = '/') => ({
  number,
  requestId: String(number),
  at: 0,
  duration: 0,
  service: 'ims',
  method: 'GET',
  path,
  status: 200,
  unread: [],
  rules: [],
  headers: {},
})

function linesOf(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).length : 0
}

const numbersIn = (path: string, count: number) =>
  openJournalFile(path)
    .read(count)
    .entries.map(({ number }) => number)

describe('a journal file that grows', () => {
  test.each([
    ['in one turn', 1000],
    ['in many turns', 7],
  ])('%s keeps two files of the allowed entries, and the latest of them', async (_how, perTurn) => {
    using scratch = scratchFolder()
    const path = join(scratch.path, 'journal.jsonl')
    const file = openJournalFile(path, { entries: 10 })
    for (let n = 1; n <= 95; n++) {
      file.append(entry(n))
      if (n % perTurn === 0) await nextTurn()
      expect(linesOf(path)).toBeLessThanOrEqual(10)
    }
    file.close()
    expect(readdirSync(scratch.path).sort()).toEqual(['journal.jsonl', 'journal.jsonl.1'])
    expect([linesOf(path), linesOf(`${path}.1`)]).toEqual([5, 10])
    expect(numbersIn(path, 12)).toEqual([84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95])
    expect(readdirSync(scratch.path)).toEqual(['journal.jsonl'])
  })

  test('keeps two files of the allowed bytes', () => {
    using scratch = scratchFolder()
    const path = join(scratch.path, 'journal.jsonl')
    const file = openJournalFile(path, { bytes: 10_000 })
    for (let n = 1; n <= 100; n++) file.append(entry(n, `/${'x'.repeat(1000)}`))
    file.close()
    for (const name of [path, `${path}.1`]) expect(statSync(name).size).toBeLessThan(11_300)
    expect(numbersIn(path, 5)).toEqual([96, 97, 98, 99, 100])
  })

  test('has its bound after a restart too', () => {
    using scratch = scratchFolder()
    const path = join(scratch.path, 'journal.jsonl')
    for (let start = 1; start <= 5; start++) {
      const file = openJournalFile(path, { entries: 10 })
      const { last } = file.read(10)
      for (let n = last + 1; n <= last + 6; n++) file.append(entry(n))
      file.close()
      expect(linesOf(path)).toBeLessThanOrEqual(10)
    }
    expect(numbersIn(path, 10)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30])
  })

  test('of a journal in use holds what the journal in memory does', () => {
    using scratch = scratchFolder()
    const path = join(scratch.path, 'journal.jsonl')
    const journal = createJournal({ capacity: 10, file: openJournalFile(path, { entries: 10 }) })
    for (let n = 1; n <= 33; n++) {
      const { number: _number, ...facts } = entry(n)
      journal.add(facts)
    }
    journal.close()
    const again = createJournal({ capacity: 10, file: openJournalFile(path, { entries: 10 }) })
    expect(again.entries()).toEqual(journal.entries())
    expect(again.complete).toBe(false)
  })
})

test('a file that is longer than a string can be is read from its end', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  writeFileSync(path, `${JSON.stringify(entry(1))}\n`)
  truncateSync(path, 2 ** 30)
  appendFileSync(path, `\n${JSON.stringify(entry(2))}\n${JSON.stringify(entry(3))}\n`)
  expect(numbersIn(path, 10)).toEqual([2, 3])
  expect(statSync(path).size).toBeLessThan(1000)
})

test('entries that a crash left in both files are read once', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const lines = (...numbers: number[]) => numbers.map((n) => `${JSON.stringify(entry(n))}\n`).join('')
  writeFileSync(`${path}.1`, lines(1, 2, 3))
  writeFileSync(path, lines(2, 3, 4))
  expect(numbersIn(path, 10)).toEqual([1, 2, 3, 4])
})

test('a cleared journal stays empty, although there was an older file', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const file = openJournalFile(path, { entries: 3 })
  for (let n = 1; n <= 8; n++) file.append(entry(n))
  file.close()
  const second = openJournalFile(path, { entries: 3 })
  for (let n = 9; n <= 14; n++) second.append(entry(n))
  second.clear(14)
  second.close()
  expect(openJournalFile(path).read(10)).toEqual({ entries: [], last: 14 })
})

describe('a start is served with a journal that', () => {
  test.each<[string, (path: string) => void]>([
    ['is a folder', (path) => mkdirSync(join(path, 'something'), { recursive: true })],
    ['has broken lines', (path) => writeFileSync(path, '{"number":1,\n\u0000\u0000\n[[[[\n"text"\n')],
    ['is no text', (path) => writeFileSync(path, Buffer.alloc(100_000, 255))],
  ])('%s', async (_what, spoil) => {
    using scratch = scratchFolder()
    const data = join(scratch.path, 'data')
    mkdirSync(data)
    const path = join(data, 'default.journal.jsonl')
    spoil(path)
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await using emulator = await startTestEmulator({ data })
    for (const _ of [1, 2, 3]) expect((await emulator.get(QUOTA)).status).toBe(200)
    expect((await emulator.get('/_ims/journal')).body.total).toBe(3)
    expect((await emulator.post('/_ims/reset')).status).toBe(204)
    expect((await emulator.get('/_ims/journal')).body.total).toBe(0)
    const isFolder = _what === 'is a folder'
    expect(said.mock.calls.flat().filter((text) => String(text).includes(path))).toEqual(
      isFolder
        ? [
            `ims-emulator: the journal ${path} cannot be read: it is no file. Its requests are kept in memory only.\n`,
          ]
        : [],
    )
  })
})

test('a full disk is reported once, loses the entries in the file alone, and leaves no broken line', async () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'journal.jsonl')
  const reports: string[] = []
  const file = openJournalFile(path, { report: (message) => reports.push(message) })
  const journal = createJournal({ file })
  const add = async (n: number) => {
    const { number: _number, ...facts } = entry(n)
    journal.add(facts)
    await nextTurn()
  }
  await add(1)
  {
    using _full = fillDisk(20)
    await add(2)
    await add(3)
  }
  await add(4)
  journal.close()
  expect(reports).toEqual([
    `the journal ${path} cannot be written: ENOSPC: no space left on device, write. Its requests are kept in memory only.`,
  ])
  expect(journal.entries().map(({ number }) => number)).toEqual([1, 2, 3, 4])
  expect(linesOf(path)).toBe(2)
  const again = createJournal({ file: openJournalFile(path) })
  expect(again.entries().map(({ number }) => number)).toEqual([1, 4])
  expect(again.complete).toBe(false)
})
