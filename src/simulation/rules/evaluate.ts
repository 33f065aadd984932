import type { Chance } from '../chance.ts'
import type { Miss, Moment } from './clauses.ts'
import type { Tally } from './counters.ts'
import type { Effects } from './effects.ts'
import type { SeenRequest, Verdict } from './evaluations.ts'
import { drawLatency, drawUnit } from './latency.ts'
import type { LiveRule } from './live-rule.ts'
import type { RuledRequest } from './request.ts'

/** A rule that happens to a request. */
export interface FiredRule {
  name: string
  effects: Effects
  /** Real ms that the answer waits, drawn from what the rule says; 0 when it says nothing. */
  latencyMs: number
}

/** A rule together with why a request does not fit it. */
export interface Candidate {
  live: LiveRule
  miss: Miss | undefined
}

/** What deciding changes: counts, and numbers drawn from the world's seed. */
export interface Stakes {
  tally: Tally
  chance: Pick<Chance, 'between'>
}

/** Looks at what rules want of a request; nothing is drawn or counted yet. */
export function lookAt(rules: readonly LiveRule[], request: RuledRequest, moment: Moment): Candidate[] {
  return rules.map((live) => ({ live, miss: live.misses(request, moment) }))
}

/**
 * Decides which of the rules happen. The first whose turn it is wins, unless it lets later ones happen too. The others are
 * drawn for and counted all the same, so that "the second" and "the third" request of two rules are the same requests,
 * and a rule that is added before changes nothing for those behind it.
 */
export function decide(
  candidates: readonly Candidate[],
  request: RuledRequest,
  seen: SeenRequest,
  stakes: Stakes,
): FiredRule[] {
  const fired: FiredRule[] = []
  let winner: string | undefined
  for (const { live, miss } of candidates) {
    if (miss !== undefined) {
      live.sightings.addMiss(seen, miss)
      continue
    }
    const verdict = judge(live, request, winner, stakes)
    live.sightings.add(seen, verdict)
    if (!verdict.fired) continue
    fired.push(fire(live, stakes))
    if (!live.rule.continue) winner = live.rule.name
  }
  return fired
}

/** Chance comes before the counters: they count what fits everything else. */
function judge(
  { rule, turns }: LiveRule,
  request: RuledRequest,
  winner: string | undefined,
  { tally, chance }: Stakes,
): Verdict {
  const { probability } = rule.when
  if (probability !== undefined && drawUnit(chance, `rule ${rule.name}`) >= probability)
    return {
      matched: false,
      fired: false,
      why: () => `chance decided against it, with a probability of ${probability}`,
    }
  const owner = rule.per === 'project' ? (request.projectId ?? '') : ''
  const n = tally.match(rule.name, owner)
  const those = rule.per === 'project' ? ' of the project' : ''
  if (turns !== undefined && !turns.includes(n))
    return {
      matched: true,
      fired: false,
      why: () => `it was request ${n}${those} that fits; ${turns.words}`,
    }
  if (winner !== undefined)
    return {
      matched: true,
      fired: false,
      why: () => `it fits, but the rule ${winner} comes first and does not say continue`,
    }
  tally.hit(rule.name, owner)
  return { matched: true, fired: true, why: () => `it was request ${n}${those} that fits` }
}

function fire({ rule, effects }: LiveRule, { chance }: Stakes): FiredRule {
  const { latency } = rule.then
  return {
    name: rule.name,
    effects,
    latencyMs: latency === undefined ? 0 : drawLatency(latency, chance, `latency of rule ${rule.name}`),
  }
}
