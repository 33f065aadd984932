import type { Scenario } from '../simulation/scenario/schema.ts'
import { type FlowMoment, momentsOf } from './flow-moments.ts'

/** The image state machine as a Mermaid state diagram. States without a way on are final. */
export function stateDiagram({ initial, states }: Scenario['machine']): string {
  const moves = Object.entries(states).flatMap(([from, { on = {} }]) => {
    const ways = Object.entries(on).map(([event, to]) => `  ${from} --> ${to}: ${event}`)
    return ways.length === 0 ? [`  ${from} --> [*]`] : ways
  })
  return ['stateDiagram-v2', `  [*] --> ${initial}`, ...moves].join('\n')
}

/**
 * Flows as a Mermaid Gantt chart, a section for each. A bar lasts from one step to the next and is called by what the step
 * does; times are ms of the cloud since the job was submitted, and the axis shows seconds.
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
    // A colon would end the name of a bar, a semicolon or a hash the line.
    const name = words.join(' ').replace(/[:;#]/g, ' ')
    const next = moments[i + 1]
    return `  ${name} :${next === undefined ? 'milestone, ' : ''}${at}, ${next?.at ?? at}`
  })
}
