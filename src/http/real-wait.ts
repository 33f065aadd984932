import type { Clock } from '../simulation/clock.ts'

/**
 * Lets virtual time pass that a rule waits for. A clock that stands is advanced, because nothing else moves it meanwhile.
 * @param ms virtual ms.
 * @returns the real ms in which a running clock goes on by as much.
 */
export function realWait(clock: Clock, ms: number): number {
  if (clock.rate > 0) return ms / clock.rate
  clock.advanceTo(clock.now() + ms)
  return 0
}
