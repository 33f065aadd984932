/** Longer patterns are refused. */
const LONGEST_PATTERN = 256
/** No pattern is tried on a longer text. */
const LONGEST_TEXT = 4096
/** A pattern that could not be tried on a text of this length within the limit is refused. */
const SHORTEST_LIMIT = 64
/** Steps that one try may take at worst: about a tenth of a second. */
const MOST_STEPS = 2e7
/** `a{1000}` is written out by the engine, so larger counts are refused. */
const MOST_REPEATS = 1000

/** A regular expression with the length of text up to which trying it takes a bounded time. */
export interface Pattern {
  matches(text: string): boolean
  /** Characters. A longer text never matches. */
  longest: number
}

/** What can make a backtracking engine slow: ways to begin, repetitions without an end, choices. */
interface Cost {
  unbounded: number
  choices: number
}

/** Reads a regular expression; a sentence when it is none, or could take too long. */
export function readPattern(source: string): Pattern | string {
  if (source.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters`
  let expression: RegExp
  try {
    expression = new RegExp(source)
  } catch (error) {
    return error instanceof SyntaxError ? error.message : String(error)
  }
  const cost = costOf(source)
  if (typeof cost === 'string') return cost
  const longest = longestText(cost)
  if (longest < SHORTEST_LIMIT)
    return 'could take too long: it has too many repetitions or choices one after another'
  return { longest, matches: (text) => text.length <= longest && expression.test(text) }
}

/**
 * With `k` open repetitions (the search for a beginning is one), a text of n characters can be shared out in about
 * n^k / k! ways, each as often as there are choices.
 */
function longestText({ unbounded, choices }: Cost): number {
  const repetitions = unbounded + 1
  let orders = 1
  for (let i = 2; i <= repetitions; i++) orders *= i
  return Math.min(LONGEST_TEXT, Math.floor(((MOST_STEPS / choices) * orders) ** (1 / repetitions)))
}

/** A group that is still open: whether something in it repeats or branches, and its alternatives. */
interface Group {
  varies: boolean
  alternatives: number
}

/**
 * Walks over a pattern that compiles. Refused is what makes the time grow beyond any power of the length, or what cannot be
 * judged: a repeated group in which something repeats or branches, and references back.
 */
function costOf(source: string): Cost | string {
  const cost: Cost = { unbounded: 0, choices: 1 }
  const outer: Group[] = []
  let group: Group = { varies: false, alternatives: 1 }
  for (let i = 0; i < source.length; ) {
    const atom = atomAt(source, i)
    i += atom.length
    if (/^\\[1-9k]/.test(atom)) return 'refers back to a group, which can take too long'
    if (atom.startsWith('(')) {
      outer.push(group)
      group = { varies: false, alternatives: 1 }
      continue
    }
    if (atom === '|') {
      group.alternatives += 1
      group.varies = true
      continue
    }
    let inside = false
    if (atom === ')') {
      inside = group.varies
      cost.choices *= group.alternatives
      group = outer.pop() ?? group
      group.varies ||= inside
    }
    const repeat = repeatAt(source, i)
    if (repeat === undefined) continue
    i += repeat.length
    group.varies = true
    if (inside && repeat.most > 1)
      return 'repeats a group in which something repeats or branches, which can take too long'
    if (repeat.most === Number.POSITIVE_INFINITY) cost.unbounded += 1
    else if (repeat.most > MOST_REPEATS) return `repeats more than ${MOST_REPEATS} times`
    else cost.choices *= repeat.most - repeat.least + 1
  }
  cost.choices *= group.alternatives
  return cost
}

/** The text of the atom, class, escape, or beginning of a group at a place. */
function atomAt(source: string, at: number): string {
  const found = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:<[^=!][^>]*>|<?[=!]|[a-z-]*:))?|[\s\S]/y
  found.lastIndex = at
  return found.exec(source)?.[0] ?? ''
}

function repeatAt(source: string, at: number): { length: number; least: number; most: number } | undefined {
  const found = /(?:([*+?])|\{(\d+)(,(\d*))?\})\??/y
  found.lastIndex = at
  const match = found.exec(source)
  if (match === null) return undefined
  const [{ length }, sign, least = '0', comma, most = ''] = match
  if (sign === '?') return { length, least: 0, most: 1 }
  if (sign !== undefined) return { length, least: 0, most: Number.POSITIVE_INFINITY }
  if (comma === undefined) return { length, least: Number(least), most: Number(least) }
  return { length, least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) }
}
