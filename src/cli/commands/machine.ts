import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import type { Flow } from '../../simulation/scenario/flows.ts'
import type { Scenario } from '../../simulation/scenario/schema.ts'
import { checkNames } from '../../worlds/known-names.ts'
import { printJson, printLines } from '../output.ts'
import { readNamed } from '../scenario-input.ts'

interface Form {
  mermaid?: boolean
  json?: boolean
}

interface Flags extends Form {
  scenario: string
  /** Names of flows; true for all of them. */
  flows?: string[] | true
}

/** `machine`: prints the image state machine of a scenario, or its flows. */
export async function printScenario({ scenario: name, flows, ...form }: Flags): Promise<void> {
  const { scenario } = await readNamed(name, checkNames)
  if (flows === undefined) printMachine(scenario.machine, form)
  else printFlows(flows === true ? scenario.flows : named(scenario.flows, flows), form)
}

function printMachine(machine: Scenario['machine'], { json, mermaid }: Form): void {
  if (json) printJson(machine)
  else printLines([mermaid ? stateDiagram(machine) : stateLines(machine)])
}

function printFlows(flows: Scenario['flows'], { json, mermaid }: Form): void {
  if (json) printJson(flows)
  else printLines([mermaid ? flowsGantt(flows) : flowLines(flows)])
}

/** Picks flows by name. @throws SetupError with the nearest name when there is no such flow. */
function named(flows: Scenario['flows'], names: readonly string[]): Scenario['flows'] {
  const chosen = names.map((name): [string, Flow] => {
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
    const moves = Object.entries(on).map(([event, to]) => `${event} → ${to}`)
    return `${state}: ${moves.length === 0 ? 'final' : moves.join(', ')}`
  })
  return [`initial state: ${initial}`, ...rows].join('\n')
}

/**
 * Renders the image state machine as a Mermaid state diagram. States without a move are final.
 * @see https://mermaid.js.org/syntax/stateDiagram.html
 */
export function stateDiagram({ initial, states }: Scenario['machine']): string {
  const moves = Object.entries(states).flatMap(([from, { on = {} }]) => {
    const lines = Object.entries(on).map(([event, to]) => `  ${from} --> ${to}: ${event}`)
    return lines.length === 0 ? [`  ${from} --> [*]`] : lines
  })
  return ['stateDiagram-v2', `  [*] --> ${initial}`, ...moves].join('\n')
}

function flowLines(flows: Scenario['flows']): string {
  return Object.entries(flows)
    .flatMap(([name, flow]) => [
      `${name}:`,
      ...momentsOf(flow).map(({ when, words }) => `  ${when}: ${words.join(', ')}`),
    ])
    .join('\n')
}

/**
 * Renders flows as a Mermaid Gantt chart with a section for each flow. A bar lasts from one step to the next and is named after
 * the effects of its step. Times are ms since the job was submitted, at the pace of the cloud; the axis shows seconds.
 * @see https://mermaid.js.org/syntax/gantt.html
 */
export function flowsGantt(flows: Scenario['flows']): string {
  const sections = Object.entries(flows).flatMap(([name, flow]) => [
    `  section ${name}`,
    ...barsOf(momentsOf(flow)),
  ])
  return ['gantt', '  dateFormat x', '  axisFormat %s', ...sections].join('\n')
}

function barsOf(moments: readonly FlowMoment[]): string[] {
  return moments.map(({ at, words }, i) => {
    // A colon ends the name of a bar; a semicolon or a hash ends the line.
    const name = words.join(' ').replace(/[:;#]/g, ' ')
    const next = moments[i + 1]
    return `  ${name} :${next === undefined ? 'milestone, ' : ''}${at}, ${next?.at ?? at}`
  })
}

/** One step of a flow in words. */
interface FlowMoment {
  /** Earliest time of the step for an empty file, ms since the job was submitted, at the pace of the cloud. */
  at: number
  /** E.g. `60 s to 90 s, and 4 s for each GiB`. */
  when: string
  /** The effects of the step, e.g. `RUNNING`, `save`, `5 %`. */
  words: string[]
}

const GIB = 2 ** 30

/** Puts the timed steps of a flow in words. Steps that run on an event, such as a failure, are left out. */
function momentsOf(flow: Flow): FlowMoment[] {
  return flow.flatMap((step) => {
    if ('on' in step) return []
    const { at, job, image = [], progress, error } = step
    const range = at.from === at.to ? seconds(at.from) : `${seconds(at.from)} to ${seconds(at.to)}`
    const forSize = at.perByte === undefined ? '' : `, and ${seconds(at.perByte * GIB)} for each GiB`
    const words = [job, error, ...image, progress === undefined ? undefined : `${progress} %`]
    return [
      {
        at: at.from,
        when: range + forSize,
        words: words.flatMap((word) => (word === undefined ? [] : [word])),
      },
    ]
  })
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`
}
