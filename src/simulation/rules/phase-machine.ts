import { z } from 'zod'
import type { Db } from '../../database/open.ts'
import { readSetting, writeSetting } from '../../database/settings.ts'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { compileOperations, type NamedService } from './operations.ts'
import { type Phases, phaseNames } from './phases.ts'
import { spanMs } from './values.ts'

export const PHASE_SETTING = 'phase'

/** Where the world is, since when, and how many requests each move of the scenario has counted since then. */
const Stand = z.object({ name: z.string(), since: z.number(), counts: z.array(z.number()) })
type Stand = z.output<typeof Stand>

/** The second state machine of a world: calm, outage, recovered. Times are virtual ms since the epoch. */
export interface PhaseMachine {
  /** The phase at an instant: every move by time that is due has been made, each at its own instant. */
  at(now: number): string
  /** Counts a request, and moves on when it is the last that was waited for. */
  count(service: NamedService, operation: string, now: number): void
  /** @throws SetupError for a phase that the scenario does not have. */
  enter(phase: string, now: number): void
}

interface Move {
  from: string
  to: string
  /** Ms in the phase; undefined for a move that counts requests. */
  after: number | undefined
  count: number
  about(service: NamedService, operation: string): boolean
}

export function openPhaseMachine(db: Db, phases: Phases, worldStart: number): PhaseMachine {
  const names = phaseNames(phases)
  const moves: Move[] = phases.moves.map(({ from, to, when }) => ({
    from,
    to,
    after: when.after === undefined ? undefined : spanMs(when.after),
    count: when.count ?? 1,
    about: compileOperations(when.operation),
  }))
  const kept = Stand.safeParse(readSetting(db, PHASE_SETTING))
  let stand: Stand =
    kept.success && names.includes(kept.data.name)
      ? kept.data
      : { name: phases.initial, since: worldStart, counts: [] }

  function go(name: string, since: number): void {
    stand = { name, since, counts: [] }
  }

  /** Counting moves only: those by time are made again from where the world stood. */
  function counting(service: NamedService, operation: string): [Move, number][] {
    return moves.flatMap((move, i) =>
      move.from === stand.name && move.after === undefined && move.about(service, operation)
        ? [[move, i]]
        : [],
    )
  }

  return {
    at(now) {
      const { name, since } = followTime(moves, stand, now)
      if (since !== stand.since || name !== stand.name) go(name, since)
      return name
    },
    count(service, operation, now) {
      const concerned = counting(service, operation)
      if (concerned.length === 0) return
      for (const [, i] of concerned) stand.counts[i] = countOf(stand, i) + 1
      const reached = concerned.find(([move, i]) => countOf(stand, i) >= move.count)
      if (reached !== undefined) go(reached[0].to, now)
      keep()
    },
    enter(phase, now) {
      if (!names.includes(phase)) throw new SetupError(unknownPhase(phase, names))
      go(phase, now)
      keep()
    },
  }

  function keep(): void {
    const counts = Array.from({ length: moves.length }, (_, i) => countOf(stand, i))
    writeSetting(db, PHASE_SETTING, { ...stand, counts })
  }
}

function countOf({ counts }: Stand, move: number): number {
  return counts[move] ?? 0
}

function unknownPhase(phase: string, names: readonly string[]): string {
  const meant = nearest(phase, names)
  return `${phase} is no phase; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`
}

/**
 * Makes the moves by time from where the world stood until `now`: in each phase the earliest, of equal ones the first in
 * the scenario. A circle is walked once; all whole rounds after it are skipped, so a year costs no more than a minute.
 */
function followTime(
  moves: readonly Move[],
  from: Pick<Stand, 'name' | 'since'>,
  now: number,
): Pick<Stand, 'name' | 'since'> {
  let { name, since } = from
  let visited: Map<string, number> | undefined = new Map()
  for (;;) {
    const before = visited?.get(name)
    if (before !== undefined) {
      const round = since - before
      since += Math.floor((now - since) / round) * round
      visited = undefined
    }
    visited?.set(name, since)
    const next = earliest(moves, name)
    if (next === undefined || since + next.after > now) return { name, since }
    name = next.to
    since += next.after
  }
}

function earliest(moves: readonly Move[], phase: string): { to: string; after: number } | undefined {
  let best: { to: string; after: number } | undefined
  for (const { from, to, after } of moves) {
    if (from === phase && after !== undefined && (best === undefined || after < best.after))
      best = { to, after }
  }
  return best
}
