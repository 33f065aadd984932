import type { Journal, JournalEntry } from '../operations/journal.ts'

/** So many requests are remembered. */
const CAPACITY = 1000

export interface WritableJournal extends Journal {
  /** Costs the same however much there is: the oldest entry makes room. */
  add(entry: JournalEntry): void
}

export function createJournal(capacity = CAPACITY): WritableJournal {
  let ring: JournalEntry[] = []
  let total = 0
  return {
    add(entry) {
      ring[total % capacity] = entry
      total += 1
    },
    entries() {
      const oldest = total % capacity
      return total <= capacity ? [...ring] : [...ring.slice(oldest), ...ring.slice(0, oldest)]
    },
    get total() {
      return total
    },
    clear() {
      ring = []
      total = 0
    },
  }
}
