import { z } from 'zod'

/** A time in ms since the epoch that a time stamp with four digits for the year can show. */
export const Instant = z.number().min(-62_167_219_200_000).max(253_402_300_799_999)

/** Returns the host's clock in milliseconds since the epoch. Nothing else reads it, because each world has a clock of its own. */
export function hostNow(): number {
  return Date.now()
}

/** Renders `2024-05-06T07:08:09Z`, the format of image times. Clients refuse a fraction or an offset here. */
export function wireSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** Renders `2024-05-06T07:08:09.123Z`, the format of job times. */
export function wireMillis(ms: number): string {
  return new Date(ms).toISOString()
}

/**
 * Parses a time such as `2024-05-06T07:08:09Z` into milliseconds since the epoch; returns undefined for any other text, also for
 * a day that its month does not have. A space may stand for the `T`, and a fraction of a second, an offset or no zone (UTC) are
 * accepted.
 *
 * @example parseTime('2024-05-06 07:08:09.5+08:00')
 */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ]((?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?$/.exec(
    text.trim(),
  )
  if (!match || !isDay(match[1] ?? '')) return undefined
  const ms = Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** `Date.parse` takes 31 days in every month. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && wireSeconds(ms).startsWith(day)
}

/** Parses `Mon, 06 May 2024 07:08:09 GMT`, the date of HTTP headers, into ms since the epoch; undefined for any other text. */
export function parseHttpDate(text: string): number | undefined {
  const ms = / GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/**
 * Waits for `ms` milliseconds of real time, or until the signal is aborted. Only what happens on the wire waits: the latency
 * of a rule, a slow body, and the end of a server.
 */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
  })
}
