import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml'
import type { z } from 'zod'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { Phases } from '../rules/phases.ts'
import { Rule } from '../rules/schema.ts'
import { Then } from '../rules/then.ts'
import { When } from '../rules/when.ts'
import { Scenario } from './schema.ts'

/** One file of a scenario: its text with places, and what it says. */
export interface Source {
  file: string
  /** Where relative paths in it begin. */
  folder: string
  document: Document
  lines: LineCounter
  content: Record<string, unknown>
}

/** A place in a file, both counted from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

/** What is wrong at a place: what was found, what was meant. */
export interface Mistake extends Place {
  message: string
}

/** More mistakes than these are only counted. */
const MOST_TOLD = 100
/** A sentence with more characters has a whole text of somebody's in it. */
const LONGEST_TEXT = 300

/** Every mistake of a scenario at once, on a line of its own as `file:line:column: what`. */
export class ScenarioMistakes extends SetupError {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[], untold: number) {
    const told = mistakes.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
    super([...told, ...(untold > 0 ? [`and ${untold} more`] : [])].join('\n'))
    this.name = 'ScenarioMistakes'
    this.mistakes = mistakes
  }
}

/** @throws ScenarioMistakes always */
export function refuse(mistakes: readonly Mistake[]): never {
  const told = mistakes
    .slice(0, MOST_TOLD)
    .map((mistake) => ({ ...mistake, message: shortened(mistake.message) }))
  throw new ScenarioMistakes(told, mistakes.length - told.length)
}

/** A text that fits on a line, whatever somebody wrote into it. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line
}

/** Where an offset in a text is. */
export function place(file: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { file, line, column: col }
}

/**
 * Tells every mistake in the order of the file.
 * @throws ScenarioMistakes always
 */
export function refuseIssues(chain: readonly Source[], issues: readonly z.core.$ZodIssue[]): never {
  const all = issues.flatMap(leaves)
  const placed = all
    .slice(0, MOST_TOLD)
    .map((issue) => describe(chain, issue))
    .sort((one, other) => one.line - other.line || one.column - other.column)
    .map((mistake) => ({ ...mistake, message: shortened(mistake.message) }))
  throw new ScenarioMistakes(placed, all.length - placed.length)
}

/** The issues that say most: one for each unknown key; inside a union, those of the alternative that came nearest. */
function leaves(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...issue, keys: [key] }))
  if (issue.code !== 'invalid_union') return [issue]
  const best = [...issue.errors].sort((a, b) => distanceOf(a) - distanceOf(b))[0] ?? []
  if (issue.message !== UNSAID && distanceOf(best) >= FAR) return [issue]
  return best.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** What an alternative says when it was not meant at all. */
const OTHER_TYPE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union'])

/** What zod says of a choice that has no words of its own. */
const UNSAID = 'Invalid input'
/** No alternative has as many mistakes in it. */
const FAR = 1000

/** An alternative of another type altogether is farther than any that has the type right. */
function distanceOf(issues: readonly z.core.$ZodIssue[]): number {
  const otherType = issues.some(({ code, path }) => path.length === 0 && OTHER_TYPE.has(code))
  return issues.length + (otherType ? FAR : 0)
}

function describe(chain: readonly Source[], issue: z.core.$ZodIssue): Mistake {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
  const { source, within } = origin(chain, path)
  return { ...placeOf(source, within), message: sentence(source, issue, within) }
}

/** The file that a path of the merged scenario comes from, and the path in it: rules of the child come before its parent's. */
function origin(chain: readonly Source[], path: PropertyKey[]): { source: Source; within: PropertyKey[] } {
  const [section, index, ...rest] = path
  if (section === 'rules' && typeof index === 'number') {
    let above = 0
    for (const source of chain) {
      const count = Array.isArray(source.content.rules) ? source.content.rules.length : 0
      if (index < above + count) return { source, within: [section, index - above, ...rest] }
      above += count
    }
  }
  const [own] = chain
  const source = chain.find(({ document }) => document.hasIn(path)) ?? own
  if (source === undefined) throw new Error('a chain of scenarios has at least one file')
  return { source, within: path }
}

/** Where something stands in a file; what is not in it is where the nearest map or list around it is. */
function placeOf({ file, lines, document }: Source, path: PropertyKey[]): Place {
  return place(file, lines, offsetOf(document, path))
}

/** Where a value stands in the text; for a key that should not be there, the key itself. */
function offsetOf(document: Document, path: PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path[depth - 1])
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function sentence(source: Source, issue: z.core.$ZodIssue, path: PropertyKey[]): string {
  const found: unknown = source.document.getIn(path)
  const where = path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const meant = nearest(String(path.at(-1)), keysAround(path))
    return `${where}: no such key${meant === undefined ? '' : `; did you mean ${meant}?`}`
  }
  if (issue.code === 'invalid_type' && found === undefined && issue.message.startsWith(UNSAID))
    return `${where}: is missing`
  if (issue.code === 'custom' && issue.params?.known === 'error code') return issue.message
  if (issue.code === 'invalid_value' && typeof found === 'string') {
    const meant = nearest(found, issue.values.map(String))
    return `${where}: ${found} is not ${issue.values.join(' or ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`
  }
  return `${where}: ${issue.message}`
}

/** The keys that there are where an unknown one stands: of its own map if that is one of these, else any. */
function keysAround(path: PropertyKey[]): readonly string[] {
  const around = path.at(-2)
  if (path.length === 1) return Object.keys(Scenario.shape)
  if (around === 'when' && path[0] === 'rules') return Object.keys(When.shape)
  if (around === 'then') return Object.keys(Then.shape)
  if (path.length === 3 && path[0] === 'rules') return Object.keys(Rule.shape)
  return knownKeys
}

const knownKeys = [
  ...Object.keys(Scenario.shape),
  ...['start', 'rate', 'initial', 'states', 'on', 'at', 'job', 'image', 'progress', 'error'],
  ...Object.keys(Scenario.shape.quotas.shape),
  ...Object.keys(Scenario.shape.auth.shape),
  ...Object.keys(Rule.shape),
  ...Object.keys(When.shape),
  ...Object.keys(Then.shape),
  ...Object.keys(Phases.shape),
  ...['equals', 'in', 'matches', 'present', 'absent', 'id', 'status', 'tag', 'visibility'],
  ...['code', 'message', 'median', 'sigma', 'retry_after', 'fail_at', 'stuck', 'flow', 'from', 'to', 'count'],
]
