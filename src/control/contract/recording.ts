import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'

/** A body: JSON as such, other text as text, everything else in base64; none of them for a body that was not kept. */
const bodyFields = {
  json: z.unknown().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
}

export const RecordedRequest = z.strictObject({
  /** Virtual time at which the request came. */
  at: z.string(),
  /** Id of the user who sent it; missing for an unknown user. */
  user: z.string().optional(),
  /** Id of the project it was sent for; missing when no credential was recognised. */
  project: z.string().optional(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  ...bodyFields,
  /** Why a replay cannot send it. */
  left_out: z.string().optional(),
  answer: z.strictObject({
    status: z.int(),
    content_type: z.string().optional(),
    ...bodyFields,
    /** True for an answer that rules broke on the wire. */
    spoiled: z.literal(true).optional(),
  }),
})
export type RecordedRequest = z.output<typeof RecordedRequest>

/** The requests and answers of a world, with the scenario that a replay needs to get the same answers. */
export const Recording = z.strictObject({
  /** Version of this format. */
  recording: z.literal(1),
  /** Version of the emulator. */
  version: z.string(),
  glance: z.enum(['huawei', 'stock']),
  /**
   * False when the journal has forgotten the oldest requests, or the world began as a copy: a replay lacks what came
   * before.
   */
  complete: z.boolean(),
  /** How far times of an answer may differ in a replay, ms: a running clock is read a little later each time. */
  tolerance_ms: z.number(),
  /** The whole scenario with which the world began, with the clock frozen at its start. */
  scenario: z.record(z.string(), z.unknown()),
  requests: z.array(RecordedRequest),
})
export type Recording = z.output<typeof Recording>

export const showRecording = contract({
  id: 'ControlShowRecording',
  method: 'GET',
  path: '/_ims/recording',
  summary:
    'The scenario with which the world began and every request since, changes through the control plane included: the input of ims-emulator replay',
  request: nothing,
  responses: { 200: Recording },
})
