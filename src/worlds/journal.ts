import type { JournalEntry, KeptBody } from './journal-entry.ts'
import type { JournalFile } from './journal-file.ts'

/** Requests that are remembered, at most. */
const CAPACITY = 1000
/** Characters of all remembered bodies together, at most. The oldest bodies are forgotten first. */
const ROOM_FOR_BODIES = 4 * 2 ** 20

/** The latest requests of a world. */
export interface Journal {
  /** The latest requests of the emulated cloud, oldest first. */
  entries(): JournalEntry[]
  /** These, and the changes that were made through the control plane. */
  withChanges(): JournalEntry[]
  /** All requests since the start or the last clearing, forgotten ones included. */
  readonly total: number
  /** True while nothing has been forgotten since the world began. */
  readonly complete: boolean
  /** Adds an entry in constant time; the oldest entry is forgotten when the journal is full. */
  add(entry: Omit<JournalEntry, 'number'>): void
  clear(): void
  /** Writes pending entries, and closes the file. */
  close(): void
}

export interface JournalOptions {
  /** Requests. */
  capacity?: number
  /** Characters of bodies. */
  bodies?: number
  /** The file that keeps the journal over a restart. */
  file?: JournalFile | undefined
}

/** Creates a journal in memory, with the entries that an earlier process kept in the file. */
export function createJournal({
  capacity = CAPACITY,
  bodies = ROOM_FOR_BODIES,
  file,
}: JournalOptions = {}): Journal {
  let ring: JournalEntry[] = []
  /** Entries that were ever in the ring. */
  let added = 0
  let total = 0
  let last = 0
  let room = bodies
  /** Number of the oldest entry in the ring that may still have bodies, from 0. */
  let oldestBody = 0

  function remember(entry: JournalEntry): void {
    const place = added % capacity
    const before = ring[place]
    if (before !== undefined) room += lengthOf(before)
    ring[place] = entry
    added += 1
    last = entry.number
    if (entry.control === undefined) total += 1
    room -= lengthOf(entry)
    oldestBody = Math.max(oldestBody, added - capacity)
    for (; room < 0 && oldestBody < added - 1; oldestBody++) forgetBodies(oldestBody % capacity)
  }

  function forgetBodies(place: number): void {
    const entry = ring[place]
    if (entry === undefined) return
    room += lengthOf(entry)
    ring[place] = {
      ...entry,
      ...(entry.sent && { sent: forgotten(entry.sent) }),
      ...(entry.answered && { answered: forgotten(entry.answered) }),
    }
  }

  function withChanges(): JournalEntry[] {
    const oldest = added % capacity
    return added <= capacity ? [...ring] : [...ring.slice(oldest), ...ring.slice(0, oldest)]
  }

  if (file !== undefined) {
    const kept = file.read(capacity)
    for (const entry of kept.entries) remember(entry)
    last = kept.last
  }
  return {
    add(entry) {
      const numbered = { ...entry, number: last + 1 }
      remember(numbered)
      file?.append(numbered)
    },
    entries: () => withChanges().filter(({ control }) => control === undefined),
    withChanges,
    get total() {
      return total
    },
    get complete() {
      return last === Math.min(added, capacity)
    },
    clear() {
      ring = []
      added = 0
      total = 0
      room = bodies
      oldestBody = 0
      file?.clear(last)
    },
    close: () => file?.close(),
  }
}

function lengthOf({ sent, answered }: JournalEntry): number {
  return keptLength(sent) + keptLength(answered)
}

function keptLength(body: KeptBody | undefined): number {
  return (body?.text ?? body?.base64 ?? '').length
}

function forgotten({ size }: KeptBody): KeptBody {
  return { ...(size !== undefined && { size }), omitted: 'forgotten' }
}

/** How often an operation was answered with a status. */
interface RequestCount {
  /** `none` for requests that no operation answered. */
  operation: string
  status: number
  count: number
  /** Real time of all these requests together, ms. */
  ms: number
}

/** Counts of all requests of a world by operation and status. Unlike the journal they forget nothing. */
export interface RequestCounts {
  count(entry: Pick<JournalEntry, 'operation' | 'status' | 'duration'>): void
  all(): RequestCount[]
}

export function openRequestCounts(): RequestCounts {
  const rows = new Map<string, RequestCount>()
  return {
    count({ operation = 'none', status, duration }) {
      const key = `${operation} ${status}`
      const row = rows.get(key)
      if (row === undefined) rows.set(key, { operation, status, count: 1, ms: duration })
      else {
        row.count += 1
        row.ms += duration
      }
    },
    all: () => [...rows.values()],
  }
}
