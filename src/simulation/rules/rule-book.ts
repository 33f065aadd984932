import { readSetting, writeSetting } from '../../database/settings.ts'
import { SetupError } from '../../lib/errors.ts'
import type { World } from '../world.ts'
import type { Moment } from './clauses.ts'
import { type Count, openTally } from './counters.ts'
import { type Candidate, decide, type FiredRule, lookAt } from './evaluate.ts'
import type { Sighting } from './evaluations.ts'
import { bringToLife, type LiveRule } from './live-rule.ts'
import { unknownNamesOf } from './names.ts'
import type { NamedService } from './operations.ts'
import { openPhaseMachine } from './phase-machine.ts'
import type { RuledRequest } from './request.ts'
import { openRuleList } from './rule-list.ts'
import type { Rule } from './schema.ts'

export type { FiredRule } from './evaluate.ts'

/** A rule as it is shown to whoever asks what there is. */
interface ListedRule extends Count {
  name: string
  summary?: string | undefined
  source: 'scenario' | 'run time'
  /** As it was written. */
  rule: Rule
}

/** The rules of a world with their counts, and the phase that the world is in. All of it survives a restart. */
export interface RuleBook {
  /**
   * The rules that happen to a request, in order. Counts it and moves the phase on, for the requests that follow. Costs
   * next to nothing when no rule can be about the operation.
   */
  consider(request: RuledRequest): readonly FiredRule[]
  /** Whether a rule that can be about an operation looks into bodies. */
  readsBody(service: NamedService, operation: string): boolean
  /** In the order they are tried. */
  list(): ListedRule[]
  /**
   * Adds a rule at run time, first unless a place is given. A taken name is replaced, in its place, and counted anew.
   * @throws SetupError when it names a phase, flow, quota or event that the scenario does not have.
   */
  add(rule: Rule, place?: 'first' | 'last'): void
  /** Takes a rule away, one of the scenario too; false when there is none of that name. */
  remove(name: string): boolean
  /** What became of the last 20 requests that a rule could have been about; undefined when there is no such rule. */
  explain(name: string): Sighting[] | undefined
  /** Undefined when the scenario has no phases. */
  phase(): string | undefined
  /** @throws SetupError for a phase that the scenario does not have. */
  enter(phase: string): void
}

/** The virtual time at which a world began (ms since the epoch), kept so that `after: 5m` means the same after a restart. */
export const START_SETTING = 'started'

const NOTHING: readonly FiredRule[] = []

/** @throws SetupError when a rule that was added at run time does not go with the scenario. */
export function openRuleBook(world: Pick<World, 'db' | 'clock' | 'chance' | 'scenario'>): RuleBook {
  const { db, clock, chance, scenario } = world
  const started = worldStart(world)
  const machine = scenario.phases && openPhaseMachine(db, scenario.phases, started)
  const placed = openRuleList(db, scenario.rules)
  // The scenario has been looked at as a whole; what was added in another one may name what this one does not have.
  for (const { rule, source } of placed.all()) if (source === 'run time') refuseUnknownNames(rule, scenario)
  const tally = openTally(db)
  let live = placed.all().map((rule) => bringToLife(rule, started))
  const byOperation = new Map<string, readonly LiveRule[]>()

  function rulesAbout(service: NamedService, operation: string): readonly LiveRule[] {
    const key = `${service.id} ${operation}`
    let rules = byOperation.get(key)
    if (rules === undefined) {
      rules = live.filter(({ about }) => about(service, operation))
      byOperation.set(key, rules)
    }
    return rules
  }

  /** After a change: rules that stay keep what they have seen. */
  function refresh(changed: string): void {
    const before = new Map(live.map((rule) => [rule.rule.name, rule]))
    live = placed.all().map((rule) => {
      const same = rule.rule.name === changed ? undefined : before.get(rule.rule.name)
      return same ?? bringToLife(rule, started)
    })
    byOperation.clear()
  }

  return {
    consider(request) {
      const { service, operation, method, path } = request
      const rules = rulesAbout(service, operation)
      if (rules.length === 0 && machine === undefined) return NOTHING
      const now = clock.now()
      const moment: Moment = { now, phase: machine?.at(now) }
      const candidates = lookAt(rules, lookingUpOnce(request), moment)
      const decideAll = () => {
        const fired = decide(candidates, request, { at: now, operation, method, path }, { tally, chance })
        tally.keep()
        machine?.count(service, operation, now)
        for (const { effects } of fired) if (effects.enter !== undefined) machine?.enter(effects.enter, now)
        return fired
      }
      return writesMany(candidates) ? db.transaction(decideAll) : decideAll()
    },
    readsBody: (service, operation) =>
      rulesAbout(service, operation).some(({ rule }) => rule.when.body !== undefined),
    list: () =>
      live.map(({ rule, source }) => ({
        name: rule.name,
        ...(rule.summary !== undefined && { summary: rule.summary }),
        ...tally.total(rule.name),
        source,
        rule,
      })),
    add(rule, place) {
      refuseUnknownNames(rule, scenario)
      db.transaction(() => {
        placed.put(rule, place)
        tally.forget(rule.name)
      })
      refresh(rule.name)
    },
    remove(name) {
      const removed = db.transaction(() => {
        tally.forget(name)
        return placed.take(name)
      })
      if (removed) refresh(name)
      return removed
    },
    explain: (name) => live.find(({ rule }) => rule.name === name)?.sightings.all(),
    phase: () => machine?.at(clock.now()),
    enter(phase) {
      if (machine === undefined) throw new SetupError(`${phase} is no phase; the scenario has no phases`)
      machine.enter(phase, clock.now())
    },
  }
}

function refuseUnknownNames(rule: Rule, scenario: World['scenario']): void {
  const mistakes = unknownNamesOf(rule, scenario).map(({ message }) => message)
  if (mistakes.length > 0) throw new SetupError(`the rule ${rule.name}: ${mistakes.join('; ')}`)
}

/** One row is written as fast without a transaction of its own, which costs more than looking at two hundred rules. */
function writesMany(candidates: readonly Candidate[]): boolean {
  let fitting = 0
  for (const { miss } of candidates) if (miss === undefined) fitting += 1
  return fitting > 1
}

function worldStart({ db, clock }: Pick<World, 'db' | 'clock'>): number {
  const kept = readSetting(db, START_SETTING)
  if (typeof kept === 'number') return kept
  const now = clock.now()
  writeSetting(db, START_SETTING, now)
  return now
}

/** The same request, whose image is looked up once for all rules that ask. */
function lookingUpOnce(request: RuledRequest): RuledRequest {
  let found: { resource: ReturnType<RuledRequest['resource']> } | undefined
  return {
    ...request,
    header: (name) => request.header(name),
    resource() {
      found ??= { resource: request.resource() }
      return found.resource
    },
  }
}
