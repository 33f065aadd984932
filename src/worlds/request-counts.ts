import type { JournalEntry } from './journal-entry.ts'
import type { RequestMetric } from './wish.ts'

/** What a world has answered, counted: never forgotten as the journal forgets, and never more than a few rows. */
export interface RequestCounts {
  count(entry: Pick<JournalEntry, 'operation' | 'status' | 'duration'>): void
  all(): RequestMetric[]
}

export function openRequestCounts(): RequestCounts {
  const rows = new Map<string, RequestMetric>()
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
