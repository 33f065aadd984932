import { parseDurationRange } from '../../lib/duration.ts'
import type { Chance } from '../chance.ts'
import { LONGEST_LATENCY_MS, type Then } from './then.ts'
import { spanMs } from './values.ts'

/** How finely a probability is told apart. */
const GRAIN = 2 ** 32

/** A number in [0, 1). */
export function drawUnit(chance: Pick<Chance, 'between'>, purpose: string): number {
  return chance.between(purpose, 0, GRAIN - 1) / GRAIN
}

/** Draws a latency in whole real ms; a fixed one draws nothing. */
export function drawLatency(
  latency: NonNullable<Then['latency']>,
  chance: Pick<Chance, 'between'>,
  purpose: string,
): number {
  if (typeof latency === 'string') {
    const { from, to } = parseDurationRange(latency) ?? { from: 0, to: 0 }
    return chance.between(purpose, from, to)
  }
  const drawn = spanMs(latency.median) * Math.exp(latency.sigma * drawNormal(chance, purpose))
  return Math.min(LONGEST_LATENCY_MS, Math.round(drawn))
}

/** Box and Muller's way from two even draws to a normal one. */
function drawNormal(chance: Pick<Chance, 'between'>, purpose: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - drawUnit(chance, purpose)))
  return radius * Math.cos(2 * Math.PI * drawUnit(chance, purpose))
}
