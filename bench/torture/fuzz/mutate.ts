import type { Random } from '../random.ts'
import { define, isObject, type Json, type Node, nodesOf } from './json.ts'

/** Names that plain objects have without being given them, and others that code may index an object with. */
export const INHERITED = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'prototype',
  'then',
  'length',
]

const EVIL_TEXTS: readonly string[] = [
  ...INHERITED,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\nX-Injected: 1',
  '\u001b[31m',
  '\ud800',
  '\u202egnp.exe',
  '\ufeff',
  '../../../../etc/passwd',
  '/etc/passwd',
  '..\\..\\canary.txt',
  '../../canary.txt',
  'images:../../canary.txt',
  'images:/etc/passwd',
  'images:',
  ':',
  "' OR 1=1 --",
  '"; DROP TABLE images; --',
  '%',
  '%%%',
  '%2e%2e%2f',
  '*',
  '*'.repeat(200),
  '(a+)+$',
  '^(.*,){40}x$',
  '[',
  '\\',
  '$1',
  '{{7*7}}',
  'NaN',
  'Infinity',
  '-0',
  '1e400',
  '9'.repeat(400),
  '0x10',
  '2026-13-45T99:99:99Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '-1s',
  '99999999999999999999d',
  '1h'.repeat(500),
  'neq:',
  'in:',
  'in:a,b,"c',
  'gt:2026',
  'null',
  'undefined',
  'true',
  '\u{1f4a9}'.repeat(50),
  'ÿ'.repeat(255),
  '中'.repeat(100),
]

const EVIL_NUMBERS: readonly number[] = [
  0,
  -1,
  -0,
  0.5,
  1e308,
  -1e308,
  1e-320,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  1e21,
  864e13,
]

/** A text that code may fail at; rarely a long one. */
export function evilText(random: Random): string {
  if (random.chance(0.9)) return random.pick(EVIL_TEXTS)
  const unit = random.pick(['a', '中', '\u0001', '(', '*', ',', ' ', '\\', '.', '%'])
  return unit.repeat(random.pick([300, 5_000, 70_000, random.chance(0.05) ? 1_500_000 : 20_000]))
}

/** Any value, mostly one of a wrong type. */
export function evilValue(random: Random): Json {
  const kind = random.below(9)
  if (kind < 4) return evilText(random)
  if (kind === 4) return random.pick(EVIL_NUMBERS)
  if (kind === 5) return random.pick([null, true, false])
  if (kind === 6) return nested(random, random.pick([3, 20, 100, 500, 5000]))
  if (kind === 7) return Array.from({ length: random.pick([0, 1, 100, 3000]) }, () => random.pick(EVIL_TEXTS))
  return inherited(random)
}

/** Stands for arrays in one another: a value as deep as this could not be rendered by `JSON.stringify`. */
const DEEP = /"~deep-(\d+)~"/g

/** Puts arrays in one another in the place of the texts that stand for them, up to `LONGEST_TEXT` brackets in all. */
export function unfoldDeep(text: string): string {
  let left = LONGEST_TEXT
  return text.replace(DEEP, (_text, depth: string) => {
    const levels = Math.min(Number(depth), Math.floor(left / 2))
    left -= 2 * levels
    return '['.repeat(levels) + ']'.repeat(levels)
  })
}

/** Arrays or objects in one another. */
function nested(random: Random, depth: number): Json {
  if (depth > 100) return `~deep-${depth}~`
  const inObjects = random.chance(0.5)
  let value: Json = 'deep'
  for (let level = 0; level < depth; level++) value = inObjects ? { a: value } : [value]
  return value
}

/** An object with a key that every object seems to have. */
function inherited(random: Random): Json {
  const object: Json = {}
  define(object, random.pick(INHERITED), random.pick([null, {}, { a: 1 }, 'x', 1, [], true]))
  return object
}

/** Changes a value at some places. The value itself stays as it is. */
export function mutate(random: Random, value: Json, times = random.pick([1, 1, 1, 2, 4])): Json {
  const holder: { root: Json } = { root: copyOf(value) }
  for (let time = 0; time < times; time++) change(random, nodesOf(holder))
  return holder.root
}

/** Copies a value. Parts that it holds several times are copied apart: a change of one would be a change of a thousand. */
function copyOf(value: Json): Json {
  const copy: Json = JSON.parse(JSON.stringify(value))
  return copy
}

function change(random: Random, nodes: readonly Node[]): void {
  const node = random.pick(nodes)
  const { value } = node
  const kind = random.below(8)
  if (kind < 3) node.replace(evilValue(random))
  else if (kind === 3) node.remove()
  else if (kind === 4) node.replace(structuredClone(random.pick(nodes).value))
  else if (isObject(value)) {
    if (kind === 5) define(value, random.pick(INHERITED), evilValue(random))
    else if (kind === 6)
      for (let n = random.pick([1, 50, 2000]); n > 0; n--)
        define(value, `k${n}${evilText(random).slice(0, 20)}`, n)
    else define(value, evilText(random), random.pick(nodes).value === value ? 1 : evilValue(random))
  } else if (Array.isArray(value)) {
    const item = value[0] ?? evilValue(random)
    const times = random.pick([1, 10, 500])
    const fits = JSON.stringify(item).length * times < LONGEST_TEXT
    for (let n = fits ? times : 1; n > 0; n--) value.push(structuredClone(item))
  } else if (typeof value === 'string') node.replace(mutateText(random, value))
  else if (typeof value === 'number') node.replace(random.pick(EVIL_NUMBERS))
  else node.replace(evilValue(random))
}

/** A mutated text is cut to this length: several changes would multiply it beyond what the harness can hold. */
const LONGEST_TEXT = 4_000_000

/** Changes a text at one place. */
export function mutateText(random: Random, text: string): string {
  return changedText(random, text).slice(0, LONGEST_TEXT)
}

function changedText(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  const kind = random.below(6)
  if (kind === 0) return text.slice(0, at)
  if (kind === 1) return text.slice(0, at) + evilText(random) + text.slice(at)
  if (kind === 2) return text.slice(0, at) + text.slice(at + random.between(1, 20))
  if (kind === 3) return text + text
  if (kind === 4) return text.slice(0, at) + String.fromCharCode(random.below(0x300)) + text.slice(at + 1)
  const to = random.below(text.length + 1)
  return (
    text.slice(0, at) +
    text.slice(Math.min(at, to), Math.max(at, to)).repeat(random.between(2, 8)) +
    text.slice(at)
  )
}

/** Renders a value as JSON; rarely as JSON that is not right. */
export function renderJson(random: Random, value: Json): string | Buffer {
  const text = unfoldDeep(JSON.stringify(value))
  if (random.chance(0.93)) return text
  const kind = random.below(6)
  if (kind === 0) return `\ufeff${text}`
  if (kind === 1) return text.slice(0, random.below(text.length))
  if (kind === 2) return `${text}${text}`
  if (kind === 3) return text.replace(/"(\w+)":/, '"$1":1,"$1":')
  if (kind === 4) return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0xc0])])
  return '['.repeat(random.pick([100, 10_000, 100_000]))
}

/** Changes bytes of a file. */
export function mutateBytes(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const kind = random.below(5)
  if (kind === 0) return copy.subarray(0, random.below(copy.length))
  if (kind === 1) return Buffer.concat([copy, random.bytes(random.between(1, 5000))])
  // The header of a file is read first.
  const end = kind === 2 ? Math.min(100, copy.length) : copy.length
  for (let n = random.pick([1, 3, 20, 200]); n > 0; n--) copy[random.below(end)] = random.below(256)
  return copy
}
