import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // Two files at once: each starts servers of its own, and the machines this runs on have two cores.
    maxWorkers: 2,
    // Files share a worker: nothing here replaces modules, and loading the sources again for each file took a third of the time.
    isolate: false,
  },
})
