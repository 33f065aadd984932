import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'

/** Bytes of chunks between two garbage collections. */
const BETWEEN_COLLECTIONS = 16 * 2 ** 20

type Collect = (options: { type: 'minor' }) => void
let collect: Collect | undefined

/**
 * Returns a function that must see every chunk of a stream; it collects the dead chunks every 16 MiB. Chunks live outside
 * V8's heap, and V8 lets 64 MiB of them pile up before it collects on its own. A minor collection takes about 1 ms.
 *
 * @example
 * const collectChunks = chunkMemory()
 * for await (const chunk of stream) {
 *   await write(chunk)
 *   collectChunks(chunk)
 * }
 */
export function chunkMemory(): (chunk: Uint8Array) => void {
  let passed = 0
  return (chunk) => {
    passed += chunk.byteLength
    if (passed < BETWEEN_COLLECTIONS) return
    passed = 0
    collect ??= exposeCollector()
    collect({ type: 'minor' })
  }
}

function exposeCollector(): Collect {
  setFlagsFromString('--expose-gc')
  const gc = z.function({ input: [z.object({ type: z.literal('minor') })], output: z.void() })
  return gc.implement(runInNewContext('gc'))
}
