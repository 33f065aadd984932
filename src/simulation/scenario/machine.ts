import { z } from 'zod'
import { nearest } from '../../lib/nearest.ts'

/** A larger machine was not written by hand, and would be slow to check. */
const MOST_MOVES = 1000

/** The section `machine`: the state machine of images. */
export const MachineSection = z.strictObject({
  initial: z.string().meta({ description: 'The state of a new image.', examples: ['queued'] }),
  states: z
    .record(
      z.string(),
      z.strictObject({
        on: z
          .record(z.string(), z.string())
          .optional()
          .meta({
            description:
              'The moves out of the state: event and next state. An event that is missing cannot happen.',
            examples: [{ deactivate: 'deactivated' }],
          }),
      }),
    )
    .refine((states) => movesIn(states) <= MOST_MOVES, { error: `has more than ${MOST_MOVES} moves` })
    .meta({
      description: 'Every state by name.',
      examples: [{ quarantined: { on: { reactivate: 'active' } } }],
    }),
})

function movesIn(states: Readonly<Record<string, { on?: object | undefined }>>): number {
  return Object.values(states).reduce((sum, { on = {} }) => sum + Object.keys(on).length, 0)
}

/** A state or an event that is named and that the machine does not have. */
interface UndefinedName {
  /** From the scenario to the name. */
  path: (string | number)[]
  message: string
}

/** The steps of flows, as far as they name events. */
type Flows = Readonly<Record<string, readonly { image?: readonly string[] | undefined }[]>>

/** Finds every state that the machine leads to and does not have, and every event of a flow that no state takes. */
export function unknownMachineNames(
  { initial, states }: z.output<typeof MachineSection>,
  flows: Flows,
): UndefinedName[] {
  const names = Object.keys(states)
  const events = new Set(Object.values(states).flatMap(({ on = {} }) => Object.keys(on)))
  const moves = Object.entries(states).flatMap(([state, { on = {} }]) =>
    Object.entries(on).map(([event, to]) => ({ to, path: ['machine', 'states', state, 'on', event] })),
  )
  const sent = Object.entries(flows).flatMap(([flow, steps]) =>
    steps.flatMap(({ image = [] }, i) =>
      image.map((event) => ({ event, path: ['flows', flow, i, 'image'] })),
    ),
  )
  return [
    ...[{ to: initial, path: ['machine', 'initial'] }, ...moves]
      .filter(({ to }) => !names.includes(to))
      .map(({ to, path }) => ({ path, message: `${to} is no state; ${hint(to, names)}` })),
    ...sent
      .filter(({ event }) => !events.has(event))
      .map(({ event, path }) => ({
        path,
        message: `${event} is no event of the machine; ${hint(event, [...events])}`,
      })),
  ]
}

function hint(found: string, known: readonly string[]): string {
  const closest = nearest(found, known)
  return closest === undefined ? `there are ${known.join(', ')}` : `did you mean ${closest}?`
}

/** The image state machine of a scenario: states, and the moves between them. */
export interface Machine {
  initial: string
  states: Readonly<Record<string, { on?: Readonly<Record<string, string>> | undefined }>>
}

/** The state to which an event leads; undefined when the machine has no such move. */
export function move(machine: Machine, state: string, event: string): string | undefined {
  return machine.states[state]?.on?.[event]
}
