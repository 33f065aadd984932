import { z } from 'zod'
import type { Db } from '../../database/open.ts'
import { readSetting, setting, writeSetting } from '../../database/settings.ts'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { Instant } from '../../lib/time.ts'
import { FixtureChangeMap } from '../fixtures.ts'
import { compileOperations, type NamedService, OperationNames } from './cloud-names.ts'
import { SpanText, spanMs } from './values.ts'

const PhaseName = z.string().min(1).max(256)

const MoveCause = z
  .strictObject({
    after: SpanText.optional().meta({
      description: "This long after the phase was entered, on the world's clock.",
      examples: ['5m'],
    }),
    operation: OperationNames.optional().meta({
      description: 'With a request of this operation, named as in a rule.',
      examples: ['service:ims'],
    }),
    count: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .meta({
        description:
          'With this many such requests, 1 by default; the next request is the first in the new phase.',
        examples: [3],
      }),
  })
  .superRefine(({ after, operation, count }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (context.issues.length > 0) return
    if ((after === undefined) === (operation === undefined))
      refuse('must have either after or operation: a phase is left by time or by requests')
    else if (count !== undefined && operation === undefined) refuse('counts nothing without an operation')
  })

const PhaseMove = z.strictObject({
  from: PhaseName.meta({ description: 'The phase that the world leaves.', examples: ['calm'] }),
  to: PhaseName.meta({ description: 'The phase that the world enters.', examples: ['outage'] }),
  when: MoveCause.meta({
    description: 'The cause: time, or requests.',
    examples: [{ operation: 'CopyImage*' }],
  }),
})

/** The phases of a world, which are named states such as calm, outage and recovered, and the moves between them. */
export const Phases = z
  .strictObject({
    initial: PhaseName.meta({ description: 'The phase in which the world begins.', examples: ['calm'] }),
    others: z
      .array(PhaseName)
      .max(256)
      .default([])
      .meta({
        description: 'Phases that no move names, for rules and `PUT /_ims/phase` to enter.',
        examples: [['outage']],
      }),
    moves: z
      .array(PhaseMove)
      .max(1024)
      .default([])
      .meta({
        description: 'The moves between phases.',
        examples: [[{ from: 'calm', to: 'outage', when: { after: '5m' } }]],
      }),
    fixtures: z
      .record(PhaseName, FixtureChangeMap)
      .default({})
      .meta({
        description:
          'What changes when the world enters a phase, in the form of the effect `fixtures` of a rule. The world does not enter its initial phase at its beginning.',
        examples: [{ calm: { keys: { '50000000-0000-4000-8000-000000000001': { state: 'disabled' } } } }],
      }),
  })
  .superRefine((phases, context) => {
    const names = phaseNames(phases)
    for (const name of Object.keys(phases.fixtures))
      if (!names.includes(name))
        context.addIssue({ code: 'custom', path: ['fixtures', name], message: unknownPhase(name, names) })
  })
export type Phases = z.output<typeof Phases>

/** Lists the names of all phases. */
export function phaseNames({
  initial,
  others,
  moves,
}: Pick<Phases, 'initial' | 'others' | 'moves'>): string[] {
  return [...new Set([initial, ...others, ...moves.flatMap(({ from, to }) => [from, to])])]
}

/** A phase that the world has entered, and when (virtual ms). */
const EnteredPhase = z.object({ name: z.string(), since: Instant })
type EnteredPhase = z.output<typeof EnteredPhase>

/** The phase of a world, since when it is in it (virtual ms), and how many requests each move has counted since then. */
const PhaseState = EnteredPhase.extend({
  counts: z.array(z.int().min(0)),
  /** Phases that were entered and whose changes have not been made yet, in their order. */
  unmade: z.array(EnteredPhase).optional(),
})
type PhaseState = z.output<typeof PhaseState>

/** The setting that keeps the phase of a world. */
export const PHASE_SETTING = setting('phase', PhaseState)

/** The phase of a world. Times are virtual ms since the epoch. */
export interface PhaseMachine {
  /** Returns the phase at an instant, after every move by time that is due, each made at its own instant. */
  at(now: number): string
  /** Counts a request, and makes the move that waited for it. */
  count(service: NamedService, operation: string, now: number): void
  /** @throws SetupError for a phase that the scenario does not have. */
  enter(phase: string, now: number): void
  /**
   * Makes the changes of the phases that the world has entered until `now`, each once.
   * @param apply makes changes at a virtual time (ms).
   */
  makeChanges(now: number, apply: (changes: FixtureChangeMap, at: number) => void): void
}

