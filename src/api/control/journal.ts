import { z } from 'zod'
import { wireMillis } from '../../kernel/time.ts'
import type { JournalEntry } from '../../operations/journal.ts'
import { noContent, nothing, ok, operation } from '../../operations/operation.ts'

const EntryWire = z.strictObject({
  request_id: z.string(),
  time: z.string(),
  method: z.string(),
  path: z.string(),
  operation: z.string().nullable(),
  status: z.int(),
  code: z.string().nullable(),
  project_id: z.string().nullable(),
  unread: z.array(z.string()),
  rules: z.array(z.string()),
})

function renderEntry(entry: JournalEntry): z.input<typeof EntryWire> {
  return {
    request_id: entry.requestId,
    time: wireMillis(entry.at),
    method: entry.method,
    path: entry.path,
    operation: entry.operation ?? null,
    status: entry.status,
    code: entry.code ?? null,
    project_id: entry.projectId ?? null,
    unread: [...entry.unread],
    rules: [...entry.rules],
  }
}

const JournalQuery = z.strictObject({
  operation: z.string().optional(),
  status: z
    .string()
    .regex(/^\d{3}$/, 'a status has three digits')
    .transform(Number)
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d*$/, 'a limit is a number from 1 on')
    .transform(Number)
    .optional(),
})

export const showJournal = operation({
  id: 'ControlShowJournal',
  face: 'control',
  method: 'GET',
  path: '/_ims/journal',
  summary: 'The latest requests of the emulated cloud, oldest first, with what they sent that nothing reads',
  request: z.object({ query: JournalQuery }),
  responses: {
    200: z.strictObject({
      /** All requests since the start or the last clearing; the oldest of many are forgotten. */
      total: z.int(),
      requests: z.array(EntryWire),
    }),
  },
  handle({ emulator, world }, { query: { operation: id, status, limit } }) {
    const journal = emulator.journal(world)
    const wanted = journal
      .entries()
      .filter((entry) => id === undefined || entry.operation === id)
      .filter((entry) => status === undefined || entry.status === status)
    const latest = limit === undefined ? wanted : wanted.slice(-limit)
    return ok({ total: journal.total, requests: latest.map(renderEntry) })
  },
})

export const clearJournal = operation({
  id: 'ControlClearJournal',
  face: 'control',
  method: 'DELETE',
  path: '/_ims/journal',
  summary: 'Forget the requests so far',
  request: nothing,
  responses: { 204: null },
  handle({ emulator, world }) {
    emulator.journal(world).clear()
    return noContent()
  },
})
