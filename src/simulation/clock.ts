import { z } from 'zod'
import { hostNow, Instant } from '../lib/time.ts'

/**
 * Where virtual time stands: at host time `host` it was `virtual` (both ms since the epoch) and since then it runs `rate`
 * virtual seconds per real one. `goesOn` says that it also runs while the process is down, as the host's clock does.
 */
export const ClockState = z.object({
  virtual: Instant,
  host: z.number(),
  rate: z.number().nonnegative(),
  goesOn: z.boolean(),
})
export type ClockState = z.output<typeof ClockState>

/**
 * No clock goes further, however fast it runs, and nothing is planned for later: a time stamp has four digits for the year,
 * and what ends later than now (tokens, jobs) needs some years to end in. Milliseconds since the epoch.
 */
export const END_OF_TIME = Date.UTC(9900, 0)

/** The world's virtual time. Only the clock knows what time it is; it never goes back. */
export interface Clock {
  /** Milliseconds since the epoch, whole. */
  now(): number
  readonly rate: number
  /** Runs on with another rate; 0 freezes. */
  setRate(rate: number): void
  /** Goes forward to an instant, or to the last there is; an instant that has passed is left alone. */
  advanceTo(ms: number): void
  /** What to keep so that the clock can be opened again. */
  state(): ClockState
}

/**
 * @param restored whether the state was kept by an earlier process: a clock that does not go on starts where it stood.
 * @param host the real time behind it, ms since the epoch.
 */
export function openClock(initial: ClockState, restored = false, host: () => number = hostNow): Clock {
  let state: ClockState = restored && !initial.goesOn ? { ...initial, host: host() } : { ...initial }
  let latest = state.virtual

  function now(): number {
    const running = state.virtual + (host() - state.host) * state.rate
    latest = Math.max(latest, Math.min(Math.floor(running), END_OF_TIME))
    return latest
  }

  return {
    now,
    get rate() {
      return state.rate
    },
    setRate(rate) {
      state = { virtual: now(), host: host(), rate, goesOn: false }
    },
    advanceTo(ms) {
      const from = now()
      if (ms > from) state = { ...state, virtual: Math.min(ms, END_OF_TIME), host: host() }
    },
    state: () => ({ ...state, virtual: now(), host: host() }),
  }
}
