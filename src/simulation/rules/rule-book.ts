import type { Db } from '../../database/open.ts'
import { deleteSetting, readSetting, setting, writeSetting } from '../../database/settings.ts'
import { SetupError } from '../../lib/errors.ts'
import { safeParse } from '../../lib/parse.ts'
import { Instant } from '../../lib/time.ts'
import type { Cloud } from '../cloud.ts'
import type { FixtureChangeMap } from '../fixtures.ts'
import type { World } from '../world.ts'
import type { NamedService } from './cloud-names.ts'
import { type Count, openCounters } from './counters.ts'
import {
  type Candidate,
  type CompiledRule,
  chooseRules,
  compileRule,
  type Evaluation,
  type FiredRule,
  matchRules,
} from './evaluate.ts'
import { openPhaseMachine, PHASE_SETTING } from './phases.ts'
import { deleteRules, deleteRuntimeRule, readRuntimeRules, writeRuntimeRule } from './queries.ts'
import { Rule, unknownScenarioNames } from './rule.ts'
import { deleteThrottleWindows, openThrottleWindows } from './throttle-windows.ts'
import type { Moment, RuledRequest } from './when.ts'

/** A rule as the control plane lists it. */
interface ListedRule extends Count {
  name: string
  summary?: string | undefined
  source: 'scenario' | 'run time'
  /** As it was written. */
  rule: Rule
}

/** The rules of a world with their counts, and the phase of the world. All of it survives a restart. */
export interface RuleBook {
  /**
   * Returns the rules that are applied to a request, in order. Counts the request, and moves the phase on for the requests
   * that follow. Costs next to nothing when no rule applies to the operation.
   */
  consider(request: RuledRequest): readonly FiredRule[]
  /** Whether a rule that applies to an operation looks into bodies. */
  readsBody(service: NamedService, operation: string): boolean
  /** Lists the rules in the order they are tried. */
  list(): ListedRule[]
  /**
   * Adds a rule at run time, before all others unless a place is given. It replaces a rule of the same name, in that rule's
   * place and with counts of its own.
   * @throws SetupError for a phase, flow, quota or event that the scenario does not have.
   */
  add(rule: Rule, place?: 'first' | 'last'): void
  /** Removes a rule, also one of the scenario; returns false when no rule has the name. */
  remove(name: string): boolean
  /** Explains the last 20 requests of the operations that a rule applies to; undefined when no rule has the name. */
  explain(name: string): Evaluation[] | undefined
  /** The phase that the world is in; undefined when the scenario has no phases. */
  phase(): string | undefined
  /** @throws SetupError for a phase that the scenario does not have. */
  enter(phase: string): void
  /** Makes the changes of phases that were entered until now, each once; `apply` makes them at a virtual time (ms). */
  makeChanges(apply: (changes: FixtureChangeMap, at: number) => void): void
}

/** The virtual time at which a world began (ms since the epoch), kept so that `after: 5m` means the same after a restart. */
const START_SETTING = setting('started', Instant)

const NO_RULES: readonly FiredRule[] = []

/**
 * Opens the rules of a world: those of its scenario, with the changes that were made at run time.
 * @throws SetupError when a rule that was added at run time names something that the scenario does not have.
 */
export function openRuleBook(
  world: Pick<World, 'db' | 'clock' | 'chance' | 'scenario'> & { cloud: Pick<Cloud, 'errors'> },
): RuleBook {
  const { db, clock, chance, scenario, cloud } = world
  const started = worldStart(world)
  const machine = scenario.phases && openPhaseMachine(db, scenario.phases, started)
  const placed = openRuleList(db, scenario.rules)
  // Loading checks the rules of a scenario. Rules of run time may have been added under another scenario.
  for (const { rule, source } of placed.all()) if (source === 'run time') refuseUnknownNames(rule, scenario)
  const counters = openCounters(db)
  const windows = openThrottleWindows(db)
  let rules = placed.all().map((rule) => compileRule(rule, started, cloud.errors))
  const byOperation = new Map<string, readonly CompiledRule[]>()

  function rulesFor(service: NamedService, operation: string): readonly CompiledRule[] {
    const key = `${service.id} ${operation}`
    let applicable = byOperation.get(key)
    if (applicable === undefined) {
      applicable = rules.filter(({ appliesTo }) => appliesTo(service, operation))
      byOperation.set(key, applicable)
    }
    return applicable
  }

  /** Compiles the rules again after a change. Unchanged rules keep their evaluations. */
  function refresh(changed: string): void {
    const before = new Map(rules.map((compiled) => [compiled.rule.name, compiled]))
    rules = placed.all().map((rule) => {
      const same = rule.rule.name === changed ? undefined : before.get(rule.rule.name)
      return same ?? compileRule(rule, started, cloud.errors)
    })
    byOperation.clear()
  }

  return {
    consider(request) {
      const { service, operation, method, path } = request
      const applicable = rulesFor(service, operation)
      if (applicable.length === 0 && machine === undefined) return NO_RULES
      const now = clock.now()
      const moment: Moment = { now, phase: machine?.at(now) }
      const candidates = matchRules(applicable, withCachedResource(request), moment)
      const choose = () => {
        const seen = { at: now, operation, method, path }
        const fired = chooseRules(candidates, request, seen, { counters, windows, chance })
        counters.write()
        machine?.count(service, operation, now)
        for (const { effects } of fired) if (effects.enter !== undefined) machine?.enter(effects.enter, now)
        return fired
      }
      return writesSeveralRows(candidates) ? db.transaction(choose) : choose()
    },
    readsBody: (service, operation) =>
      rulesFor(service, operation).some(({ rule }) => rule.when.body !== undefined),
    list: () =>
      rules.map(({ rule, source }) => ({
        name: rule.name,
        ...(rule.summary !== undefined && { summary: rule.summary }),
        ...counters.total(rule.name),
        source,
        rule,
      })),
    add(rule, place) {
      refuseUnknownNames(rule, scenario)
      db.transaction(() => {
        placed.put(rule, place)
        counters.delete(rule.name)
        windows.delete(rule.name)
      })
      refresh(rule.name)
    },
    remove(name) {
      const removed = db.transaction(() => {
        counters.delete(name)
        windows.delete(name)
        return placed.remove(name)
      })
      if (removed) refresh(name)
      return removed
    },
    explain: (name) => rules.find(({ rule }) => rule.name === name)?.evaluations.all(),
    phase: () => machine?.at(clock.now()),
    enter(phase) {
      if (machine === undefined) throw new SetupError(`${phase} is no phase; the scenario has no phases`)
      machine.enter(phase, clock.now())
    },
    makeChanges: (apply) => machine?.makeChanges(clock.now(), apply),
  }
}

