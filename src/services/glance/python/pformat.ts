import { repr } from './text.ts'
import type { PyValue } from './value.ts'

/** How `jsonschema` sets it. */
const WIDTH = 72

/** Lays a value out over lines of at most 72 characters, as Python's `pprint` does. */
export function pformat(value: PyValue): string {
  return format(inOrder(value), { indent: 0, allowance: 0, level: 1 })
}

/** With the keys of every object in the order of their code points. */
function inOrder(value: PyValue): PyValue {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([key, inner]): [string, PyValue] => [key, inOrder(inner)])
  return new Map(entries.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))))
}

interface Place {
  /** Columns that the lines after the first begin with. */
  indent: number
  /** Columns that have to stay free at the end, for brackets. */
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

/** A text that is too long for its line, in pieces that end with blanks; in brackets when it stands alone. */
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

/** One line of a text in pieces that fit; the last one leaves the allowance free. */
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
