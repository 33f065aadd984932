import type { PyValue } from './json.ts'

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** Renders a value as Python's `repr()` does: `'text'`, `None`, `[1, 2.0]`, `{'a': True}`. */
export function repr(value: PyValue): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return reprFloat(value)
  if (typeof value === 'string') return reprText(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  const entries = [...value].map(([key, inner]) => `${reprText(key)}: ${repr(inner)}`)
  return `{${entries.join(', ')}}`
}

/** Renders a value as Python's `str()` does: a text as it is, any other value as `repr()`. */
export function str(value: PyValue): string {
  return typeof value === 'string' ? value : repr(value)
}

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = Array.from(text, (character) =>
    character === quote ? `\\${character}` : escapeCharacter(character),
  )
  return quote + escaped.join('') + quote
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character]
  if (short !== undefined) return short
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** Renders the shortest digits that parse to the same float, with an exponent below 1e-4 and from 1e16 on. */
function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** Columns of a line. Python's `jsonschema` sets this width. */
const WIDTH = 72

/** Formats a value over lines of at most 72 characters, as Python's `pprint.pformat()` does. */
export function pformat(value: PyValue): string {
  return format(inOrder(value), { indent: 0, allowance: 0, level: 1 })
}

/** Sorts the keys of every object by code point. */
function inOrder(value: PyValue): PyValue {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([key, inner]): [string, PyValue] => [key, inOrder(inner)])
  return new Map(entries.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))))
}

interface Place {
  /** Blanks at the start of every line after the first. */
  indent: number
  /** Columns to keep free at the end of the last line, for closing brackets. */
  allowance: number
  level: number
}

function format(value: PyValue, place: Place): string {
  const whole = repr(value)
  if (Array.from(whole).length <= WIDTH - place.indent - place.allowance) return whole
  if (typeof value === 'string') return formatText(value, place)
  if (Array.isArray(value) && value.length > 0) return formatList(value, place)
  return value instanceof Map && value.size > 0 ? formatObject(value, place) : whole
}

function formatList(items: PyValue[], { indent, allowance, level }: Place): string {
  const inner = indent + 1
  const lines = items.map((item, n) =>
    format(item, { indent: inner, allowance: n === items.length - 1 ? allowance + 1 : 1, level: level + 1 }),
  )
  return `[${lines.join(`,\n${' '.repeat(inner)}`)}]`
}

function formatObject(value: Map<string, PyValue>, { indent, allowance, level }: Place): string {
  const inner = indent + 1
  const entries = [...value]
  const lines = entries.map(([key, item], n) => {
    const name = repr(key)
    const last = n === entries.length - 1
    const place = {
      indent: inner + name.length + 2,
      allowance: last ? allowance + 1 : 1,
      level: level + 1,
    }
    return `${name}: ${format(item, place)}`
  })
  return `{${lines.join(`,\n${' '.repeat(inner)}`)}}`
}

/** Splits a text that is too long for its line into pieces that end with blanks; adds parentheses at the top level. */
function formatText(text: string, { indent: outer, allowance: outerAllowance, level }: Place): string {
  const alone = level === 1
  const indent = alone ? outer + 1 : outer
  const allowance = alone ? outerAllowance + 1 : outerAllowance
  const lines = text.match(/[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+$/g) ?? [text]
  const pieces = lines.flatMap((line, n) =>
    piecesOf(line, WIDTH - indent, n === lines.length - 1 ? allowance : 0),
  )
  if (pieces.length === 1) return pieces.join('')
  const joined = pieces.join(`\n${' '.repeat(indent)}`)
  return alone ? `(${joined})` : joined
}

/** Splits one line of a text into pieces that fit the width; the last piece keeps the allowance free. */
function piecesOf(line: string, width: number, allowance: number): string[] {
  const length = (text: string) => Array.from(repr(text)).length
  if (length(line) <= width - allowance) return [repr(line)]
  const words = line.match(/\S+\s*|^\s+/g) ?? [line]
  const pieces: string[] = []
  let current = ''
  for (const [n, word] of words.entries()) {
    const room = n === words.length - 1 ? width - allowance : width
    if (length(current + word) > room) {
      if (current !== '') pieces.push(repr(current))
      current = word
    } else current += word
  }
  if (current !== '') pieces.push(repr(current))
  return pieces
}