interface Move {
  from: string
  to: string
  /** Ms in the phase; undefined for a move that counts requests. */
  after: number | undefined
  count: number
  counts(service: NamedService, operation: string): boolean
}

/** Opens the phases of a world where they were left. `worldStart` is in virtual ms since the epoch. */
export function openPhaseMachine(db: Db, phases: Phases, worldStart: number): PhaseMachine {
  const names = phaseNames(phases)
  const moves: Move[] = phases.moves.map(({ from, to, when }) => ({
    from,
    to,
    after: when.after === undefined ? undefined : spanMs(when.after),
    count: when.count ?? 1,
    counts: compileOperations(when.operation),
  }))
  const kept = readSetting(db, PHASE_SETTING)
  let state: PhaseState =
    kept !== undefined && names.includes(kept.name)
      ? kept
      : { name: phases.initial, since: worldStart, counts: [] }

  const changes = new Map(Object.entries(phases.fixtures))

  function go(entered: readonly EnteredPhase[]): void {
    const last = entered.at(-1)
    if (last === undefined) return
    const unmade = changes.size > 0 ? [...(state.unmade ?? []), ...entered] : undefined
    state = { ...last, counts: [], ...(unmade && { unmade }) }
  }

  /** The moves that count a request, with their positions. */
  function countingMoves(service: NamedService, operation: string): [Move, number][] {
    return moves.flatMap((move, i) =>
      move.from === state.name && move.after === undefined && move.counts(service, operation)
        ? [[move, i]]
        : [],
    )
  }

  /** Writes a state. Moves by time need no write: they are computed again from the state. */
  function write(written: PhaseState): void {
    const counts = Array.from({ length: moves.length }, (_, i) => countOf(written, i))
    writeSetting(db, PHASE_SETTING, { ...written, counts })
  }

  return {
    at(now) {
      go(followTime(moves, state, now))
      return state.name
    },
    count(service, operation, now) {
      const counting = countingMoves(service, operation)
      if (counting.length === 0) return
      for (const [, i] of counting) state.counts[i] = countOf(state, i) + 1
      const reached = counting.find(([move, i]) => countOf(state, i) >= move.count)
      if (reached !== undefined) go([{ name: reached[0].to, since: now }])
      write(state)
    },
    enter(phase, now) {
      if (!names.includes(phase)) throw new SetupError(unknownPhase(phase, names))
      go([{ name: phase, since: now }])
      write(state)
    },
    makeChanges(now, apply) {
      if (changes.size === 0) return
      go(followTime(moves, state, now))
      const { unmade = [], ...made } = state
      if (unmade.length === 0) return
      db.transaction(() => {
        for (const { name, since } of unmade) {
          const change = changes.get(name)
          if (change !== undefined) apply(change, since)
        }
        write(made)
      })
      state = made
    },
  }
}

function countOf({ counts }: PhaseState, move: number): number {
  return counts[move] ?? 0
}

function unknownPhase(phase: string, names: readonly string[]): string {
  const meant = nearest(phase, names)
  return `${phase} is no phase; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`
}

/**
 * Makes the moves by time until `now`: in each phase the earliest, and of equal ones the first in the scenario. A circle of
 * moves is walked once and all whole rounds after it are skipped, so a year takes no longer than a minute.
 * @returns the phases that are entered, in their order. Rounds that are skipped enter no others, and their last entries come last.
 */
function followTime(
  moves: readonly Move[],
  from: Pick<PhaseState, 'name' | 'since'>,
  now: number,
): EnteredPhase[] {
  let { name, since } = from
  const entered: EnteredPhase[] = []
  let visited: Map<string, number> | undefined = new Map()
  for (;;) {
    const before = visited?.get(name)
    if (before !== undefined) {
      const round = since - before
      since += Math.floor((now - since) / round) * round
      entered.push({ name, since })
      visited = undefined
    }
    visited?.set(name, since)
    const next = earliest(moves, name)
    if (next === undefined || since + next.after > now) return entered
    name = next.to
    since += next.after
    entered.push({ name, since })
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
