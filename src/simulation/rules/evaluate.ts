import type { Chance } from '../chance.ts'
import type { ErrorCatalogue } from '../cloud.ts'
import { compileOperations, type NamedService } from './cloud-names.ts'
import { type CountCondition, type Counters, compileCountCondition } from './counters.ts'
import { drawLatency, drawUnit, retryAfter } from './effects.ts'
import type { PlacedRule } from './rule-book.ts'
import { compileThen, type Effects } from './then.ts'
import type { ThrottleWindows } from './throttle-windows.ts'
import { type Clause, compileClauses, type Mismatch, type Moment, type RuledRequest } from './when.ts'

/** A rule that is applied to a request. */
export interface FiredRule {
  name: string
  effects: Effects
  /** Ms that the answer waits, drawn from the rule's `latency`; 0 without one. */
  latencyMs: number
}

/** A rule compiled for a world. */
export interface CompiledRule extends PlacedRule {
  /** Whether the rule can match requests of an operation at all. */
  appliesTo(service: NamedService, operation: string): boolean
  clauses: readonly Clause[]
  /** Undefined for a rule that does not count. */
  countCondition: CountCondition | undefined
  effects: Effects
  /** The requests that it was evaluated for last. */
  evaluations: Evaluations
}

/**
 * Compiles a rule.
 * @param worldStart ms since the epoch: where durations in `after` and `before` begin.
 */
export function compileRule(
  placed: PlacedRule,
  worldStart: number,
  errors: Pick<ErrorCatalogue, 'get'>,
): CompiledRule {
  const { when, then } = placed.rule
  return {
    ...placed,
    appliesTo: compileOperations(when.operation),
    clauses: compileClauses(when, worldStart),
    countCondition: compileCountCondition(when),
    effects: compileThen(then, errors),
    evaluations: openEvaluations(),
  }
}

/** A rule with the first clause that a request does not match; undefined when it matches all of them. */
export interface Candidate {
  compiled: CompiledRule
  mismatch: Mismatch | undefined
}

/** Matches a request against rules. Nothing is drawn or counted yet. */
export function matchRules(
  rules: readonly CompiledRule[],
  request: RuledRequest,
  moment: Moment,
): Candidate[] {
  return rules.map((compiled) => ({ compiled, mismatch: firstMismatch(compiled, request, moment) }))
}

