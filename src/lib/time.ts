/** Milliseconds since the epoch on the machine we run on. The only place that reads it: worlds have clocks of their own. */
export function hostNow(): number {
  return Date.now()
}

/** `2024-05-06T07:08:09Z`: the form of image times. Clients refuse a fraction or an offset here. */
export function wireSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** `2024-05-06T07:08:09.123Z`: the form of job times. */
export function wireMillis(ms: number): string {
  return new Date(ms).toISOString()
}

/**
 * Reads `2024-05-06T07:08:09Z` and its relatives: a space for the T, a fraction, an offset, or no zone at all (then it is
 * UTC). Answers milliseconds since the epoch, or undefined for anything else.
 */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?$/.exec(text.trim())
  if (!match) return undefined
  const ms = Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`)
  return Number.isNaN(ms) ? undefined : ms
}
