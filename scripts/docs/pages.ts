import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { control } from '../../src/control/service.ts'
import { packageFile } from '../../src/lib/package-files.ts'
import { placedOperations } from '../../src/services/compose.ts'
import { errorCatalogue, services } from '../../src/services/index.ts'
import { RECORDED_FILE, readRecorded } from '../../test/api-coverage/recorded.ts'
import { cliPage } from './cli-page.ts'
import { coveragePage, type DescribedService } from './coverage-page.ts'
import { errorsPage } from './errors-page.ts'
import { scenariosPage } from './scenarios-page.ts'
import { sdkSection } from './sdk-section.ts'

const root = packageFile('.')

/**
 * Every service of every edition. Services with the same title are one: both editions of Glance share most operations, and
 * a shared operation is described as the edition of the cloud declares it.
 */
function describedServices(): DescribedService[] {
  const all = [...services.huawei, ...services.stock, control]
  return [...Map.groupBy(all, ({ title }) => title)].map(([title, same]) => {
    const operations = Map.groupBy(
      same.flatMap((service) => service.operations),
      ({ id }) => id,
    )
    return { title, operations: [...operations.values()].flatMap(([first]) => first ?? []) }
  })
}

/** Renders all generated pages as they should be now, by their path from the root of the project. */
export function generatedPages(): Map<string, string> {
  const recorded = readRecorded(join(root, RECORDED_FILE))
  const described = describedServices()
  const notes = readFileSync(join(root, 'docs/coverage-notes.md'), 'utf8')
  const scenarios = readFileSync(join(root, 'scripts/docs/scenarios.md'), 'utf8')
  return new Map([
    ['docs/errors.md', errorsPage(errorCatalogue, recorded)],
    ['docs/coverage.md', coveragePage(described, recorded, sdkSection(root), notes)],
    ['docs/cli.md', cliPage()],
    ['docs/scenarios.md', scenariosPage(scenarios, placedOperations(services.huawei))],
  ])
}

/** Paths of the generated pages whose file differs from what they should be. */
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
