import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '../src/index.ts'

/** Number of worlds that are created and left idle. */
const WORLDS = 200

/** Measures time and memory of an idle world, in a separate process. */
export function worldsLine(): string {
  return execFileSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url)], {
    encoding: 'utf8',
  }).trim()
}

/** Memory in use after garbage collection, bytes. */
function memoryTaken(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

async function measureWorlds(): Promise<void> {
  await using emulator = await startEmulator({ clock: { rate: 0 } })
  for (let n = 0; n < 10; n++) await emulator.world()
  const before = memoryTaken()
  const times: number[] = []
  for (let n = 0; n < WORLDS; n++) {
    const began = performance.now()
    await emulator.world()
    times.push(performance.now() - began)
  }
  const each = (memoryTaken() - before) / WORLDS / 1024
  const median = times.sort((a, b) => a - b)[WORLDS / 2] ?? 0
  console.log(
    `${WORLDS} worlds: made through the control plane in ${median.toFixed(1)} ms each (median), ${each.toFixed(0)} KiB of memory for each that is idle.`,
  )
}

if (import.meta.main) await measureWorlds()
