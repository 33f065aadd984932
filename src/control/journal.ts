import { z } from 'zod'
import { noContent, nothing, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { EntryWire, renderEntry, renderWholeEntry, WholeEntryWire } from './journal-entry.ts'
import { controlOperation } from './operation.ts'
import { matcherOf, refuseUnknownOperations } from './wanted-requests.ts'

const Text = z.string().min(1).optional()

const number = (pattern: RegExp, complaint: string) =>
  z.string().regex(pattern, complaint).transform(Number).optional()

const JournalQuery = z.strictObject({
  operation: Text,
  method: Text,
  path: Text,
  code: Text,
  project_id: Text,
  rule: Text,
  status: number(/^\d{3}$/, 'a status has three digits'),
  /** Only what has a higher number. */
  after: number(/^\d{1,15}$/, 'after is the number of an entry'),
  /** So many at most, the latest. */
  limit: number(/^[1-9]\d{0,8}$/, 'a limit is a number from 1 on'),
  bodies: z.enum(['true', 'false']).optional(),
})

export const showJournal = controlOperation({
  id: 'ControlShowJournal',
  method: 'GET',
  path: '/_ims/journal',
  summary:
    'The latest requests of the emulated cloud, oldest first, with what they sent that nothing reads; a filter may have * in it, bodies=true adds what was said',
  request: z.object({ query: JournalQuery }),
  responses: {
    200: z.strictObject({
      /** All requests since the start or the last clearing; the oldest of many are forgotten. */
      total: z.int(),
      requests: z.array(z.union([WholeEntryWire, EntryWire])),
    }),
  },
  handle({ emulator, world }, { query: { after = 0, limit, bodies, ...wanted } }) {
    refuseUnknownOperations(emulator, [wanted])
    const journal = world.journal
    const isMeant = matcherOf(wanted)
    const meant = journal.entries().filter((entry) => entry.number > after && isMeant(entry))
    const latest = limit === undefined ? meant : meant.slice(-limit)
    return ok({
      total: journal.total,
      requests: latest.map(bodies === 'true' ? renderWholeEntry : renderEntry),
    })
  },
})

export const showRequest = controlOperation({
  id: 'ControlShowRequest',
  method: 'GET',
  path: '/_ims/journal/{request_id}',
  summary: 'One request by the id that its answer carried, with what was said',
  request: z.object({ params: z.object({ request_id: z.string() }) }),
  responses: { 200: WholeEntryWire },
  handle({ world }, { params: { request_id: id } }) {
    const entry = world.journal.entries().find(({ requestId }) => requestId === id)
    if (entry === undefined)
      throw new ControlError(
        404,
        `the journal has no request ${id}; ids stand in X-Request-Id, and the oldest of many are forgotten`,
      )
    return ok(renderWholeEntry(entry))
  },
})

export const clearJournal = controlOperation({
  id: 'ControlClearJournal',
  method: 'DELETE',
  path: '/_ims/journal',
  summary: 'Forget the requests so far',
  request: nothing,
  responses: { 204: null },
  handle({ world }) {
    world.journal.clear()
    return noContent()
  },
})
