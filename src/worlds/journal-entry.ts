import { z } from 'zod'

/**
 * What is kept of a body: its beginning, as text or in base64. A body that gives a secret away is not kept, nor one that
 * streamed out, nor the bodies of old requests when new ones need the room.
 */
export const KeptBody = z.strictObject({
  /** Of the whole body, bytes; missing for a stream whose end was not known. */
  size: z.int().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  /** True when only the beginning is there. */
  cut: z.literal(true).optional(),
  omitted: z.enum(['secret', 'stream', 'forgotten']).optional(),
})
export type KeptBody = z.output<typeof KeptBody>

/** One request of a world and what became of it. */
export const JournalEntry = z.strictObject({
  /** Counted from 1 since the world began, in the order of the answers. */
  number: z.int(),
  requestId: z.string(),
  /** Virtual time at which it came, ms since the epoch. */
  at: z.number(),
  /** Real time until its answer was ready, ms. */
  duration: z.number(),
  /** Id of the service that the request was for. */
  service: z.string(),
  /** True for a change through the control plane, which is no request of the emulated cloud. */
  control: z.literal(true).optional(),
  method: z.string(),
  /** With its query, as it came. */
  path: z.string(),
  /** The id of the operation that answered; missing when none did. */
  operation: z.string().optional(),
  status: z.int(),
  /** The code of the catalogue that was answered. */
  code: z.string().optional(),
  /** The project of the caller; missing when nobody was recognised. */
  projectId: z.string().optional(),
  /** Missing for a credential that nobody knows and that stood for the demo user. */
  userId: z.string().optional(),
  /** The agency that the user had assumed. */
  agency: z.string().optional(),
  /** What was sent and is declared nowhere: `query.page`, `body.tags[0].colour`. */
  unread: z.array(z.string()),
  /** Names of the rules that fired for it. */
  rules: z.array(z.string()),
  /** Headers that say what was asked for; none that prove who asked. */
  headers: z.record(z.string(), z.string()),
  /** Missing when none was read. */
  sent: KeptBody.optional(),
  /** Content type of the answer. */
  contentType: z.string().optional(),
  answered: KeptBody.optional(),
  /** True when rules broke the answer on its way. */
  spoiled: z.literal(true).optional(),
})
export type JournalEntry = z.output<typeof JournalEntry>

/** What was asked of a world lately. */
export interface Journal {
  /** The latest requests of the emulated cloud, oldest first. */
  entries(): JournalEntry[]
  /** These, and the changes that were made through the control plane. */
  withChanges(): JournalEntry[]
  /** How many requests there have been since the start or the last clearing, forgotten ones too. */
  readonly total: number
  /** Whether nothing has been forgotten since the world began. */
  readonly complete: boolean
  clear(): void
}
