import { createHash } from 'node:crypto'

/**
 * The `n`-th draw of a purpose from a seed: any number of bytes, the same on every machine. Purposes are independent, so
 * a new consumer of chance never changes what the others draw.
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

/** A number in [0, 1) made of 48 bits of a draw. */
export function unitInterval(bytes: (length: number) => Uint8Array): number {
  return Buffer.from(bytes(6)).readUIntBE(0, 6) / 2 ** 48
}
