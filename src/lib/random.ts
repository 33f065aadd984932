import { createHash } from 'node:crypto'

/**
 * Returns the byte stream of the `n`-th draw for a purpose. The bytes depend on seed, purpose and `n` alone, so they are
 * the same on every machine, and a new purpose never changes the draws of the others.
 *
 * @example hexId(drawBytes(42, 'image', 1))
 */
export function drawBytes(seed: number, purpose: string, n: number): (length: number) => Uint8Array {
  let pool = Buffer.alloc(0)
  let block = 0
  return (length) => {
    while (pool.length < length) {
      const digest = createHash('sha256').update(`${seed}\n${purpose}\n${n}\n${block++}`).digest()
      pool = Buffer.concat([pool, digest])
    }
    const bytes = pool.subarray(0, length)
    pool = pool.subarray(length)
    return bytes
  }
}

/** Draws a number in [0, 1) with 48 bits of randomness. */
export function unitInterval(bytes: (length: number) => Uint8Array): number {
  return Buffer.from(bytes(6)).readUIntBE(0, 6) / 2 ** 48
}
