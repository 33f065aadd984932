import { parseTime } from '../../lib/time.ts'

/** A place at which an answer differs from the recorded one. */
export interface Difference {
  /** `status`, `images[0].name`. */
  place: string
  /** Undefined for a missing value. */
  recorded: unknown
  now: unknown
}

export interface Comparison {
  names: IdNames
  toleranceMs: number
}

/** Compares two bodies, and returns the places at which they differ. */
export function compareBodies(
  recorded: unknown,
  now: unknown,
  comparison: Comparison,
  place = 'body',
): Difference[] {
  if (typeof recorded === 'string' && typeof now === 'string')
    return saySame(recorded, now, comparison.names, comparison.toleranceMs) ? [] : [{ place, recorded, now }]
  if (Array.isArray(recorded) && Array.isArray(now))
    return places(recorded.length, now.length).flatMap((i) =>
      compareBodies(recorded[i], now[i], comparison, `${place}[${i}]`),
    )
  if (isMap(recorded) && isMap(now)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(now)])
    return [...keys].flatMap((key) => compareBodies(recorded[key], now[key], comparison, `${place}.${key}`))
  }
  return recorded === now ? [] : [{ place, recorded, now }]
}

function places(one: number, other: number): number[] {
  return [...Array(Math.max(one, other)).keys()]
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parts of a text that may differ between two equal runs: ids, instants, and the address of the emulator. */
const VARIABLE =
  /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b)|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?)|(https?:\/\/[^/\s"]+(?:\/w\/[a-z0-9-]+)?)/g

/** A one-to-one mapping from the ids of a recording to those of the replay. */
export interface IdNames {
  /** Returns true when the ids may be mapped to one another, and maps them from then on. */
  agree(recorded: string, now: string): boolean
  /** Replaces the ids of the recording in a text by those of the replay. */
  translate(text: string): string
}

export function openIdNames(): IdNames {
  const names = new Map<string, string>()
  const taken = new Map<string, string>()
  return {
    agree(recorded, now) {
      const known = names.get(recorded)
      if (known !== undefined || taken.has(now)) return known === now
      names.set(recorded, now)
      taken.set(now, recorded)
      return true
    },
    translate: (text) => text.replace(VARIABLE, (part) => names.get(part) ?? part),
  }
}

/** Compares two texts word for word, but for addresses, ids that can be mapped, and instants within the tolerance. */
export function saySame(recorded: string, now: string, names: IdNames, toleranceMs: number): boolean {
  const one = partsOf(recorded)
  const other = partsOf(now)
  if (one.length !== other.length) return false
  return one.every((part, i) => {
    const counterpart = other[i]
    if (counterpart?.kind !== part.kind) return false
    if (part.kind === 'id') return names.agree(part.text, counterpart.text)
    if (part.kind === 'instant') return areClose(part.text, counterpart.text, toleranceMs)
    return part.kind === 'address' || part.text === counterpart.text
  })
}

interface Part {
  kind: 'words' | 'id' | 'instant' | 'address'
  text: string
}

function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(VARIABLE)) {
    parts.push({ kind: 'words', text: text.slice(end, match.index) })
    const [whole, id, instant] = match
    parts.push({ kind: id !== undefined ? 'id' : instant !== undefined ? 'instant' : 'address', text: whole })
    end = match.index + whole.length
  }
  return [...parts, { kind: 'words', text: text.slice(end) }]
}

function areClose(recorded: string, now: string, toleranceMs: number): boolean {
  if (recorded === now) return true
  const [one, other] = [parseTime(recorded), parseTime(now)]
  return one !== undefined && other !== undefined && Math.abs(one - other) <= toleranceMs
}
