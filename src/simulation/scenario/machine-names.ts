import { nearest } from '../../lib/nearest.ts'
import type { Machine } from '../machine.ts'

/** A state or an event that is named and that the machine does not have. */
interface UnknownName {
  path: (string | number)[]
  message: string
}

/** What flows have of the machine: the events that their steps send to an image. */
type Flows = Readonly<Record<string, readonly { image?: readonly string[] | undefined }[]>>

/** Every state that a machine leads to and does not have, and every event of a flow that no state of it knows. */
export function unknownNamesOfMachine({ initial, states }: Machine, flows: Flows): UnknownName[] {
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
      .map(({ to, path }) => ({ path, message: `${to} is no state; ${meant(to, names)}` })),
    ...sent
      .filter(({ event }) => !events.has(event))
      .map(({ event, path }) => ({
        path,
        message: `${event} is no event of the machine; ${meant(event, [...events])}`,
      })),
  ]
}

function meant(found: string, known: readonly string[]): string {
  const closest = nearest(found, known)
  return closest === undefined ? `there are ${known.join(', ')}` : `did you mean ${closest}?`
}
