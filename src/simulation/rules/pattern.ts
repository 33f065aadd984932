import { RE2JS, RE2JSSyntaxException } from 're2js'

/** Characters; longer patterns are refused. */
export const LONGEST_PATTERN = 256
/** Characters; no pattern is matched against a longer text. */
const LONGEST_TEXT = 4096
/** The size of the largest pattern with its repetitions written out: it is compiled in a few ms. */
export const LARGEST_SIZE = 1000
/** Tables of Unicode take as long to compile as so many characters, and longer when the case is ignored. */
const UNICODE_CLASS = 25
const UNICODE_CLASS_IGNORING_CASE = 100

/** A compiled regular expression. */
export interface Pattern {
  /** Characters that one match looks at, at worst: the length of the text for each instruction of the pattern. */
  cost(text: string): number
  /** A text over 4096 characters never matches. */
  matches(text: string): boolean
}

/**
 * Compiles a regular expression in the syntax of RE2, which matches in time linear to the text. For a pattern that cannot be
 * used, returns the reason as a verb phrase.
 * @see https://github.com/google/re2/wiki/Syntax
 * @example compilePattern('(a)\\1') // 'refers back to a group, which cannot be matched in linear time'
 */
export function compilePattern(source: string): Pattern | string {
  const known = compiledPatterns.get(source)
  if (known !== undefined) return known
  const compiled = compile(source)
  if (compiledPatterns.size >= MOST_REMEMBERED) compiledPatterns.clear()
  compiledPatterns.set(source, compiled)
  return compiled
}

/** A scenario is parsed more often than once, and its rules repeat patterns: compiling one takes a fraction of a ms. */
const compiledPatterns = new Map<string, Pattern | string>()
const MOST_REMEMBERED = 1000

function compile(source: string): Pattern | string {
  if (source.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters`
  const refusal = refusalOf(source)
  if (refusal !== undefined) return refusal
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source))
    const size = compiled.programSize()
    return {
      cost: (text) => (text.length > LONGEST_TEXT ? 0 : text.length * size),
      matches: (text) => text.length <= LONGEST_TEXT && compiled.test(text),
    }
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    return `does not compile (${error.message.replace(/^error parsing regexp: /, '')})`
  }
}

/** An escape with its Unicode class, a character class, the beginning of a group, a counted repetition, or a character. */
const TOKEN =
  /\\[pP](?:\{[^}]*\})?|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?<?[=!]|\{(?<least>\d+)(?:,(?<most>\d*))?\}|[\s\S]/g

function refusalOf(source: string): string | undefined {
  for (const [token] of source.matchAll(TOKEN)) {
    if (/^\(\?<?[=!]/.test(token)) return 'looks ahead or behind, which cannot be matched in linear time'
    if (/^\\[1-9k]/.test(token)) return 'refers back to a group, which cannot be matched in linear time'
  }
  if (sizeOf(source) > LARGEST_SIZE)
    return `repeats too much: with its repetitions written out it is longer than ${LARGEST_SIZE} characters and classes`
  return undefined
}

/**
 * The number of characters and classes of a pattern with its repetitions written out: `(ab){3}` has 6. It bounds the time in which
 * the pattern is compiled, before it is.
 */
export function sizeOf(source: string): number {
  const unicode = /\(\?[a-z]*i/.test(source) ? UNICODE_CLASS_IGNORING_CASE : UNICODE_CLASS
  const outer: number[] = []
  let size = 0
  let last = 0
  for (const { 0: token, groups } of source.matchAll(TOKEN)) {
    if (groups?.least !== undefined) {
      const times = Math.max(1, Number(groups.least), Number(groups.most ?? 0))
      size += last * (times - 1)
      last *= times
    } else if (token.startsWith('(')) {
      outer.push(size)
      size = 0
      last = 0
    } else if (token === ')') {
      last = size
      size += outer.pop() ?? 0
    } else if (!/^[*+?|]$/.test(token)) {
      const classes = token.match(/\\[pP]/g)?.length ?? 0
      last = 1 + classes * unicode
      size += last
    }
  }
  return outer.reduce((sum, each) => sum + each, size)
}

/** The cost of all patterns that one request may be matched against: at worst about 100 ms. */
const MOST_COST = 1_500_000

/** What is left of the time in which the patterns of all rules are matched against one request. */
export interface MatchBudget {
  /** Takes the cost of a match. Returns false when too little is left, now and from then on. */
  take(cost: number): boolean
  readonly spent: boolean
}

export function openMatchBudget(): MatchBudget {
  let left = MOST_COST
  return {
    take(cost) {
      left = cost > left ? -1 : left - cost
      return left >= 0
    },
    get spent() {
      return left < 0
    },
  }
}
