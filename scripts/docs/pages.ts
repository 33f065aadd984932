import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFile } from '../../src/lib/package-files.ts'
import { operations } from '../../src/services/index.ts'
import { cliPage } from './cli-page.ts'
import { coveragePage } from './coverage-page.ts'
import { errorsPage } from './errors-page.ts'
import { scenariosPage } from './scenarios-page.ts'
import { sdkSection } from './sdk-section.ts'
import { readTests } from './test-files.ts'

const root = packageFile('.')

/** Every page that is generated, by its path from the root of the project, as it should be now. */
export function generatedPages(): Map<string, string> {
  const tests = readTests(root, 'test', operations)
  const notes = readFileSync(join(root, 'docs/coverage-notes.md'), 'utf8')
  const scenarios = readFileSync(join(root, 'scripts/docs/scenarios.md'), 'utf8')
  return new Map([
    ['docs/errors.md', errorsPage(tests)],
    ['docs/coverage.md', coveragePage(operations, tests, sdkSection(root), notes)],
    ['docs/cli.md', cliPage()],
    ['docs/scenarios.md', scenariosPage(scenarios, operations)],
  ])
}

/** Paths of pages that do not say what they should. */
export function stalePages(): string[] {
  return [...generatedPages()].filter(([path, content]) => readPage(path) !== content).map(([path]) => path)
}

function readPage(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}