function firstMismatch(
  { clauses }: CompiledRule,
  request: RuledRequest,
  moment: Moment,
): Mismatch | undefined {
  for (const clause of clauses) {
    const mismatch = clause(request, moment)
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

/** The state of the world that choosing changes: counts, and numbers drawn from the world's seed. */
export interface RuleState {
  counters: Counters
  windows: ThrottleWindows
  chance: Pick<Chance, 'between'>
}

/**
 * Chooses the rules that are applied: the first that matches, and those after it as long as each says `continue`. Rules that
 * come too late are drawn for and counted all the same, so that request 2 of one rule and request 3 of another are numbered
 * alike, and adding a rule before others changes nothing for them.
 */
export function chooseRules(
  candidates: readonly Candidate[],
  request: RuledRequest,
  seen: SeenRequest,
  state: RuleState,
): FiredRule[] {
  const fired: FiredRule[] = []
  let winner: string | undefined
  for (const { compiled, mismatch } of candidates) {
    if (mismatch !== undefined) {
      compiled.evaluations.add(seen, false, false, mismatch)
      continue
    }
    const owner = compiled.rule.per === 'project' ? (request.projectId ?? '') : ''
    const left = state.windows.left(compiled.rule.name, owner, seen.at)
    const verdict =
      left === undefined
        ? evaluate(compiled, owner, winner, state)
        : throttleAgain(compiled, owner, winner, { ...state, left })
    compiled.evaluations.add(seen, verdict.matched, verdict.fired, verdict.why)
    if (!verdict.fired) continue
    const { throttleMs } = compiled.effects
    if (throttleMs !== undefined && left === undefined)
      state.windows.open(compiled.rule.name, owner, seen.at + throttleMs)
    fired.push(fire(compiled, state, left))
    if (!compiled.rule.continue) winner = compiled.rule.name
  }
  return fired
}

/** The result of one rule for a request that matches all clauses. */
interface Verdict {
  matched: boolean
  fired: boolean
  why: () => string
}

/** The verdict of a rule for a client that should have waited `left` ms longer. Nothing is drawn, and no match is counted. */
function throttleAgain(
  { rule }: CompiledRule,
  owner: string,
  winner: string | undefined,
  { counters, left }: RuleState & { left: number },
): Verdict {
  if (winner !== undefined)
    return {
      matched: true,
      fired: false,
      why: () => `the rule ${winner} comes first and does not say continue`,
    }
  counters.addHit(rule.name, owner)
  return { matched: true, fired: true, why: () => `the client should have waited ${left} ms longer` }
}

/** Draws and counts for one rule. Probability comes before the counters, which count what matches everything else. */
function evaluate(
  { rule, countCondition }: CompiledRule,
  owner: string,
  winner: string | undefined,
  { counters, chance }: RuleState,
): Verdict {
  const { probability } = rule.when
  if (probability !== undefined && drawUnit(chance, `rule ${rule.name}`) >= probability)
    return {
      matched: false,
      fired: false,
      why: () => `chance decided against it, with a probability of ${probability}`,
    }
  const n = counters.addMatch(rule.name, owner)
  const ofOwner = rule.per === 'project' ? ' of the project' : ''
  if (countCondition !== undefined && !countCondition.includes(n))
    return {
      matched: true,
      fired: false,
      why: () => `it was matching request ${n}${ofOwner}; ${countCondition.words}`,
    }
  if (winner !== undefined)
    return {
      matched: true,
      fired: false,
      why: () => `it matches, but the rule ${winner} comes first and does not say continue`,
    }
  counters.addHit(rule.name, owner)
  return { matched: true, fired: true, why: () => `it was matching request ${n}${ofOwner}` }
}

/** @param left virtual ms that a throttled client should have waited longer. */
function fire({ rule, effects }: CompiledRule, { chance }: RuleState, left: number | undefined): FiredRule {
  const { latency } = rule.then
  const { error } = effects
  return {
    name: rule.name,
    effects:
      left === undefined || error === undefined
        ? effects
        : { ...effects, error: { ...error, headers: retryAfter(left) } },
    latencyMs: latency === undefined ? 0 : drawLatency(latency, chance, `latency of rule ${rule.name}`),
  }
}

/** A request for which a rule was evaluated, and the result. */
export interface Evaluation {
  /** Virtual ms since the epoch. */
  at: number
  operation: string
  method: string
  path: string
  /** The request matched everything but the counting clauses, and was counted. */
  matched: boolean
  /** The rule was applied. */
  fired: boolean
  /** The reason, for people. */
  why: string
}

/** The facts about a request that evaluations keep: one object for all rules that were evaluated for it. */
export type SeenRequest = Pick<Evaluation, 'at' | 'operation' | 'method' | 'path'>

/** The latest evaluations of a rule. They are kept in memory only. */
interface Evaluations {
  /** @param why renders the reason; called only when the evaluations are shown. */
  add(request: SeenRequest, matched: boolean, fired: boolean, why: () => string): void
  /** Lists them, the oldest first. */
  all(): Evaluation[]
}

const MOST_EVALUATIONS = 20

function openEvaluations(): Evaluations {
  const kept: (Verdict & { request: SeenRequest })[] = []
  let next = 0
  return {
    add(request, matched, fired, why) {
      // The oldest object is reused: with hundreds of rules, allocating one for each request is what takes the time.
      const oldest = kept[next]
      if (oldest === undefined) kept.push({ request, matched, fired, why })
      else {
        oldest.request = request
        oldest.matched = matched
        oldest.fired = fired
        oldest.why = why
      }
      next = (next + 1) % MOST_EVALUATIONS
    },
    all() {
      const inOrder = kept.length < MOST_EVALUATIONS ? kept : [...kept.slice(next), ...kept.slice(0, next)]
      return inOrder.map(({ request, matched, fired, why }) => ({ ...request, matched, fired, why: why() }))
    },
  }
}