/**
 * Deletes the counts of rules, the changes that were made to rules at run time, and the phase. The rule book that is opened
 * next begins with the rules of its scenario, and durations since the world's start begin then.
 */
export function resetRules(db: Db): void {
  deleteRules(db)
  deleteThrottleWindows(db)
  deleteSetting(db, PHASE_SETTING)
  deleteSetting(db, START_SETTING)
}

function refuseUnknownNames(rule: Rule, scenario: World['scenario']): void {
  const mistakes = unknownScenarioNames(rule, scenario).map(({ message }) => message)
  if (mistakes.length > 0) throw new SetupError(`the rule ${rule.name}: ${mistakes.join('; ')}`)
}

/** A single row needs no transaction of its own, which takes longer than evaluating two hundred rules. */
function writesSeveralRows(candidates: readonly Candidate[]): boolean {
  let matching = 0
  for (const { mismatch } of candidates) if (mismatch === undefined) matching += 1
  return matching > 1
}

function worldStart({ db, clock }: Pick<World, 'db' | 'clock'>): number {
  const kept = readSetting(db, START_SETTING)
  if (kept !== undefined) return kept
  const now = clock.now()
  writeSetting(db, START_SETTING, now)
  return now
}

/** The same request, whose resource is looked up at most once for all rules. */
function withCachedResource(request: RuledRequest): RuledRequest {
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

/** A rule with its source and its position. */
export interface PlacedRule {
  rule: Rule
  source: 'scenario' | 'run time'
  position: number
}

/** The rules of a world in order: those of the scenario, with the changes that were made at run time. */
interface RuleList {
  all(): readonly PlacedRule[]
  /** Adds a rule, first unless a place is given. It replaces a rule of the same name, in that rule's position. */
  put(rule: Rule, place?: 'first' | 'last'): void
  /** Removes a rule; returns false when no rule has the name. */
  remove(name: string): boolean
}

function openRuleList(db: Db, scenarioRules: readonly Rule[]): RuleList {
  const placed = new Map<string, PlacedRule>(
    scenarioRules.map((rule, position) => [rule.name, { rule, source: 'scenario', position }]),
  )
  for (const { name, position, rule } of readRuntimeRules(db)) {
    if (rule === undefined) placed.delete(name)
    else placed.set(name, { rule: parseRule(name, rule), source: 'run time', position })
  }
  let ordered = inOrder(placed)

  function positionFor(name: string, place: 'first' | 'last' | undefined): number {
    const before = placed.get(name)?.position
    if (place === undefined && before !== undefined) return before
    // The positions of the scenario stay reserved, because a rule that was removed can be added again.
    if (place === 'last') return Math.max(scenarioRules.length - 1, ordered.at(-1)?.position ?? 0) + 1
    return Math.min(0, ordered[0]?.position ?? 0) - 1
  }

  return {
    all: () => ordered,
    put(rule, place) {
      const position = positionFor(rule.name, place)
      writeRuntimeRule(db, { name: rule.name, position, rule })
      placed.set(rule.name, { rule, source: 'run time', position })
      ordered = inOrder(placed)
    },
    remove(name) {
      const position = placed.get(name)?.position
      if (position === undefined) return false
      if (scenarioRules.some((rule) => rule.name === name))
        writeRuntimeRule(db, { name, position, rule: undefined })
      else deleteRuntimeRule(db, name)
      placed.delete(name)
      ordered = inOrder(placed)
      return true
    },
  }
}

function inOrder(placed: ReadonlyMap<string, PlacedRule>): readonly PlacedRule[] {
  return [...placed.values()].sort((one, other) => one.position - other.position)
}

function parseRule(name: string, kept: unknown): Rule {
  const parsed = safeParse(Rule, kept)
  if (parsed.success) return parsed.data
  throw new SetupError(
    `the rule ${name}, which was added at run time by another version, cannot be read; remove it with that version, or use another --data folder`,
  )
}
