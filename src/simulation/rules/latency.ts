import { z } from 'zod'
import { parseDuration, parseDurationRange } from '../../lib/duration.ts'
import type { Chance } from '../chance.ts'
import { RangeText, SpanText, spanMs } from './values.ts'

/** Clients wait a latency in real time, so a longer one is refused as a mistake. Ms. */
const LONGEST_LATENCY_MS = 600_000
const TOO_LONG = 'is real time, and at most 10m'

/** The effect `latency`: a fixed duration, an even range, or a lognormal distribution. */
export const Latency = z.union([
  z
    .strictObject({
      median: SpanText.meta({ description: 'Half of the answers wait less.', examples: ['300ms'] }),
      sigma: z
        .number()
        .positive()
        .max(5)
        .meta({
          description:
            'The spread, as the standard deviation of the logarithm: 0.5 is mild, 1 has a long tail.',
          examples: [0.5],
        }),
    })
    .refine(({ median }) => (parseDuration(median) ?? 0) <= LONGEST_LATENCY_MS, { error: TOO_LONG }),
  RangeText.refine((text) => (parseDurationRange(text)?.to ?? 0) <= LONGEST_LATENCY_MS, { error: TOO_LONG }),
])
type Latency = z.output<typeof Latency>

/** Draws a latency in whole real ms; a fixed one draws nothing. */
export function drawLatency(latency: Latency, chance: Pick<Chance, 'between'>, purpose: string): number {
  if (typeof latency === 'string') {
    const { from, to } = parseDurationRange(latency) ?? { from: 0, to: 0 }
    return chance.between(purpose, from, to)
  }
  const drawn = spanMs(latency.median) * Math.exp(latency.sigma * drawNormal(chance, purpose))
  return Math.min(LONGEST_LATENCY_MS, Math.round(drawn))
}

/** Draws from the normal distribution with mean 0 and deviation 1, by the Box–Muller transform of two uniform draws. */
function drawNormal(chance: Pick<Chance, 'between'>, purpose: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - drawUnit(chance, purpose)))
  return radius * Math.cos(2 * Math.PI * drawUnit(chance, purpose))
}

/** The number of different values of a uniform draw. */
const GRAIN = 2 ** 32

/** Draws a number from 0 (inclusive) to 1 (exclusive). */
export function drawUnit(chance: Pick<Chance, 'between'>, purpose: string): number {
  return chance.between(purpose, 0, GRAIN - 1) / GRAIN
}
