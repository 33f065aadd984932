import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { recordCoverage } from './test/api-coverage/reporter.ts'

export default defineConfig({
  plugins: [recordCoverage()],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/api-coverage/setup.ts'],
    testTimeout: 20_000,
    // Two files at once: each starts servers of its own, and the machines this runs on have two cores.
    maxWorkers: 2,
    // Files share a worker: nothing here replaces modules, and loading the sources again for each file took a third of the time.
    isolate: false,
    // Some tests start the command line in a process of its own; compiling it was half of each start.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.tmp/compile-cache', import.meta.url)) },
  },
})
