import { type IdNames, saySame } from './wording.ts'

/** A place at which an answer is another than the recorded one. */
export interface Difference {
  /** `status`, `images[0].name`. */
  place: string
  /** Undefined where nothing was. */
  recorded: unknown
  now: unknown
}

export interface Comparison {
  names: IdNames
  toleranceMs: number
}

/** The places at which two bodies differ, JSON taken apart. */
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
