import { handle, ok } from '../contract/operation.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import { ScenarioMistakes } from '../simulation/scenario/mistakes.ts'
import { QuotaChange } from '../simulation/scenario/quotas.ts'
import type { Scenario } from '../simulation/scenario/schema.ts'
import { type ControlCall, withBody } from './call.ts'
import * as contract from './contract/scenario.ts'

const showScenario = handle(contract.showScenario, ({ world }: ControlCall) => {
  const { scenario, summary } = world.scenario
  return ok({ ...world.writtenScenario, scenario, summary })
})

const putScenario = handle(contract.putScenario, async ({ emulator, world, bytes }: ControlCall) => {
  const next = emulator.worlds.readScenario(world, await readText(bytes))
  const not_applied = [...world.swapScenario(next)]
  const { scenario, summary } = next.scenario
  return ok({ scenario, summary, not_applied })
})

const checkScenario = handle(contract.checkScenario, async ({ emulator, world, bytes }: ControlCall) => {
  const text = await readText(bytes)
  try {
    emulator.worlds.readScenario(world, text)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return ok({ sound: false, mistakes: mistakesIn(error) })
  }
  return ok({ sound: true, mistakes: [] })
})

const showQuotas = handle(contract.showQuotas, ({ world }: ControlCall) => ok(renderQuotas(world.scenario)))

const changeQuotas = handle(
  withBody(contract.changeQuotas, QuotaChange),
  ({ world }: ControlCall, { body }) => {
    world.changeQuotas(body)
    return ok(renderQuotas(world.scenario))
  },
)

export const scenarioOperations = [showScenario, putScenario, checkScenario, showQuotas, changeQuotas]

/** Renders the limits as a scenario writes them. The request quota is left out: only scenarios and rules change it. */
function renderQuotas({ quotas: { requests: _, ...limits } }: Scenario): contract.QuotasWire {
  return limits
}

function mistakesIn(error: SetupError): contract.MistakeWire[] {
  if (!(error instanceof ScenarioMistakes)) return [{ message: error.message }]
  return error.mistakes.map(({ line, column, message }) => ({ line, column, message }))
}

/** The longest scenario that is read, bytes. The loader has the same limit, but must not be given more than memory holds. */
const LARGEST = 2 ** 20

async function readText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
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
