import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'
import { nearest } from '../../lib/nearest.ts'
import { parseTime } from '../../lib/time.ts'
import { errorCatalogue } from '../../services/index.ts'

/*
 * The values that rules are written with. They are checked and kept as they were written, so that a rule can be shown
 * and stored as its author knows it; the readers beside them turn them into numbers.
 */

/** A text of a form; whatever else is written there is told the same. */
function textOf(words: string, fits: (text: string) => boolean) {
  return z.string({ error: words }).refine(fits, { error: words })
}

/** A code of the catalogue, e.g. `IMG.0057`. */
export const ErrorCode = z.string().refine((code) => errorCatalogue.has(code), {
  params: { known: 'error code' },
  error: ({ input }) => noErrorCode(String(input)),
})

/** What is said of a code that is not in the catalogue. */
function noErrorCode(found: string): string {
  const meant = nearest(found, errorCatalogue.keys())
  return `${found} is no error code${meant === undefined ? '' : `; did you mean ${meant}?`}`
}

/** `90s`, one duration above zero. */
export const SpanText = textOf(
  'is one duration above zero, e.g. 90s',
  (text) => (parseDuration(text) ?? 0) > 0,
)

/** Milliseconds of a text that was checked to be a duration. */
export function spanMs(text: string): number {
  return parseDuration(text) ?? 0
}

/** `200ms` or `200ms-2s`. */
export const RangeText = textOf(
  'is a duration or a range of them, e.g. 200ms or 200ms-2s',
  (text) => parseDurationRange(text) !== undefined,
)

/** `5m` since the world's start, or an instant. */
export const MomentText = textOf(
  "is a duration since the world's start, e.g. 5m, or an instant, e.g. 2026-01-01T00:00:00Z",
  (text) => parseDuration(text) !== undefined || parseTime(text) !== undefined,
)

/** The instant a checked text means in a world that started at `start`; both ms since the epoch. */
export function momentMs(text: string, start: number): number {
  const span = parseDuration(text)
  return span === undefined ? (parseTime(text) ?? start) : start + span
}

/** `60%` as 0.6; undefined when it is no percentage from 0 to 100. */
export function parsePart(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d+)?%$/.test(text)) return undefined
  const part = Number(text.slice(0, -1)) / 100
  return part <= 1 ? part : undefined
}

/** `60%`. */
export const PartText = textOf(
  'is a percentage from 0% to 100%, e.g. 60%',
  (text) => parsePart(text) !== undefined,
)

/** `60%` of a span or a body, or how far into a span, e.g. `30s`. */
export const PartOrSpanText = textOf(
  'is a percentage or a duration, e.g. 60% or 30s',
  (text) => parsePart(text) !== undefined || parseDuration(text) !== undefined,
)

const RATE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1_000_000,
  KiB: 1024,
  MiB: 1024 * 1024,
}

/** `1KiB/s` in bytes per second; undefined when it is no rate above zero. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d+)?) ?(B|kB|MB|KiB|MiB)\/s$/.exec(text)
  const rate = Number(match?.[1] ?? 0) * (RATE_UNITS[match?.[2] ?? ''] ?? 0)
  return rate > 0 ? rate : undefined
}

/** `1KiB/s`. */
export const RateText = textOf(
  'is bytes per second, e.g. 512B/s or 1KiB/s',
  (text) => parseRate(text) !== undefined,
)

const Name = z.string().min(1).max(256)

/** Refuses a map that says nothing, unless something else is wrong with it already. */
export function saysSomething(words: string) {
  return (map: object, context: z.core.$RefinementCtx): void => {
    if (Object.keys(map).length === 0 && context.issues.length === 0)
      context.addIssue({ code: 'custom', message: words })
  }
}

/** One name, or several of which one must fit. */
export const Names = z.union([Name, z.array(Name).min(1).max(256)])

/** One name or several, as several. */
export function listed<T extends string | number>(oneOrMore: T | readonly T[]): readonly T[] {
  return typeof oneOrMore === 'object' ? oneOrMore : [oneOrMore]
}
