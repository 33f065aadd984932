import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { StartedEmulator } from '../../src/index.ts'
import { cleanUp } from '../wire/cleanup.ts'
import { compare, type Mismatch } from '../wire/compare.ts'
import { type Context, newContext, type Tokens } from '../wire/context.ts'
import { type Answer, type Connection, connect } from '../wire/http.ts'
import { jsonOf } from '../wire/json.ts'
import { normalise } from '../wire/normalise.ts'
import type { RecordedAnswer, RecordedRequest } from '../wire/recording.ts'
import { runStep } from '../wire/step.ts'
import { explanationOf } from './explained.ts'
import { IMAGES } from './steps.ts'

/** Where the answers of Glance and of the emulator to one step differ. */
export interface Difference {
  /** Index of the step in its script. */
  step: number
  request: RecordedRequest
  places: Mismatch[]
  glance: RecordedAnswer
  ours: RecordedAnswer
}

/** Virtual time before the first step of each script, as scenario.yaml has it; each step is a second later. */
const START = '2099-01-01T00:00:00Z'
/** Number of times that an import is asked for its end, and real ms between two of them. */
const MOST_POLLS = 200
const POLL_MS = 50

/** A Glance and an emulator that receive the same requests at the same virtual times. */
export interface TwoServers {
  /**
   * Sends a script to both, each without images. Returns the first difference that is not explained, undefined for none.
   * @param onExplained is told the reason of each difference that is.
   */
  run(
    script: readonly RecordedRequest[],
    onExplained?: (reason: string) => void,
  ): Promise<Difference | undefined>
  /** Number of steps that were sent so far, and of those that Glance did not refuse. */
  steps(): number
  accepted(): number
  close(): void
}

/** @param emulator a stock Glance of ours whose clock stands. */
export function openBoth(glanceUrl: string, emulator: StartedEmulator, tokens: Tokens): TwoServers {
  const glance = connect(glanceUrl)
  const ours = connect(emulator.url)
  let runs = 0
  let steps = 0
  let accepted = 0
  const run: TwoServers['run'] = async (script, onExplained) => {
    runs += 1
    const theirContext = contextOf(glanceUrl, tokens, runs)
    const ourContext = contextOf(emulator.url, tokens, runs)
    await control(emulator.url, '/_ims/reset')
    try {
      for (const [step, request] of script.entries()) {
        steps += 1
        const now = timeOf(step + 1)
        await control(emulator.url, '/_ims/clock/advance', { to: now })
        const timed = { ...request, headers: { ...request.headers, 'X-Clock': now } }
        const theirs = await answerTo(theirContext, glance, timed)
        const own = await answerTo(ourContext, ours, request)
        if (theirs.status < 400) accepted += 1
        if (/\/import$/.test(request.path) && theirs.status === 202 && own.status === 202) {
          await untilImported(theirContext, glance, request, now, () => sleep(POLL_MS))
          await untilImported(ourContext, ours, request, now, () =>
            control(emulator.url, '/_ims/clock/advance', { by: '100ms' }),
          )
        }
        const { answer, text, headers } = compare(theirs, own)
        const difference = {
          step,
          request,
          places: [...answer, ...text, ...headers],
          glance: theirs,
          ours: own,
        }
        const unexplained = difference.places.filter((place) => {
          const reason = explanationOf(difference, place)
          if (reason !== undefined) onExplained?.(reason)
          return reason === undefined
        })
        if (unexplained.length > 0) return { ...difference, places: unexplained }
        // What the two store may differ from here on.
        if (theirs.status < 300 !== own.status < 300) return undefined
      }
      return undefined
    } finally {
      await cleanUp(theirContext, glance)
    }
  }
  const close = () => {
    glance.close()
    ours.close()
  }
  return { run, steps: () => steps, accepted: () => accepted, close }
}

/** Ids differ from run to run, because a Glance never forgets the id of a deleted image. */
function contextOf(base: string, tokens: Tokens, run: number): Context {
  const context = newContext(base, tokens, { generate: [] })
  for (let n = 0; n < IMAGES; n += 1) {
    const id = `deadbeef-0000-4000-8000-${String(run).padStart(11, '0')}${n}`
    context.variables.set(`image${n}`, id)
  }
  return context
}

function timeOf(seconds: number): string {
  return new Date(Date.parse(START) + seconds * 1000).toISOString().replace('.000Z', 'Z')
}

async function control(url: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  })
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}

async function answerTo(
  context: Context,
  connection: Connection,
  request: RecordedRequest,
): Promise<RecordedAnswer> {
  try {
    return normalise(context, await runStep(context, connection, request, async () => {}))
  } catch (error) {
    return { status: 0, headers: {}, body: { text: `no answer: ${String(error)}` } }
  }
}

const Importing = z.looseObject({ status: z.string(), os_glance_import_task: z.string().optional() })

/** Waits until an import has ended. */
async function untilImported(
  context: Context,
  connection: Connection,
  { path }: RecordedRequest,
  now: string,
  pause: () => Promise<unknown>,
): Promise<void> {
  const request = {
    method: 'GET',
    path: path.replace(/\/import$/, ''),
    headers: { 'X-Auth-Token': '{{token:admin}}', 'X-Clock': now },
  }
  for (let polls = 0; polls < MOST_POLLS; polls += 1) {
    const answer = await runStep(context, connection, request, async () => {})
    if (isImported(answer)) return
    await pause()
  }
  throw new Error(`the import of ${request.path} does not end`)
}

function isImported(answer: Answer): boolean {
  const image = Importing.safeParse(jsonOf(answer))
  if (!image.success) return true
  return (
    !['importing', 'saving', 'uploading'].includes(image.data.status) &&
    image.data.os_glance_import_task === undefined
  )
}
