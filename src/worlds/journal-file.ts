import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { jsonIn } from '../lib/json.ts'
import { JournalEntry } from './journal-entry.ts'

/** A journal on disk: one line of JSON for each request, which `tail -f` and `jq` can read. */
export interface JournalFile {
  /**
   * Reads the latest entries of an earlier process, oldest first, and the number of the last entry, cleared ones included.
   * A line that a crash cut short is skipped.
   */
  read(count: number): { entries: JournalEntry[]; last: number }
  /** Adds an entry. It is written after the current turn of the event loop, so that answers need not wait. */
  append(entry: JournalEntry): void
  /** @param last the number of the last entry; the next one gets the next number. */
  clear(last: number): void
  close(): void
}

/** The first line of a cleared journal: the number of the last entry before. */
const Cleared = z.strictObject({ cleared: z.int() })

export function openJournalFile(path: string): JournalFile {
  let file: number | undefined
  let waiting: string[] = []
  let closed = false

  function opened(): number {
    mkdirSync(dirname(path), { recursive: true })
    file ??= openSync(path, 'a')
    return file
  }

  function flush(): void {
    if (waiting.length === 0) return
    const text = waiting.join('')
    waiting = []
    writeSync(opened(), text)
  }

  return {
    read(count) {
      if (!existsSync(path)) return { entries: [], last: 0 }
      const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
      const kept = lines.slice(-count)
      // Rewrites the file: older entries are forgotten here, too, and a line that was cut short must not join the next one.
      writeFileSync(path, kept.map((line) => `${line}\n`).join(''))
      const entries = kept.flatMap((line) => JournalEntry.safeParse(jsonIn(line)).data ?? [])
      return { entries, last: entries.at(-1)?.number ?? clearedAt(kept) }
    },
    append(entry) {
      // A request that was under way when its world was deleted must not create the file again.
      if (closed) return
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(`${JSON.stringify(entry)}\n`)
    },
    clear(last) {
      waiting = []
      ftruncateSync(opened())
      writeSync(opened(), `${JSON.stringify({ cleared: last })}\n`)
    },
    close() {
      flush()
      if (file !== undefined) closeSync(file)
      file = undefined
      closed = true
    },
  }
}

function clearedAt([first = '']: readonly string[]): number {
  return Cleared.safeParse(jsonIn(first)).data?.cleared ?? 0
}
