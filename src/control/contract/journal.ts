import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'
import { KeptBody } from '../../worlds/journal-entry.ts'

const entryFields = {
  /** Counted from 1 since the world began; ask for entries `after` a number to follow the journal. */
  number: z.int(),
  request_id: z.string(),
  /** Virtual time at which the request came. */
  time: z.string(),
  /** Real time until the answer was ready. */
  duration_ms: z.number(),
  /** Id of the service that the request was for: its own name for one that is not emulated. */
  service: z.string(),
  method: z.string(),
  /** The name of the cloud that it was sent to; missing for a plain address. */
  host: z.string().optional(),
  path: z.string(),
  operation: z.string().nullable(),
  /** True for an operation that the service may have in the cloud and that is not emulated; missing for all others. */
  unsupported: z.literal(true).optional(),
  status: z.int(),
  code: z.string().nullable(),
  project_id: z.string().nullable(),
  user_id: z.string().nullable(),
  unread: z.array(z.string()),
  /** Missing when every field is spelt as the cloud spells it. */
  meant: z.record(z.string(), z.string()).optional(),
  /** The code and sentence of a strict world's refusal of a request that this lenient world accepted; missing for all others. */
  strict: z.string().optional(),
  rules: z.array(z.string()),
}

const EntryWire = z.strictObject(entryFields)
export type EntryWire = z.input<typeof EntryWire>

/** An entry with headers and bodies. */
const WholeEntryWire = z.strictObject({
  ...entryFields,
  request: z.strictObject({ headers: z.record(z.string(), z.string()), body: KeptBody.nullable() }),
  response: z.strictObject({ content_type: z.string().nullable(), body: KeptBody.nullable() }),
})
export type WholeEntryWire = z.input<typeof WholeEntryWire>

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
  unsupported: z.literal('true', 'unsupported is true or left out').optional(),
  status: number(/^\d{3}$/, 'a status has three digits'),
  /** Only entries with a higher number. */
  after: number(/^\d{1,15}$/, 'after is the number of an entry'),
  /** Only the latest entries, this many at most. */
  limit: number(/^[1-9]\d{0,8}$/, 'a limit is a number from 1 on'),
  bodies: z.enum(['true', 'false']).optional(),
})

export const showJournal = contract({
  id: 'ControlShowJournal',
  method: 'GET',
  path: '/_ims/journal',
  summary:
    'The latest requests of the emulated cloud, oldest first, with the fields that nothing reads; a filter may have * in it, bodies=true adds headers and bodies',
  request: z.object({ query: JournalQuery }),
  responses: {
    200: z.strictObject({
      /** All requests since the start or the last clearing; the oldest of many are forgotten. */
      total: z.int(),
      requests: z.array(z.union([WholeEntryWire, EntryWire])),
    }),
  },
})

export const showRequest = contract({
  id: 'ControlShowRequest',
  method: 'GET',
  path: '/_ims/journal/{request_id}',
  summary: 'One request by the id that its answer carried, with headers and bodies',
  request: z.object({ params: z.object({ request_id: z.string() }) }),
  responses: { 200: WholeEntryWire },
})

export const exportHar = contract({
  id: 'ControlExportHar',
  method: 'GET',
  path: '/_ims/journal/har',
  summary: 'The remembered requests as an HTTP archive (HAR 1.2), which browsers and proxies open',
  request: nothing,
  responses: {
    200: z.strictObject({
      log: z.looseObject({ version: z.literal('1.2'), entries: z.array(z.unknown()) }),
    }),
  },
})

export const clearJournal = contract({
  id: 'ControlClearJournal',
  method: 'DELETE',
  path: '/_ims/journal',
  summary: 'Forget the requests so far',
  request: nothing,
  responses: { 204: null },
})

const Names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

/** Selects requests: every field must hold, and every text may have `*` in it. */
const RequestFilter = z.strictObject({
  operation: Names.optional(),
  method: Names.optional(),
  path: Names.optional(),
  status: z.int().optional(),
  code: Names.optional(),
  project_id: z.string().optional(),
  rule: Names.optional(),
  /** Only operations that are not emulated. */
  unsupported: z.literal(true).optional(),
})
export type RequestFilter = z.output<typeof RequestFilter>

const Count = z.int().nonnegative()

/** Claims about requests: counts of those that `requests` selects, or an order. */
const Verification = z
  .strictObject({
    requests: RequestFilter.default({}),
    exactly: Count.optional(),
    at_least: Count.optional(),
    at_most: Count.optional(),
    never: z.literal(true).optional(),
    /** Each of these came after the one before; others may have come between. */
    in_order: z.array(RequestFilter).min(2).optional(),
  })
  .refine(
    ({ requests: _, ...claims }) => Object.keys(claims).length > 0,
    'says nothing; send exactly, at_least, at_most, never or in_order',
  )
export type Verification = z.output<typeof Verification>

export const verifyJournal = contract({
  id: 'ControlVerifyJournal',
  method: 'POST',
  path: '/_ims/journal/verify',
  summary: 'Verify how often requests came (exactly, at_least, at_most, never), or their order (in_order)',
  request: z.object({ body: Verification }),
  responses: {
    200: z.strictObject({
      verified: z.boolean(),
      /** How many of the remembered requests `requests` selects. */
      count: z.int(),
      /** The claims that do not hold, in words. */
      failures: z.array(z.string()),
    }),
  },
})
