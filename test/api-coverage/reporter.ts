import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vitest/config'
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { differences, RECORDED_FILE, readRecorded, renderRecorded, summarise } from './recorded.ts'

/**
 * Compares the operations and codes that a run of the whole suite showed with the committed record, and rewrites the record
 * with `vitest run --update`. In CI a difference fails the run. Runs of single files or tests are ignored.
 */
class CoverageReporter implements Reporter {
  readonly #vitest: Vitest

  constructor(vitest: Vitest) {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): void {
    const { config, logger } = this.#vitest
    if (!this.#isWhole(modules)) return
    if (reason !== 'passed') {
      logger.log('Coverage of operations is compared and recorded only when all tests pass.')
      return
    }
    const path = join(config.root, RECORDED_FILE)
    const run = summarise(
      modules.map((module) => ({ file: module.relativeModuleId, tests: module.meta().answered ?? [] })),
    )
    if (config.snapshotOptions.updateSnapshot === 'all') {
      writeFileSync(path, renderRecorded(run))
      logger.log(`Coverage of operations is recorded in ${RECORDED_FILE}.`)
      return
    }
    const found = existsSync(path) ? differences(readRecorded(path), run) : ['the file is missing']
    if (found.length === 0) return
    logger.error(
      [`${RECORDED_FILE} differs from this run; update it with: npm run coverage`, ...found].join('\n  '),
    )
    if (process.env.CI) process.exitCode = 1
  }

  /** True when each test file of the project ran and no name pattern left tests out. */
  #isWhole(modules: readonly TestModule[]): boolean {
    const { config } = this.#vitest
    if (config.watch || config.testNamePattern !== undefined) return false
    const ran = new Set(modules.map(({ relativeModuleId }) => relativeModuleId))
    return readdirSync(join(config.root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .every((name) => ran.has(`test/${name.replaceAll('\\', '/')}`))
  }
}

/** Adds the coverage reporter to each run, also to those that choose their reporters with `--reporter`. */
export function recordCoverage(): Plugin {
  return {
    name: 'record-coverage',
    configureVitest({ vitest }) {
      vitest.config.reporters.push(new CoverageReporter(vitest))
    },
  }
}
