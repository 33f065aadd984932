import type { Db } from '../database/open.ts'
import { writeSetting } from '../database/settings.ts'
import { hostNow } from '../lib/time.ts'
import type { Clock, ClockState } from '../simulation/clock.ts'
import type { Scenario } from '../simulation/scenario/schema.ts'

/** How far ahead of its clock a world promises never to go back behind, in real ms: a crash skips at most this much. */
const PROMISE = 1000

/** Writes down, now and then, a time a little ahead of the clock; what is answered to nobody may be skipped. */
export function promiseTime(db: Db, clock: Clock): () => void {
  let promised = clock.state()
  return () => {
    const state = clock.state()
    const unchanged = state.rate === promised.rate && state.goesOn === promised.goesOn
    if (
      unchanged &&
      (state.goesOn ? state.virtual - promised.virtual < PROMISE : state.virtual <= promised.virtual)
    )
      return
    promised = { ...state, virtual: state.virtual + (state.goesOn ? 0 : PROMISE * state.rate) }
    writeSetting(db, 'clock', promised)
  }
}

/** A clock that runs like the host's goes on while the process is down; one with a start or a rate of its own stands. */
export function firstClock({ clock: { start, rate } }: Scenario): ClockState {
  const host = hostNow()
  return { virtual: start ?? host, host, rate, goesOn: start === undefined && rate === 1 }
}
