import { type Db, openDatabase } from '../../../src/database/open.ts'
import { openChance } from '../../../src/simulation/chance.ts'
import { openClock } from '../../../src/simulation/clock.ts'
import { Rule } from '../../../src/simulation/rules/rule.ts'
import { openRuleBook, type RuleBook } from '../../../src/simulation/rules/rule-book.ts'
import type { RuledRequest } from '../../../src/simulation/rules/when.ts'
import { loadScenario } from '../../../src/simulation/scenario/load.ts'
import { Scenario } from '../../../src/simulation/scenario/schema.ts'

const standard = loadScenario('standard')

/** Error codes that rules of these tests use. */
export const errors = Object.assign(
  new Map([
    ['APIGW.0201', { status: 503, message: 'Backend unavailable.' }],
    ['APIGW.0308', { status: 429, message: 'The throttling threshold has been reached.' }],
  ]),
  { refusal: () => undefined },
)
const cloud = { errors }

/** 2026-01-01T00:00:00Z, where the frozen clocks of these tests begin. */
export const START = 1_767_225_600_000

/** A rule as it is written in a scenario; what is left out gets a default. */
export interface RuleText {
  name?: string
  when?: unknown
  then?: unknown
  continue?: boolean
  per?: string
  summary?: string
}

/** Parses a rule. By default it matches every request and has no effect. */
export function rule(text: RuleText): Rule {
  return Rule.parse({ name: 'the rule', when: {}, then: {}, ...text })
}

export interface RuleWorld {
  db: Db
  book: RuleBook
  /** Advances the clock by virtual ms. */
  advance(ms: number): void
  /** Opens the same world again, as after a restart; with another scenario when one is given. */
  reopen(rules?: readonly RuleText[], phases?: unknown): RuleBook
  /** Draws the next image id. */
  nextId(): string
}

/** Opens the rules and phases of a world with a frozen clock, without a server. */
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
    openRuleBook({ db, clock, cloud, chance: openChance(db, seed), scenario: scenarioOf(texts, states) })
  return {
    db,
    book: open(rules, phases),
    advance: (ms) => clock.advanceTo(clock.now() + ms),
    reopen: (otherRules = rules, otherPhases = phases) => open(otherRules, otherPhases),
    nextId: () => openChance(db, seed).uuid('image'),
  }
}

/** A request to list images, with some parts replaced. */
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

/** Sends a request and returns the names of the rules that are applied to it. */
export function fired(book: RuleBook, parts: Parameters<typeof request>[0] = {}): string[] {
  return book.consider(request(parts)).map(({ name }) => name)
}
