import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { connectWorld } from '../../client/emulator-client.ts'
import type { ExplainedRule, ListedRule, RuleInput } from '../../client/world-client.ts'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { Rule } from '../../simulation/rules/rule.ts'
import type { WorldFlags } from '../address.ts'
import { count, inColumns, printJson, printLines } from '../output.ts'
import { STANDARD_INPUT, standardInput } from '../scenario-input.ts'

/** `rules list`. */
export async function list({ url, world, json }: WorldFlags): Promise<void> {
  const rules = await (await connectWorld(url, world)).rules.list()
  if (json) printJson(rules)
  else printLines(ruleLines(rules))
}

/** `rules add`: adds all rules of a file, or none when one has a mistake. */
export async function add(file: string, { url, world, json }: WorldFlags): Promise<void> {
  const rules = readRules(file, file === '-' ? await standardInput() : readText(file))
  const { rules: book } = await connectWorld(url, world)
  // Each rule is added before all others, so adding the last one first keeps their order.
  for (const rule of [...rules].reverse()) await book.add(rule)
  const names = rules.map(({ name }) => name)
  if (json) printJson({ added: names })
  else printLines(names.map((name) => `${name} is added`))
}

/** `rules remove`. */
export async function remove(name: string, { url, world, json }: WorldFlags): Promise<void> {
  await (await connectWorld(url, world)).rules.remove(name)
  if (json) printJson({ removed: name })
  else printLines([`${name} is removed`])
}

/** `rules explain`. */
export async function explain(name: string, { url, world, json }: WorldFlags): Promise<void> {
  const rule = await (await connectWorld(url, world)).rules.explain(name)
  if (json) printJson(rule)
  else printLines(explainedLines(rule))
}

/** Renders rules as a table, in the order they are tried. */
export function ruleLines(rules: readonly ListedRule[]): string[] {
  if (rules.length === 0) return ['there are no rules']
  const rows = rules.map(({ name, hits, matched, source, summary, rule }) => [
    name,
    String(hits),
    String(matched),
    source,
    summary ?? JSON.stringify({ when: rule.when, then: rule.then }),
  ])
  return inColumns([['NAME', 'APPLIED', 'MATCHED', 'SOURCE', 'SUMMARY'], ...rows])
}

/** Renders a rule, and for each candidate request why it matched or did not. */
export function explainedLines({ name, hits, matched, rule, requests }: ExplainedRule): string[] {
  const head = [
    `${name}: applied ${count(hits, 'time')}, matched ${count(matched, 'request')}`,
    `when ${JSON.stringify(rule.when)}`,
    `then ${JSON.stringify(rule.then)}`,
  ]
  if (requests.length === 0) return [...head, 'no candidate requests so far']
  const rows = requests.map(({ time, fired, matched: fits, method, operation, path, why }) => [
    time,
    fired ? 'applied' : fits ? 'matched' : 'did not match',
    operation,
    `${method} ${path}`,
    why,
  ])
  return [...head, ...inColumns(rows)]
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SetupError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  }
}

/** The forms of a rules file: a list, a map with `rules`, or a single rule. */
const Several = z.union([
  z.array(z.unknown()).min(1),
  z.object({ rules: z.array(z.unknown()).min(1) }).transform(({ rules }) => rules),
  z.unknown().transform((rule) => [rule]),
])

/**
 * Parses the rules in a text. They are returned as written, because the emulator parses durations and patterns itself.
 * @throws SetupError with every mistake in them, one a line.
 */
function readRules(argument: string, text: string): RuleInput[] {
  const file = argument === '-' ? STANDARD_INPUT : argument
  const checked = Several.parse(parsed(file, text)).map((rule, i) => {
    const { error } = Rule.safeParse(rule)
    const complaints = (error?.issues ?? []).map((issue) => `${file}: rule ${i + 1}: ${complaint(issue)}`)
    return { rule, complaints }
  })
  const complaints = checked.flatMap((each) => each.complaints)
  if (complaints.length > 0) throw new SetupError(complaints.join('\n'))
  return checked.map(({ rule }) => rule).filter(isRule)
}

function complaint(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys' || place !== '')
    return place === '' ? issue.message : `${place}: ${issue.message}`
  return issue.keys.map(unknownField).join('; ')
}

function unknownField(name: string): string {
  const names = Object.keys(Rule.shape)
  const meant = nearest(name, names)
  return `${name} is no field of a rule; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`
}

function isRule(rule: unknown): rule is RuleInput {
  return Rule.safeParse(rule).success
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new SetupError(`${file}: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
  }
}
