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
  /** All that are shipped, if not given. */
  recordings?: readonly Recording[]
  /** Replays only the scenarios whose name matches. */
  only?: RegExp
  /** Lists differences in the words and markup of errors too; they never make an exchange count as unmatched. */
  text?: boolean
  /** Lists differences in other headers than the content type too; an exchange with one counts as unmatched. */
  headers?: boolean
  /** Deletes what a scenario left behind before the next begins (default: yes). */
  cleanup?: boolean
  /** Passes the time between two looks at an image that is not ready yet (default: sleeps 150 ms). */
  pause?: () => Promise<void>
}

/** One place where the server answered otherwise than was recorded. */
export interface Difference extends Mismatch {
  readonly scenario: string
  readonly step: number
  /** Method and path as recorded, with their placeholders. */
  readonly request: string
  /** Whether it makes its exchange count as unmatched. */
  readonly counts: boolean
}

export interface ReplayReport {
  /** Exchanges that were answered as recorded. */
  readonly matched: number
  readonly total: number
  readonly scenarios: { readonly matched: number; readonly total: number }
  /** Exchanges with a difference in other headers or in the text of an error, listed or not. */
  readonly withHeaderDifferences: number
  readonly withTextDifferences: number
  /** In the order they were met. */
  readonly differences: readonly Difference[]
}

/** Replays recorded conversations against a server, one after the other, and says where it answers otherwise. */
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

/** The answer to one exchange; a server that breaks off has the status 0. */
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
