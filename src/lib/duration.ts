const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads `90s`, `1.5h`, `1m30s`, `250ms`, `0s` into milliseconds; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount = '0', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0)
  }
  return Math.round(total)
}

/** A span of time in milliseconds from which one value is drawn; both ends are the same for a plain duration. */
export interface DurationRange {
  from: number
  to: number
}

/** Reads `60s` or `60s-90s`; undefined when it is neither, or runs backwards. */
export function parseDurationRange(text: string): DurationRange | undefined {
  const [first = '', second = first, ...rest] = text.split('-').map((part) => part.trim())
  const from = parseDuration(first)
  const to = parseDuration(second)
  if (rest.length > 0 || from === undefined || to === undefined || to < from) return undefined
  return { from, to }
}
