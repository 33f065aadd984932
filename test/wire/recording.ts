import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A JSON value of a body. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const RequestBody = z.union([
  z.strictObject({ json: z.json() }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ hex: z.string() }),
  z.strictObject({ repeat: z.tuple([z.string(), z.int()]) }),
  z.strictObject({ chunks: z.array(z.string()) }),
])

const AnswerBody = z.union([
  z.strictObject({ json: z.json() }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ hex: z.string() }),
  z.strictObject({ sha256: z.string(), length: z.int() }),
])

export const RecordedRequest = z.strictObject({
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: RequestBody.nullish(),
  capture: z.record(z.string(), z.string()).optional(),
  wait: z
    .strictObject({ field: z.string(), in: z.array(z.json()), absent: z.array(z.string()).default([]) })
    .optional(),
})

const RecordedAnswer = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: AnswerBody.nullable(),
})

const Exchange = z.strictObject({
  scenario: z.string(),
  step: z.int(),
  request: RecordedRequest,
  response: RecordedAnswer,
})

/** One file of recordings: the scenarios of a topic and their exchanges, in the order of recording. */
const Recording = z.object({
  format: z.literal(1),
  scenarios: z.array(
    z.strictObject({
      name: z.string(),
      topic: z.string(),
      generate: z.array(z.string()),
      steps: z.int(),
    }),
  ),
  exchanges: z.array(Exchange),
})

export type RecordedRequest = z.infer<typeof RecordedRequest>
export type RequestBody = z.infer<typeof RequestBody>
/** An answer in which values that differ between runs are replaced by placeholders. */
export type RecordedAnswer = z.infer<typeof RecordedAnswer>
export type AnswerBody = z.infer<typeof AnswerBody>
export type Exchange = z.infer<typeof Exchange>
export type Recording = z.infer<typeof Recording>

/** A conversation that starts with an empty service. Each step depends on the steps before it. */
export interface Scenario {
  readonly name: string
  /** Variables that hold a random UUID before the first step. */
  readonly generate: readonly string[]
  /** Exchanges in the order in which they are sent. */
  readonly exchanges: readonly Exchange[]
}

/**
 * Recorded topics, each a file of `recordings/`. They are replayed in the order of recording, because after
 * `GET /healthcheck` (in `versions`) a Glance lists only its own store in `OpenStack-image-store-ids` until it uses it.
 */
const TOPICS = [
  'versions',
  'auth',
  'routing',
  'create',
  'show',
  'list',
  'patch',
  'data',
  'delete',
  'tags',
  'members',
  'actions',
  'schemas',
  'tasks',
  'info',
  'import',
  'flows',
] as const
export type Topic = (typeof TOPICS)[number]

/** Reads the recordings of the given topics; of all topics by default. */
export function loadRecordings(chosen: readonly Topic[] = TOPICS): Recording[] {
  return chosen.map((topic) => readRecording(new URL(`recordings/${topic}.json`, import.meta.url)))
}

/** Reads a file of recordings. @throws ZodError with the place when the file does not have the recorded format. */
export function readRecording(file: URL | string): Recording {
  return Recording.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** Groups the exchanges of recordings by scenario, in the order of recording. */
export function scenariosOf(recordings: readonly Recording[]): Scenario[] {
  return recordings.flatMap(({ scenarios, exchanges }) => {
    const byName = Map.groupBy(exchanges, (exchange) => exchange.scenario)
    const generate = new Map(scenarios.map((scenario) => [scenario.name, scenario.generate]))
    return [...byName].map(([name, steps]) => ({
      name,
      generate: generate.get(name) ?? [],
      exchanges: steps.toSorted((one, other) => one.step - other.step),
    }))
  })
}
