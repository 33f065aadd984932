const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Parses a duration into milliseconds, rounded to whole ones; returns undefined for any other text. Units are `ms`, `s`,
 * `m`, `h` and `d`; every number needs one.
 *
 * @example parseDuration('1m30s') // 90_000
 * @example parseDuration('1.5h') // 5_400_000
 * @example parseDuration('90') // undefined
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount = '0', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0)
  }
  return Math.round(total)
}

/** A range in milliseconds from which one value is drawn; both ends are equal for a plain duration. */
export interface DurationRange {
  from: number
  to: number
}

/**
 * Parses a duration or a range of two; returns undefined for any other text and for a range whose end is before its start.
 *
 * @example parseDurationRange('60s-90s') // { from: 60_000, to: 90_000 }
 * @example parseDurationRange('60s') // { from: 60_000, to: 60_000 }
 */
export function parseDurationRange(text: string): DurationRange | undefined {
  const [first = '', second = first, ...rest] = text.split('-').map((part) => part.trim())
  const from = parseDuration(first)
  const to = parseDuration(second)
  if (rest.length > 0 || from === undefined || to === undefined || to < from) return undefined
  return { from, to }
}
