/** Characters; longer patterns are refused. */
const LONGEST_PATTERN = 256
/** Characters; no pattern is matched against a longer text. */
const LONGEST_TEXT = 4096
/** A pattern that could exceed the limit of steps on a text of this length is refused. */
const SHORTEST_LIMIT = 64
/** Steps that one match may take at worst: about a tenth of a second. */
const MOST_STEPS = 2e7
/** The engine expands `a{1000}` in memory, so larger counts are refused. */
const MOST_REPEATS = 1000

/** A regular expression with the longest text on which its time is bounded. */
export interface Pattern {
  matches(text: string): boolean
  /** Characters. A longer text never matches. */
  longest: number
}

/** What makes a backtracking engine slow: the number of unbounded repetitions, and of combinations of choices. */
interface Cost {
  unbounded: number
  choices: number
}

/**
 * Compiles a regular expression. For one that is invalid or could take too long, returns the reason instead.
 * @example compilePattern('(a+)+') // 'repeats a group in which something repeats or branches, which can take too long'
 */
export function compilePattern(source: string): Pattern | string {
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
 * The longest text that takes at most `MOST_STEPS`. With k unbounded repetitions, of which the search for a beginning is one,
 * a text of n characters can be divided in about n^k / k! ways, each once for every combination of choices.
 */
function longestText({ unbounded, choices }: Cost): number {
  const repetitions = unbounded + 1
  let orders = 1
  for (let i = 2; i <= repetitions; i++) orders *= i
  return Math.min(LONGEST_TEXT, Math.floor(((MOST_STEPS / choices) * orders) ** (1 / repetitions)))
}

/** A group whose end is not yet reached: whether something in it repeats or branches, and the number of its alternatives. */
interface Group {
  varies: boolean
  alternatives: number
}

/**
 * Computes the cost of a valid pattern. Returns the reason for a pattern whose time can grow faster than any power of the
 * length (a repeated group in which something repeats or branches), or cannot be bounded (a reference back to a group).
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

/** The text of the character, class, escape or beginning of a group at a position. */
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
