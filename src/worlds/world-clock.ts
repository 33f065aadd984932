import type { Db } from '../database/open.ts'
import { setting, writeSetting } from '../database/settings.ts'
import { wroteIfRoom } from '../lib/host-errors.ts'
import { hostNow } from '../lib/time.ts'
import { type Clock, ClockState } from '../simulation/clock.ts'
import type { Scenario } from '../simulation/scenario/schema.ts'

/** The setting that keeps the clock of a world. */
export const CLOCK = setting('clock', ClockState)

/** Time by which the written clock may be ahead of the running one, real ms. A crash skips at most this much. */
const AHEAD = 1000

/**
 * Returns a function that writes a time slightly ahead of the clock when the last written one has been reached, so that
 * most requests need no write. While the disk is full the write is left to a later request, so that reads are still answered.
 */
export function clockKeeper(db: Db, clock: Clock): () => void {
  let written = clock.state()
  return () => {
    const state = clock.state()
    const unchanged = state.rate === written.rate && state.goesOn === written.goesOn
    if (
      unchanged &&
      (state.goesOn ? state.virtual - written.virtual < AHEAD : state.virtual <= written.virtual)
    )
      return
    const next = { ...state, virtual: state.virtual + (state.goesOn ? 0 : AHEAD * state.rate) }
    if (wroteIfRoom(() => writeSetting(db, CLOCK, next))) written = next
  }
}

/**
 * Returns the first state of a clock. One at the host's time and rate also runs while the process is down; one with a
 * start or a rate of its own does not.
 */
export function firstClock({ clock: { start, rate } }: Scenario): ClockState {
  const host = hostNow()
  return { virtual: start ?? host, host, rate, goesOn: start === undefined && rate === 1 }
}
