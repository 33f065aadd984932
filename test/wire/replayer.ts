import { setTimeout as sleep } from 'node:timers/promises'
import { cleanUp } from './cleanup.ts'
import { type Comparison, compare, type Mismatch } from './compare.ts'
import { type Context, newContext, type Tokens } from './context.ts'
import { type Connection, connect } from './http.ts'
import { normalise } from './normalise.ts'
import {
  type Exchange,
  loadRecordings,
  type RecordedAnswer,
  type Recording,
  scenariosOf,
} from './recording.ts'
import { runStep } from './step.ts'

export interface ReplayOptions {
  /** Address of an image service that holds no images, for example `http://127.0.0.1:9292`. */
  base: string
  tokens: Tokens
  /** Default: all shipped recordings. */
  recordings?: readonly Recording[]
  /** Replays only scenarios whose name matches. */
  only?: RegExp
  /** Lists differences in the text and markup of errors, too. They never make an exchange unmatched. */
  text?: boolean
  /** Lists differences in all recorded headers, too. They make an exchange unmatched. */
  headers?: boolean
  /** Deletes the images that a scenario left behind before the next scenario starts (default: true). */
  cleanup?: boolean
  /** Waits between two requests for an image that is not ready yet (default: 150 ms). */
  pause?: () => Promise<void>
}

/** One place where the server's answer differs from the recorded one. */
export interface Difference extends Mismatch {
  readonly scenario: string
  readonly step: number
  /** Method and path as recorded, with their placeholders. */
  readonly request: string
  /** True when the difference makes its exchange unmatched. */
  readonly counts: boolean
}

export interface ReplayReport {
  /** Number of exchanges that were answered as recorded. */
  readonly matched: number
  readonly total: number
  readonly scenarios: { readonly matched: number; readonly total: number }
  /** Number of exchanges with a difference in other headers, and in the text of an error, listed or not. */
  readonly withHeaderDifferences: number
  readonly withTextDifferences: number
  /** Differences in the order of the exchanges. */
  readonly differences: readonly Difference[]
}

/** Replays recorded conversations against a server, one after the other, and reports where its answers differ. */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const chosen = scenariosOf(options.recordings ?? loadRecordings()).filter(
    ({ name }) => options.only === undefined || name.search(options.only) >= 0,
  )
  const connection = connect(options.base)
  try {
    const results: Result[][] = []
    for (const scenario of chosen) {
      const context = newContext(options.base, options.tokens, scenario)
      results.push(await runAll(context, connection, scenario.exchanges, options))
      if (options.cleanup ?? true) await cleanUp(context, connection)
    }
    return summarise(results)
  } finally {
    connection.close()
  }
}

interface Result {
  readonly comparison: Comparison
  readonly differences: readonly Difference[]
}

async function runAll(
  context: Context,
  connection: Connection,
  exchanges: readonly Exchange[],
  options: ReplayOptions,
): Promise<Result[]> {
  const results: Result[] = []
  for (const exchange of exchanges) {
    const actual = await answerTo(context, connection, exchange, options.pause ?? shortSleep)
    const comparison = compare(exchange.response, actual)
    results.push({ comparison, differences: differencesOf(exchange, comparison, options) })
  }
  return results
}

/** Sends one exchange and returns the answer; status 0 when the server closes the connection. */
async function answerTo(
  context: Context,
  connection: Connection,
  { request }: Exchange,
  pause: () => Promise<void>,
): Promise<RecordedAnswer> {
  try {
    return normalise(context, await runStep(context, connection, request, pause))
  } catch (error) {
    return { status: 0, headers: {}, body: { text: `no answer: ${String(error)}` } }
  }
}

function differencesOf(exchange: Exchange, comparison: Comparison, options: ReplayOptions): Difference[] {
  const { scenario, step, request } = exchange
  const listed = (mismatches: readonly Mismatch[], counts: boolean): Difference[] =>
    mismatches.map((found) => ({
      scenario,
      step,
      request: `${request.method} ${request.path}`,
      counts,
      ...found,
    }))
  return [
    ...listed(comparison.answer, true),
    ...(options.headers ? listed(comparison.headers, true) : []),
    ...(options.text ? listed(comparison.text, false) : []),
  ]
}

function summarise(scenarios: readonly (readonly Result[])[]): ReplayReport {
  const results = scenarios.flat()
  const isMatch = ({ differences }: Result): boolean => !differences.some(({ counts }) => counts)
  return {
    matched: results.filter(isMatch).length,
    total: results.length,
    scenarios: { matched: scenarios.filter((steps) => steps.every(isMatch)).length, total: scenarios.length },
    withHeaderDifferences: results.filter(({ comparison }) => comparison.headers.length > 0).length,
    withTextDifferences: results.filter(({ comparison }) => comparison.text.length > 0).length,
    differences: results.flatMap(({ differences }) => differences),
  }
}

function shortSleep(): Promise<void> {
  return sleep(150)
}
