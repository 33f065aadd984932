import type { PyObject, PyValue } from './value.ts'

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
