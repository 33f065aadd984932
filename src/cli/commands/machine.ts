import { Command, Option } from 'commander'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import type { Scenario } from '../../simulation/scenario/schema.ts'
import { unknownToRegistry } from '../../worlds/unknown-operations.ts'
import { momentsOf } from '../flow-moments.ts'
import { flowsGantt, stateDiagram } from '../mermaid.ts'
import { printJson, printLines } from '../print.ts'
import { readNamed } from '../read-named.ts'

interface Asked {
  scenario: string
  mermaid?: boolean
  flows?: string[] | true
  json?: boolean
}

/** `machine`: the states of images and the flows of jobs, to read or as diagrams. */
export function machineCommand(): Command {
  return new Command('machine')
    .description('Print the image state machine of a scenario, or its flows.')
    .option('--scenario <name|file>', 'whose', 'standard')
    .option('--flows [names...]', 'the flows instead: all of them, or those named')
    .option('--mermaid', 'as a Mermaid diagram (stateDiagram-v2, gantt)')
    .addOption(new Option('--json', 'print it as JSON, as the scenario has it').conflicts('mermaid'))
    .addHelpText(
      'after',
      '\nExamples:\n  ims-emulator machine --mermaid > machine.mmd\n  ims-emulator machine --mermaid --flows import-image copy-image',
    )
    .action(async ({ scenario: name, mermaid, flows, json }: Asked) => {
      const { scenario } = await readNamed(name, unknownToRegistry)
      if (flows === undefined) printMachine(scenario.machine, { json, mermaid })
      else printFlows(flows === true ? scenario.flows : named(scenario.flows, flows), { json, mermaid })
    })
}

interface Form {
  json: boolean | undefined
  mermaid: boolean | undefined
}

function printMachine(machine: Scenario['machine'], { json, mermaid }: Form): void {
  if (json) printJson(machine)
  else printLines([mermaid ? stateDiagram(machine) : stateLines(machine)])
}

function printFlows(flows: Scenario['flows'], { json, mermaid }: Form): void {
  if (json) printJson(flows)
  else printLines([mermaid ? flowsGantt(flows) : flowLines(flows)])
}

function named(flows: Scenario['flows'], names: readonly string[]): Scenario['flows'] {
  const chosen = names.map((name): [string, Scenario['flows'][string]] => {
    const flow = Object.hasOwn(flows, name) ? flows[name] : undefined
    if (flow !== undefined) return [name, flow]
    const meant = nearest(name, Object.keys(flows))
    const hint = meant === undefined ? `there are ${Object.keys(flows).join(', ')}` : `did you mean ${meant}?`
    throw new SetupError(`the scenario has no flow ${name}; ${hint}`)
  })
  return Object.fromEntries(chosen)
}

function stateLines({ initial, states }: Scenario['machine']): string {
  const rows = Object.entries(states).map(([state, { on = {} }]) => {
    const ways = Object.entries(on).map(([event, to]) => `${event} → ${to}`)
    return `${state}: ${ways.length === 0 ? 'the end' : ways.join(', ')}`
  })
  return [`starts with ${initial}`, ...rows].join('\n')
}

function flowLines(flows: Scenario['flows']): string {
  return Object.entries(flows)
    .flatMap(([name, flow]) => [
      `${name}:`,
      ...momentsOf(flow).map(({ when, words }) => `  ${when}: ${words.join(', ')}`),
    ])
    .join('\n')
}
