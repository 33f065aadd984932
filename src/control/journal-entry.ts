import { z } from 'zod'
import { wireMillis } from '../lib/time.ts'
import { type JournalEntry, KeptBody } from '../worlds/journal-entry.ts'

const entryFields = {
  /** Counted from 1 since the world began; ask for what came `after` one to follow. */
  number: z.int(),
  request_id: z.string(),
  /** Virtual time at which the request came. */
  time: z.string(),
  /** Real time until the answer was ready. */
  duration_ms: z.number(),
  method: z.string(),
  path: z.string(),
  operation: z.string().nullable(),
  status: z.int(),
  code: z.string().nullable(),
  project_id: z.string().nullable(),
  user_id: z.string().nullable(),
  unread: z.array(z.string()),
  rules: z.array(z.string()),
}

export const EntryWire = z.strictObject(entryFields)

/** An entry with what was said. */
export const WholeEntryWire = z.strictObject({
  ...entryFields,
  request: z.strictObject({ headers: z.record(z.string(), z.string()), body: KeptBody.nullable() }),
  response: z.strictObject({ content_type: z.string().nullable(), body: KeptBody.nullable() }),
})

export function renderEntry(entry: JournalEntry): z.input<typeof EntryWire> {
  return {
    number: entry.number,
    request_id: entry.requestId,
    time: wireMillis(entry.at),
    duration_ms: entry.duration,
    method: entry.method,
    path: entry.path,
    operation: entry.operation ?? null,
    status: entry.status,
    code: entry.code ?? null,
    project_id: entry.projectId ?? null,
    user_id: entry.userId ?? null,
    unread: [...entry.unread],
    rules: [...entry.rules],
  }
}

export function renderWholeEntry(entry: JournalEntry): z.input<typeof WholeEntryWire> {
  return {
    ...renderEntry(entry),
    request: { headers: entry.headers, body: entry.sent ?? null },
    response: { content_type: entry.contentType ?? null, body: entry.answered ?? null },
  }
}
