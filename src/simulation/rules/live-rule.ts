import { type Clause, compileClauses, type Miss, type Moment } from './clauses.ts'
import { compileThen, type Effects } from './effects.ts'
import { openSightings, type Sightings } from './evaluations.ts'
import { compileOperations, type NamedService } from './operations.ts'
import type { RuledRequest } from './request.ts'
import type { PlacedRule } from './rule-list.ts'
import { compileTurns, type Turns } from './turns.ts'

/** A rule that is ready to be asked about requests. */
export interface LiveRule extends PlacedRule {
  about(service: NamedService, operation: string): boolean
  /** The first thing that is not as the rule wants it; undefined when the request fits. */
  misses(request: RuledRequest, moment: Moment): Miss | undefined
  /** Undefined for a rule that does not count. */
  turns: Turns | undefined
  effects: Effects
  /** The requests that it was asked about last. */
  sightings: Sightings
}

/** @param worldStart ms since the epoch: where durations in `after` and `before` begin. */
export function bringToLife(placed: PlacedRule, worldStart: number): LiveRule {
  const { when, then } = placed.rule
  const clauses = compileClauses(when, worldStart)
  return {
    ...placed,
    about: compileOperations(when.operation),
    misses: (request, moment) => firstMiss(clauses, request, moment),
    turns: compileTurns(when),
    effects: compileThen(then),
    sightings: openSightings(),
  }
}

function firstMiss(clauses: readonly Clause[], request: RuledRequest, moment: Moment): Miss | undefined {
  for (const clause of clauses) {
    const miss = clause(request, moment)
    if (miss !== undefined) return miss
  }
  return undefined
}
