import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'
import { parseTime } from '../../lib/time.ts'

/*
 * Texts in rules that stand for numbers: durations, percentages, rates. The schemas check a text and keep it as written, so
 * that a rule is shown and stored as its author wrote it; the functions beside them return the number.
 */

/** A text that passes a test. A value of any other type gets the same message as a text that fails it. */
function textThat(message: string, passes: (text: string) => boolean) {
  return z.string({ error: message }).refine(passes, { error: message })
}

/** One duration above zero, such as `90s`. */
export const SpanText = textThat(
  'must be one duration above zero, e.g. 90s',
  (text) => (parseDuration(text) ?? 0) > 0,
)

/** Milliseconds of a checked `SpanText`. */
export function spanMs(text: string): number {
  return parseDuration(text) ?? 0
}

/** A duration or a range of durations, such as `200ms` or `200ms-2s`. */
export const RangeText = textThat(
  'must be a duration or a range of durations, e.g. 200ms or 200ms-2s',
  (text) => parseDurationRange(text) !== undefined,
)

/** A duration since the start of the world, such as `5m`, or an instant. */
export const MomentText = textThat(
  "must be a duration since the world's start, e.g. 5m, or an instant, e.g. 2026-01-01T00:00:00Z",
  (text) => parseDuration(text) !== undefined || parseTime(text) !== undefined,
)

/** Resolves a checked `MomentText` in a world that started at `start`; both are ms since the epoch. */
export function momentMs(text: string, start: number): number {
  const span = parseDuration(text)
  return span === undefined ? (parseTime(text) ?? start) : start + span
}

/**
 * Parses a percentage into a fraction; returns undefined for any other text and for more than 100 %.
 * @example parseFraction('60%') // 0.6
 */
export function parseFraction(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d+)?%$/.test(text)) return undefined
  const fraction = Number(text.slice(0, -1)) / 100
  return fraction <= 1 ? fraction : undefined
}

/** A percentage, such as `60%`. */
export const PercentText = textThat(
  'must be a percentage from 0% to 100%, e.g. 60%',
  (text) => parseFraction(text) !== undefined,
)

/** A percentage of a time, or the time itself: `60%` or `30s`. */
export const PercentOrSpanText = textThat(
  'must be a percentage or a duration, e.g. 60% or 30s',
  (text) => parseFraction(text) !== undefined || parseDuration(text) !== undefined,
)

const RATE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1_000_000,
  KiB: 1024,
  MiB: 1024 * 1024,
}

/**
 * Parses a speed into bytes per second; returns undefined for any other text and for zero.
 * @example parseByteRate('1KiB/s') // 1024
 */
export function parseByteRate(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d+)?) ?(B|kB|MB|KiB|MiB)\/s$/.exec(text)
  const rate = Number(match?.[1] ?? 0) * (RATE_UNITS[match?.[2] ?? ''] ?? 0)
  return rate > 0 ? rate : undefined
}

/** A speed, such as `1KiB/s`. */
export const ByteRateText = textThat(
  'must be bytes per second, e.g. 512B/s or 1KiB/s',
  (text) => parseByteRate(text) !== undefined,
)

const Name = z.string().min(1).max(256)

/** One name, or a list of names of which one must match. */
export const Names = z.union([Name, z.array(Name).min(1).max(256)])

/** Returns one value or several as a list. */
export function listed<T extends string | number>(oneOrMore: T | readonly T[]): readonly T[] {
  return typeof oneOrMore === 'object' ? oneOrMore : [oneOrMore]
}

/** Makes a refinement that refuses an empty map, unless the map has another mistake already. */
export function notEmpty(message: string) {
  return (map: object, context: z.core.$RefinementCtx): void => {
    if (Object.keys(map).length === 0 && context.issues.length === 0)
      context.addIssue({ code: 'custom', message })
  }
}
