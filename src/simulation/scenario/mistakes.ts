import type { z } from 'zod'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { keysAt } from './format.ts'
import { Scenario } from './schema.ts'

/** One file of a scenario: its text with places, and its content. */
export interface Source {
  file: string
  /** The folder to which relative paths in the file are resolved. */
  folder: string
  content: Record<string, unknown>
  /** The files whose content was put into its fixtures. */
  inlined: readonly string[]
  /** The place of what a path leads to: keys, and positions in lists. */
  placeOf(path: readonly PropertyKey[]): Place
}

/** A place in a file; line and column are counted from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

/** A mistake in a file. */
export interface Mistake extends Place {
  /** What was found, and what was expected. */
  message: string
}

/** Mistakes beyond this number are only counted. */
export const MOST_MISTAKES = 100
/** Unknown keys of one map beyond this number are not reported: each is looked up in the file. */
const MOST_UNKNOWN_KEYS = 20
/** Characters. A longer message quotes a whole text of the file. */
const LONGEST_MESSAGE = 300

/** All mistakes of a scenario, each on a line as `file:line:column: message`. */
export class ScenarioMistakes extends SetupError {
  readonly mistakes: readonly Mistake[]
  readonly further: number

  /** @param further the number of mistakes that are not listed. */
  constructor(mistakes: readonly Mistake[], further: number) {
    const lines = mistakes.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
    super([...lines, ...(further > 0 ? [`and ${further} more`] : [])].join('\n'))
    this.name = 'ScenarioMistakes'
    this.mistakes = mistakes
    this.further = further
  }
}

/**
 * @param count the number of all mistakes, of which the first are given.
 * @throws ScenarioMistakes always
 */
export function refuse(mistakes: readonly Mistake[], count = mistakes.length): never {
  const listed = mistakes.slice(0, MOST_MISTAKES).map(withShortMessage)
  throw new ScenarioMistakes(listed, count - listed.length)
}

/**
 * Reports the issues of a scenario as mistakes in its files, in the order of each file.
 * @param chain the files of the scenario, as `readChain` returns them.
 * @throws ScenarioMistakes always
 */
export function refuseIssues(chain: readonly Source[], issues: readonly z.core.$ZodIssue[]): never {
  const left: LeftOut = { keys: 0 }
  const all = issues.flatMap((issue) => expandIssue(issue, left))
  const mistakes = all
    .slice(0, MOST_MISTAKES)
    .map((issue) => mistakeOf(chain, issue))
    .sort((one, other) => one.line - other.line || one.column - other.column)
    .map(withShortMessage)
  throw new ScenarioMistakes(mistakes, all.length - mistakes.length + left.keys)
}

function withShortMessage(mistake: Mistake): Mistake {
  return { ...mistake, message: shortened(mistake.message) }
}

/** Puts a text on one line and shortens it. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line
}

/** The place of an offset in a text. */
export function placeAt(file: string, text: string, offset: number): Place {
  let line = 1
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1
    start = end + 1
  }
  return { file, line, column: offset - start + 1 }
}

/** Zod's message for a union without a message of its own. */
const UNION_MESSAGE = 'Invalid input'

/** The number of unknown keys that are not reported. */
interface LeftOut {
  keys: number
}

/** Splits an issue: one for each unknown key, and for a union those of the alternative that comes nearest. */
function expandIssue(issue: z.core.$ZodIssue, left: LeftOut): z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') {
    left.keys += Math.max(0, issue.keys.length - MOST_UNKNOWN_KEYS)
    return issue.keys.slice(0, MOST_UNKNOWN_KEYS).map((key) => ({ ...issue, keys: [key] }))
  }
  if (issue.code !== 'invalid_union') return [issue]
  const nearestErrors = [...issue.errors].sort((a, b) => distanceOf(a) - distanceOf(b))[0] ?? []
  if (issue.message !== UNION_MESSAGE && distanceOf(nearestErrors) >= OTHER_TYPE_DISTANCE) return [issue]
  return nearestErrors.flatMap((inner) =>
    expandIssue({ ...inner, path: [...issue.path, ...inner.path] }, left),
  )
}

/** The issues of an alternative of another type than the value. */
const OTHER_TYPE_CODES: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union'])
/** More than the number of issues that any alternative has. */
const OTHER_TYPE_DISTANCE = 1000

/** How far a value is from an alternative: the number of issues, and a lot more for another type. */
function distanceOf(issues: readonly z.core.$ZodIssue[]): number {
  const isOtherType = issues.some(({ code, path }) => path.length === 0 && OTHER_TYPE_CODES.has(code))
  return issues.length + (isOtherType ? OTHER_TYPE_DISTANCE : 0)
}

function mistakeOf(chain: readonly Source[], issue: z.core.$ZodIssue): Mistake {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
  const { source, within } = originOf(chain, path)
  return { ...source.placeOf(within), message: messageOf(source, issue, path, within) }
}

/** The file that a path of the merged scenario comes from, and the path in it: a file's rules come before its parent's. */
function originOf(chain: readonly Source[], path: PropertyKey[]): { source: Source; within: PropertyKey[] } {
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
  const source = chain.find((each) => valueAt(each, path) !== undefined) ?? own
  if (source === undefined) throw new Error('a chain of scenarios has at least one file')
  return { source, within: path }
}

/** The value at a path; undefined where there is none. */
function valueAt({ content }: Source, path: readonly PropertyKey[]): unknown {
  let value: unknown = content
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, step)?.value
  }
  return value
}

/** @param path in the merged scenario; `within` is the path in the file. */
function messageOf(
  source: Source,
  issue: z.core.$ZodIssue,
  path: PropertyKey[],
  within: PropertyKey[],
): string {
  const found = valueAt(source, within)
  const where = within.join('.')
  if (issue.code === 'unrecognized_keys')
    return `${where}: no such key${hint(String(path.at(-1)), keysAt(Scenario, path.slice(0, -1)))}`
  if (issue.code === 'invalid_type' && found === undefined && issue.message.startsWith(UNION_MESSAGE))
    return `${where}: is missing`
  if (issue.code === 'custom' && issue.params?.kind === 'error code') return issue.message
  if (issue.code === 'invalid_value' && typeof found === 'string')
    return `${where}: ${found} is not ${issue.values.join(' or ')}${hint(found, issue.values.map(String))}`
  return `${where}: ${issue.message}`
}

function hint(found: string, known: readonly string[]): string {
  const meant = nearest(found, known)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}
