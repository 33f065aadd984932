import { createHash } from 'node:crypto'

/** Draws that depend on nothing but the seed. */
export interface Random {
  /** From 0 to 1, exclusive. */
  next(): number
  /** A whole number from 0 to `end`, exclusive. */
  below(end: number): number
  /** A whole number between both ends, inclusive. */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Buffer
}

/**
 * Opens a stream of draws for one purpose. Streams of different purposes are independent, so that a step can be replayed
 * without those before it.
 * @example openRandom(7, 'fuzz', 1234).below(10)
 */
export function openRandom(...purpose: readonly (string | number)[]): Random {
  let state = createHash('sha256').update(purpose.join('/')).digest().readUInt32LE()

  /** Mulberry32: 32 bits of state are enough to choose test inputs. */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  const below = (end: number) => Math.floor(next() * end)
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    pick(items) {
      const [first] = items
      if (first === undefined) throw new Error('there is nothing to pick from')
      return items[below(items.length)] ?? first
    },
    bytes(length) {
      const bytes = Buffer.alloc(length)
      for (let at = 0; at < length; at++) bytes[at] = below(256)
      return bytes
    },
  }
}
