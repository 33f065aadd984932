import { z } from 'zod'

/**
 * The beginning of a body, as text or in base64. Bodies that contain a secret and streamed bodies are not kept, and the
 * bodies of old requests are forgotten when new ones need the room.
 */
export const KeptBody = z.strictObject({
  /** Size of the whole body, bytes; missing for a stream of unknown length. */
  size: z.int().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  /** True when only the beginning is there. */
  cut: z.literal(true).optional(),
  omitted: z.enum(['secret', 'stream', 'forgotten']).optional(),
})
export type KeptBody = z.output<typeof KeptBody>

/** One request of a world and its answer. */
export const JournalEntry = z.strictObject({
  /** Counted from 1 since the world began, in the order of the answers. */
  number: z.int(),
  requestId: z.string(),
  /** Virtual time at which the request came, ms since the epoch. */
  at: z.number(),
  /** Real time until the answer was ready, ms. */
  duration: z.number(),
  /** Id of the service that the request was for. */
  service: z.string(),
  /** True for a change through the control plane, which is no request of the emulated cloud. */
  control: z.literal(true).optional(),
  method: z.string(),
  /** The host that names its service, and may name a region or a bucket: `ims.cn-east-3.myhuaweicloud.com`. */
  host: z.string().optional(),
  /** With its query, as it was sent. */
  path: z.string(),
  /** The id of the operation that answered; missing when none did. */
  operation: z.string().optional(),
  /** True for an operation that the service may have in the cloud and that is not emulated. */
  unsupported: z.literal(true).optional(),
  status: z.int(),
  /** The error code of the answer. */
  code: z.string().optional(),
  /** The project of the caller; missing when no caller was recognised. */
  projectId: z.string().optional(),
  /** Missing for an unknown credential, which lenient worlds treat as the demo user's. */
  userId: z.string().optional(),
  /** The agency that the user had assumed. */
  agency: z.string().optional(),
  /** Fields that were sent and that no contract declares: `query.page`, `body.tags[0].colour`. */
  unread: z.array(z.string()),
  /** What fields stand for that are spelt otherwise, or what they most likely should have been: `body.os_version`. */
  meant: z.record(z.string(), z.string()).optional(),
  /** What a strict world would refuse the request with, which this lenient one took. */
  strict: z.string().optional(),
  /** Names of the rules that fired for it. */
  rules: z.array(z.string()),
  /** Headers without credentials. */
  headers: z.record(z.string(), z.string()),
  /** Missing when no body was read. */
  sent: KeptBody.optional(),
  /** Content type of the answer. */
  contentType: z.string().optional(),
  answered: KeptBody.optional(),
  /** True when rules broke the answer on the wire. */
  spoiled: z.literal(true).optional(),
})
export type JournalEntry = z.output<typeof JournalEntry>
