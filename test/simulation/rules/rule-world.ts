import { type Db, openDatabase } from '../../../src/database/open.ts'
import { openChance } from '../../../src/simulation/chance.ts'
import { openClock } from '../../../src/simulation/clock.ts'
import type { RuledRequest } from '../../../src/simulation/rules/request.ts'
import { openRuleBook, type RuleBook } from '../../../src/simulation/rules/rule-book.ts'
import { Rule } from '../../../src/simulation/rules/schema.ts'
import { loadScenario } from '../../../src/simulation/scenario/load.ts'
import { Scenario } from '../../../src/simulation/scenario/schema.ts'

const standard = loadScenario('standard')

/** 2026-01-01T00:00:00Z, where the frozen clocks of these tests begin. */
export const START = 1_767_225_600_000

/** What a rule needs beside its name, as it is written in a scenario. */
export interface RuleText {
  name?: string
  when?: unknown
  then?: unknown
  continue?: boolean
  per?: string
  summary?: string
}

/** A rule as a scenario would have it: for every request, and without an effect, unless it says otherwise. */
export function rule(text: RuleText): Rule {
  return Rule.parse({ name: 'the rule', when: {}, then: {}, ...text })
}

export interface RuleWorld {
  db: Db
  book: RuleBook
  /** Goes forward by virtual ms. */
  advance(ms: number): void
  /** Opens the same world again, as after a restart; with another scenario when one is given. */
  reopen(rules?: readonly RuleText[], phases?: unknown): RuleBook
  /** The next image id that the world would draw. */
  nextId(): string
}

/** A world with rules and phases on a frozen clock, without a server around it. */
export function openRuleWorld(
  rules: readonly RuleText[],
  { phases, seed = 7 }: { phases?: unknown; seed?: number } = {},
): RuleWorld {
  const { db } = openDatabase()
  const clock = openClock({ virtual: START, host: 0, rate: 0, goesOn: false }, false, () => 0)
  const scenarioOf = (texts: readonly RuleText[], states: unknown) => ({
    ...standard,
    rules: texts.map(rule),
    phases: Scenario.shape.phases.parse(states),
  })
  const open = (texts: readonly RuleText[], states: unknown) =>
    openRuleBook({ db, clock, chance: openChance(db, seed), scenario: scenarioOf(texts, states) })
  return {
    db,
    book: open(rules, phases),
    advance: (ms) => clock.advanceTo(clock.now() + ms),
    reopen: (otherRules = rules, otherPhases = phases) => open(otherRules, otherPhases),
    nextId: () => openChance(db, seed).uuid('image'),
  }
}

/** A request to list images, with other things about it. */
export function request(
  parts: Partial<RuledRequest> & { headers?: Record<string, string> } = {},
): RuledRequest {
  const { headers = {}, ...others } = parts
  return {
    operation: 'ListImages',
    service: { id: 'ims', aliases: [] },
    method: 'GET',
    path: '/v2/cloudimages',
    projectId: 'project-a',
    userId: 'user-id',
    userName: 'demo',
    header: (name) => headers[name.toLowerCase()],
    query: {},
    body: undefined,
    resource: () => undefined,
    ...others,
  }
}

/** The names of the rules that happen to a request. */
export function fired(book: RuleBook, parts: Parameters<typeof request>[0] = {}): string[] {
  return book.consider(request(parts)).map(({ name }) => name)
}
