import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { z } from 'zod'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'
import { JournalEntry } from './journal-entry.ts'

/**
 * A journal on disk: one line of JSON for each request, which `tail -F` and `jq` can read. It is a copy of what memory holds:
 * a file that cannot be read or written is reported once, and no call throws for it.
 */
export interface JournalFile {
  /**
   * Reads the latest entries of an earlier process, oldest first, and the number of the last entry, cleared ones included.
   * Lines that are no entries are skipped, e.g. one that a crash cut short. Afterwards the file holds what was read.
   */
  read(count: number): { entries: JournalEntry[]; last: number }
  /**
   * Adds an entry. It is written after the current turn of the event loop, so that answers need not wait. An entry that
   * cannot be written is missing in the file.
   */
  append(entry: JournalEntry): void
  /** @param last the number of the last entry; the next one gets the next number. */
  clear(last: number): void
  close(): void
}

export interface JournalFileOptions {
  /** Entries of one file, at most. */
  entries?: number
  /** Size of one file, bytes; one entry more may be in it. */
  bytes?: number
  /** Receives the first failure, in words; standard error by default. */
  report?: (message: string) => void
}

/** What the journal in memory keeps of one world. */
const ENTRIES = 1000
const BYTES = 16 * 2 ** 20

/** The first line of a cleared journal: the number of the last entry before. */
const Cleared = z.strictObject({ cleared: z.int() })

/** Ends the name of the file that was the current one before. */
const OLDER = '.1'
/** Ends the name of a file that is being written. */
const PART = '.part'

/** Removes all files of the journal at a path. */
export function removeJournal(path: string): void {
  for (const suffix of ['', OLDER, PART]) rmSync(path + suffix, { recursive: true, force: true })
}

/**
 * Opens the journal at a path. A full file is renamed to end in `.1`, in place of the one renamed before, so that both together
 * hold at least the latest `entries` entries, unless their bytes are the bound.
 */
export function openJournalFile(path: string, options: JournalFileOptions = {}): JournalFile {
  const { entries: mostEntries = ENTRIES, bytes: mostBytes = BYTES, report = reportToStandardError } = options
  const older = path + OLDER
  let file: number | undefined
  /** What the current file holds. */
  let held = { entries: 0, bytes: 0 }
  let waiting: string[] = []
  let closed = false
  let reported = false

  /** Returns the result of an access to the files; undefined when it failed. */
  function attempt<Result>(purpose: string, access: () => Result): Result | undefined {
    try {
      return access()
    } catch (error) {
      if (!reported)
        report(
          `the journal ${path} cannot be ${purpose}: ${error instanceof Error ? error.message : error}. Its requests are kept in memory only.`,
        )
      reported = true
      return undefined
    }
  }

  function opened(): number {
    if (file !== undefined) return file
    checkFile(path)
    file = openSync(path, 'a')
    held.bytes = fstatSync(file).size
    return file
  }

  function release(): void {
    if (file !== undefined) closeSync(file)
    file = undefined
  }

  function rotate(): void {
    release()
    renameSync(path, older)
    held = { entries: 0, bytes: 0 }
  }

  function write(text: string): void {
    if (text === '') return
    const place = opened()
    const before = held.bytes
    try {
      writeFileSync(place, text)
      held.bytes += Buffer.byteLength(text)
    } catch (error) {
      // A full disk may have taken a part of it, whose last line the next one would join.
      ftruncateSync(place, before)
      throw error
    }
  }

  function flush(): void {
    if (waiting.length === 0) return
    const lines = waiting
    waiting = []
    attempt('written', () => {
      opened()
      let batch: string[] = []
      let size = 0
      for (const line of lines) {
        if (held.entries >= mostEntries || held.bytes + size >= mostBytes) {
          write(batch.join(''))
          batch = []
          size = 0
          rotate()
        }
        batch.push(line)
        size += Buffer.byteLength(line)
        held.entries += 1
      }
      write(batch.join(''))
    })
  }

  return {
    read(count) {
      const kept = attempt('read', () => {
        const now = readFrom(path, count, mostBytes)
        return [...earlier(readFrom(older, count, mostBytes), now), ...now].slice(-count)
      })
      if (kept === undefined) return { entries: [], last: 0 }
      const entries = kept.flatMap((line) => ('number' in line ? [line] : []))
      const cleared = kept.find((line) => 'cleared' in line)
      if (existsSync(path) || existsSync(older))
        attempt('written', () => {
          replace(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
          rmSync(older, { force: true })
        })
      held = { entries: kept.length, bytes: 0 }
      return { entries, last: entries.at(-1)?.number ?? cleared?.cleared ?? 0 }
    },
    append(entry) {
      // A request that was under way when its world was deleted must not create the file again.
      if (closed) return
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(`${JSON.stringify(entry)}\n`)
    },
    clear(last) {
      waiting = []
      attempt('cleared', () => {
        rmSync(older, { force: true })
        ftruncateSync(opened())
        held = { entries: 0, bytes: 0 }
        write(`${JSON.stringify({ cleared: last })}\n`)
      })
    },
    close() {
      if (closed) return
      flush()
      attempt('closed', release)
      closed = true
    },
  }
}

type Line = JournalEntry | z.output<typeof Cleared>

/** The lines of the older file that come before those of the current one: a crash may have left the same in both. */
function earlier(older: readonly Line[], [first]: readonly Line[]): Line[] {
  if (first === undefined) return [...older]
  const start = 'number' in first ? first.number : 0
  return older.filter((line) => 'number' in line && line.number < start)
}

/**
 * Reads the last lines of a file, at most as many as asked for and within a number of bytes; memory use does not depend on
 * the size of the file.
 */
function readFrom(path: string, count: number, bytes: number): Line[] {
  if (!existsSync(path)) return []
  checkFile(path)
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const start = Math.max(0, size - bytes)
    const end = Buffer.alloc(size - start)
    let length = 0
    for (let got = -1; got !== 0 && length < end.length; length += got)
      got = readSync(file, end, length, end.length - length, start + length)
    const lines = end.toString('utf8', 0, length).split('\n')
    // The first one began earlier.
    if (start > 0) lines.shift()
    return lines.filter(Boolean).slice(-count).flatMap(lineIn)
  } finally {
    closeSync(file)
  }
}

function lineIn(text: string): Line[] {
  const value = jsonIn(text)
  const line = safeParse(JournalEntry, value).data ?? safeParse(Cleared, value).data
  return line === undefined ? [] : [line]
}

/** @throws Error for what exists and is no file: reading a pipe would wait for ever. */
function checkFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error('it is no file')
}

/** Replaces a file by another one at once, so that a crash leaves either. */
function replace(path: string, text: string): void {
  const part = path + PART
  writeFileSync(part, text)
  renameSync(part, path)
}

function reportToStandardError(message: string): void {
  process.stderr.write(`ims-emulator: ${message}\n`)
}
