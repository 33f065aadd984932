import { z } from 'zod'

/** What was said: JSON as such, other text as text, everything else in base64; none of them when it was not kept. */
const said = {
  json: z.unknown().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
}

export const RecordedRequest = z.strictObject({
  /** Virtual time at which it came. */
  at: z.string(),
  /** Id of the user who asked; missing for somebody whom nobody knows. */
  user: z.string().optional(),
  /** Id of the project it was asked for; missing when no credential was recognised. */
  project: z.string().optional(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  ...said,
  /** Why it cannot be sent again. */
  left_out: z.string().optional(),
  answer: z.strictObject({
    status: z.int(),
    content_type: z.string().optional(),
    ...said,
    /** True when rules broke it on its way. */
    spoiled: z.literal(true).optional(),
  }),
})
export type RecordedRequest = z.output<typeof RecordedRequest>

/** What a world was asked and what it answered, with what is needed to see the same again. */
export const Recording = z.strictObject({
  /** Version of this format. */
  recording: z.literal(1),
  /** Version of the emulator. */
  version: z.string(),
  glance: z.enum(['huawei', 'stock']),
  /**
   * False when the oldest requests had been forgotten, or the world went on from a copy: what came before is missing in
   * a replay.
   */
  complete: z.boolean(),
  /** How far times may lie apart, ms: a clock that runs is read a little later each time. */
  tolerance_ms: z.number(),
  /** The scenario with which the world began, whole, with the clock standing at its beginning. */
  scenario: z.record(z.string(), z.unknown()),
  requests: z.array(RecordedRequest),
})
export type Recording = z.output<typeof Recording>
