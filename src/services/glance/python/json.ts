/**
 * A JSON value as Python's `json` module parses it. Integers are exact at any length and differ from floats (`1` and
 * `1.0`), and objects keep the order of their keys. Glance is written in Python, and its answers depend on both.
 */
export type PyValue = null | boolean | string | bigint | number | PyValue[] | PyObject

/** A JSON object; a key that occurs twice has its last value. */
export type PyObject = Map<string, PyValue>

/** Plain JSON, as `JSON.stringify` takes it. */
export type Json = null | boolean | string | number | Json[] | { [key: string]: Json }

/** Evaluates a value as Python's `bool()` does: empty texts, lists and objects are false. */
export function isTruthy(value: PyValue): boolean {
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value)) return value.length > 0
  return Boolean(value)
}

/** Converts a value to plain JSON. Integers beyond 2^53 lose their last digits. */
export function toJson(value: PyValue): Json {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, toJson(inner)]))
  return value
}

/** Converts plain JSON to the value that Python would have parsed; every whole number is an integer. */
export function fromJson(json: unknown): PyValue {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json === 'object' && json !== null)
    return new Map(Object.entries(json).map(([key, inner]) => [key, fromJson(inner)]))
  return typeof json === 'string' || typeof json === 'boolean' ? json : null
}

/**
 * Parses a text as Python's `int()` does, which accepts a sign, surrounding blanks and single underscores between digits.
 * Returns undefined for any other text.
 * @example parseInteger(' 1_000 ') // 1000n
 */
export function parseInteger(text: string): bigint | undefined {
  const trimmed = text.trim()
  return /^[+-]?\d+(?:_\d+)*$/.test(trimmed) ? BigInt(trimmed.replace(/[_+]/g, '')) : undefined
}

/** The text is not JSON, or nests deeper than Python's parser allows. */
export class NotJson extends Error {}

/** Deepest nesting of arrays and objects. */
const DEEPEST = 900
/** Python refuses to parse integers of more digits. */
const LONGEST_INTEGER = 4300

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const WORDS: readonly (readonly [string, PyValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * Parses bytes as Python's `json.loads()` does: UTF-8 without a byte order mark, with `NaN` and the infinities beside
 * JSON's own words.
 * @throws NotJson
 */
export function parsePythonJson(bytes: Uint8Array): PyValue {
  return new Reader(decode(bytes)).document()
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NotJson('not UTF-8')
  }
}

class Reader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  document(): PyValue {
    const value = this.value(0)
    this.blanks()
    if (this.at < this.text.length) throw new NotJson('more after the end')
    return value
  }

  private value(depth: number): PyValue {
    if (depth > DEEPEST) throw new NotJson('too deep')
    this.blanks()
    const next = this.text[this.at]
    if (next === '"') return this.string()
    if (next === '{') return this.object(depth)
    if (next === '[') return this.array(depth)
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue
      this.at += word.length
      return value
    }
    return this.number()
  }

  private number(): bigint | number {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    if (match === null) throw new NotJson('no value')
    this.at += match[0].length
    if (match[1] !== undefined || match[2] !== undefined) return Number(match[0])
    if (match[0].length > LONGEST_INTEGER) throw new NotJson('too many digits')
    return BigInt(match[0])
  }

  private array(depth: number): PyValue[] {
    this.at += 1
    const items: PyValue[] = []
    if (this.takes(']')) return items
    do items.push(this.value(depth + 1))
    while (this.takes(','))
    this.expect(']')
    return items
  }

  private object(depth: number): PyObject {
    this.at += 1
    const object: PyObject = new Map()
    if (this.takes('}')) return object
    do {
      this.blanks()
      if (this.text[this.at] !== '"') throw new NotJson('no key')
      const key = this.string()
      this.expect(':')
      object.set(key, this.value(depth + 1))
    } while (this.takes(','))
    this.expect('}')
    return object
  }

  private string(): string {
    let text = ''
    for (let from = this.at + 1; ; ) {
      const stop = this.endOfPlain(from)
      text += this.text.slice(from, stop)
      if (this.text[stop] === '"') {
        this.at = stop + 1
        return text
      }
      if (this.text[stop] !== '\\') throw new NotJson('a string that does not end')
      const letter = this.text[stop + 1] ?? ''
      if (letter === 'u') {
        const digits = this.text.slice(stop + 2, stop + 6)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new NotJson('a broken escape')
        text += String.fromCharCode(Number.parseInt(digits, 16))
        from = stop + 6
      } else {
        const meant = ESCAPES[letter]
        if (meant === undefined) throw new NotJson('an unknown escape')
        text += meant
        from = stop + 2
      }
    }
  }

  /** Finds the end of plain text: a quote, a backslash, or a control character, which a string may not contain. */
  private endOfPlain(from: number): number {
    let at = from
    while (at < this.text.length) {
      const code = this.text.charCodeAt(at)
      if (code === 0x22 || code === 0x5c || code < 0x20) break
      at += 1
    }
    return at
  }

  private blanks(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1
  }

  private takes(character: string): boolean {
    this.blanks()
    if (this.text[this.at] !== character) return false
    this.at += 1
    return true
  }

  private expect(character: string): void {
    if (!this.takes(character)) throw new NotJson(`no ${character}`)
  }
}
