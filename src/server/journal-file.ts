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
import { JournalEntry } from '../operations/journal.ts'

/** A journal on disk: one line of JSON for each request, so that `tail -f` and `jq` read it too. */
export interface JournalFile {
  /** The latest entries of an earlier process, oldest first. A line that a crash cut short is passed over. */
  read(count: number): JournalEntry[]
  /** Comes to the file after the answers of this turn are on their way. */
  append(entry: JournalEntry): void
  clear(): void
  close(): void
}

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
      if (!existsSync(path)) return []
      const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
      const kept = lines.slice(-count)
      // What is forgotten in memory is forgotten on disk; a line that was cut short must not swallow the next one.
      writeFileSync(path, kept.map((line) => `${line}\n`).join(''))
      return kept.flatMap(entryOf)
    },
    append(entry) {
      // A request that was under way when its world was deleted must not bring the file back.
      if (closed) return
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(`${JSON.stringify(entry)}\n`)
    },
    clear() {
      waiting = []
      ftruncateSync(opened())
    },
    close() {
      flush()
      if (file !== undefined) closeSync(file)
      file = undefined
      closed = true
    },
  }
}

function entryOf(line: string): JournalEntry[] {
  try {
    const entry = JournalEntry.safeParse(JSON.parse(line))
    return entry.success ? [entry.data] : []
  } catch {
    return []
  }
}
