import type { Caller } from '../accounts/caller.ts'
import type { Face } from '../contract/operation.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import type { ServerContext } from './body.ts'
import { blankTape, type Tape } from './body-recorder.ts'
import type { WireFaults } from './wire-faults.ts'

/** A request that came to a world, and what is learned about it on its way, for the journal. */
export interface Received {
  readonly requestId: string
  readonly face: Face
  /** Virtual time at which it came, ms since the epoch. */
  readonly at: number
  /** The same on the process's own clock, ms. */
  readonly began: number
  readonly tape: Tape
  operation?: string
  caller?: Caller | undefined
  code?: string | undefined
  unread?: string[]
  /** Names of the rules that fired. */
  rules?: string[]
  /** What these do to the answer on its way. */
  faults?: WireFaults | undefined
}

/** Takes a request in: gives it its id, and keeps the beginning of its body when somebody reads that. */
export function receive(world: OpenWorld, context: ServerContext, face: Face): Received {
  const tape = blankTape()
  context.set('tape', tape)
  const requestId = face === 'control' ? world.nextControlId() : world.nextRequestId()
  return { requestId, face, at: world.clock.now(), began: performance.now(), tape }
}
