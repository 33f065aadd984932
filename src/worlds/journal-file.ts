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

/** A journal on disk: one line of JSON for each request, so that `tail -f` and `jq` read it too. */
export interface JournalFile {
  /**
   * The latest entries of an earlier process, oldest first, and how many there have been, cleared ones too. A line that a
   * crash cut short is passed over.
   */
  read(count: number): { entries: JournalEntry[]; last: number }
  /** Comes to the file after the answers of this turn are on their way. */
  append(entry: JournalEntry): void
  /** @param last the number of the latest entry, from which the next ones go on. */
  clear(last: number): void
  close(): void
}

/** The line of a journal that was cleared: how many entries there had been. */
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
      // What is forgotten in memory is forgotten on disk; a line that was cut short must not swallow the next one.
      writeFileSync(path, kept.map((line) => `${line}\n`).join(''))
      const entries = kept.flatMap((line) => JournalEntry.safeParse(jsonIn(line)).data ?? [])
      return { entries, last: entries.at(-1)?.number ?? clearedAt(kept) }
    },
    append(entry) {
      // A request that was under way when its world was deleted must not bring the file back.
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
