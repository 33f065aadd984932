import { handle, ok } from '../contract/operation.ts'
import { readUpTo } from '../lib/bytes.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import { ScenarioMistakes } from '../simulation/scenario/mistakes.ts'
import { formatRequestRate, QuotaChange } from '../simulation/scenario/quotas.ts'
import type { Scenario } from '../simulation/scenario/schema.ts'
import { LARGEST_SCENARIO } from '../simulation/scenario/source.ts'
import { type ControlCall, withBody } from './call.ts'
import * as contract from './contract/scenario.ts'

const showScenario = handle(contract.showScenario, ({ world }: ControlCall) => {
  const { scenario, summary } = world.scenario
  return ok({ ...world.writtenScenario, scenario, summary })
})

const putScenario = handle(contract.putScenario, async (call: ControlCall) => {
  const { emulator, world } = call
  const next = await emulator.worlds.readScenario(world, await readText(call))
  const not_applied = [...world.swapScenario(next)]
  const { scenario, summary } = next.scenario
  return ok({ scenario, summary, not_applied })
})

const checkScenario = handle(contract.checkScenario, async (call: ControlCall) => {
  const { emulator, world } = call
  const text = await readText(call)
  try {
    await emulator.worlds.readScenario(world, text)
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

/** Renders the quotas as a scenario writes them. */
function renderQuotas({ quotas: { requests, ...limits } }: Scenario): contract.QuotasWire {
  if (requests === undefined) return { ...limits, requests: null }
  return { ...limits, requests: { rate: formatRequestRate(requests.rate), per: requests.per } }
}

function mistakesIn(error: SetupError): contract.MistakeWire[] {
  if (!(error instanceof ScenarioMistakes)) return [{ message: error.message }]
  return error.mistakes.map(({ line, column, message }) => ({ line, column, message }))
}

async function readText({ headers, bytes }: ControlCall): Promise<string> {
  const text = await readUpTo(LARGEST_SCENARIO, headers, bytes)
  if (text === undefined) throw new ControlError(413, 'a scenario has up to 1 MiB')
  if (text.length === 0)
    throw new ControlError(
      400,
      'the request has no body; send a scenario as YAML or JSON, e.g. {"extends": "brown-out"}',
    )
  return text.toString()
}
