import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A JSON value, as it stands in a body. */
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

const RecordedRequest = z.strictObject({
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

/** One file of recordings: the scenarios of a topic and their exchanges, in the order they were made. */
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
/** An answer with everything that differs from run to run replaced by a placeholder. */
export type RecordedAnswer = z.infer<typeof RecordedAnswer>
export type AnswerBody = z.infer<typeof AnswerBody>
export type Exchange = z.infer<typeof Exchange>
export type Recording = z.infer<typeof Recording>

/** A conversation that starts with an empty service and whose steps build on each other. */
export interface Scenario {
  readonly name: string
  /** Variables that hold a random UUID before the first step. */
  readonly generate: readonly string[]
  /** In the order they are sent. */
  readonly exchanges: readonly Exchange[]
}

/**
 * The topics recorded here, each a file of `recordings/`. They are replayed in the order they were recorded: after
 * `GET /healthcheck` (in `versions`) a Glance names only its own store in `OpenStack-image-store-ids` until it uses it.
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

/** Reads the recordings of some topics, or of all. */
export function loadRecordings(chosen: readonly Topic[] = TOPICS): Recording[] {
  return chosen.map((topic) => readRecording(new URL(`recordings/${topic}.json`, import.meta.url)))
}

/** @throws if the file is not in the recorded format; the message names the place. */
export function readRecording(file: URL | string): Recording {
  return Recording.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The scenarios of some recordings, whole and in the order they were recorded. */
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
