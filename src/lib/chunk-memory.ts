import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'

/** Bytes that may stream by between two collections. */
const BETWEEN_COLLECTIONS = 16 * 2 ** 20

type Collect = (options: { type: 'minor' }) => void
let collect: Collect | undefined

/**
 * Watches a stream go by and has its dead chunks collected every few MiB. Chunks live outside V8's heap, which lets 64 MiB
 * of them pile up before it looks, whatever the size of the file; a minor collection takes about a millisecond.
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
