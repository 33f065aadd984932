import type { Journal, JournalEntry, KeptBody } from './journal-entry.ts'
import type { JournalFile } from './journal-file.ts'

/** So many requests are remembered. */
const CAPACITY = 1000
/** So much of all their bodies together, characters; the oldest make room. */
const ROOM_FOR_BODIES = 4 * 2 ** 20

export interface WritableJournal extends Journal {
  /** Costs the same however much there is: the oldest entry makes room. */
  add(entry: Omit<JournalEntry, 'number'>): void
  /** Writes what is not written yet, and lets the file go. */
  close(): void
}

export interface JournalRoom {
  capacity?: number
  bodies?: number
  /** Where it is kept over a restart. */
  file?: JournalFile | undefined
}

/** A journal in memory, with those entries in it that an earlier process kept. */
export function createJournal({
  capacity = CAPACITY,
  bodies = ROOM_FOR_BODIES,
  file,
}: JournalRoom = {}): WritableJournal {
  let ring: JournalEntry[] = []
  /** How many there have been in the ring. */
  let added = 0
  let total = 0
  let last = 0
  let room = bodies
  /** Place of the oldest entry that may still have bodies. */
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
