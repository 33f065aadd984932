import { z } from 'zod'
import { nothing, ok } from '../contract/operation.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import { ScenarioMistakes } from '../simulation/scenario/mistakes.ts'
import { controlOperation } from './operation.ts'

/** More is no scenario; the loader says so too, but must not be handed what memory cannot hold. Bytes. */
const LARGEST = 2 ** 20

export const showScenario = controlOperation({
  id: 'ControlShowScenario',
  method: 'GET',
  path: '/_ims/scenario',
  summary: 'The scenario in force, with all that it extends: what can be sent back with PUT',
  request: nothing,
  responses: { 200: z.looseObject({ scenario: z.string(), summary: z.string() }) },
  handle: ({ world }) => ok(world.writtenScenario),
})

const SwapWire = z.strictObject({
  scenario: z.string(),
  summary: z.string(),
  /** Sections that were sent and belong to the beginning of a world: they stay as they were. */
  not_applied: z.array(z.string()),
})

export const putScenario = controlOperation({
  id: 'ControlPutScenario',
  remembered: true,
  method: 'PUT',
  path: '/_ims/scenario',
  summary:
    'Put a scenario in force, as YAML or JSON; {"extends": "brown-out"} is a shipped one. It counts from the next request on and survives a restart. Jobs under way keep their steps; rules, their counts, what was changed about them, and the phase start over; seed, clock and fixtures stay',
  takes: 'bytes',
  request: nothing,
  responses: { 200: SwapWire },
  async handle({ emulator, world, bytes }) {
    const next = emulator.worlds.readScenario(world.name, await textOf(bytes))
    const not_applied = world.swapScenario(next)
    const { scenario, summary } = next.scenario
    return ok({ scenario, summary, not_applied })
  },
})

const MistakeWire = z.strictObject({
  /** Counted from 1; missing where the whole of it is meant. */
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
})

export const checkScenario = controlOperation({
  id: 'ControlCheckScenario',
  method: 'POST',
  path: '/_ims/scenario/check',
  summary: 'Whether a scenario, as YAML or JSON, could be put in force; nothing changes',
  takes: 'bytes',
  request: nothing,
  responses: { 200: z.strictObject({ sound: z.boolean(), mistakes: z.array(MistakeWire) }) },
  async handle({ emulator, world, bytes }) {
    const text = await textOf(bytes)
    try {
      emulator.worlds.readScenario(world.name, text)
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
      return ok({ sound: false, mistakes: mistakesIn(error) })
    }
    return ok({ sound: true, mistakes: [] })
  },
})

function mistakesIn(error: SetupError): z.input<typeof MistakeWire>[] {
  if (!(error instanceof ScenarioMistakes)) return [{ message: error.message }]
  return error.mistakes.map(({ line, column, message }) => ({ line, column, message }))
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size <= LARGEST) chunks.push(chunk)
  }
  if (size > LARGEST) throw new ControlError(413, 'a scenario has up to 1 MiB')
  if (size === 0)
    throw new ControlError(
      400,
      'the request has no body; send a scenario as YAML or JSON, e.g. {"extends": "brown-out"}',
    )
  return Buffer.concat(chunks).toString('utf8')
}
