import type { Operation } from '../../src/contract/operation.ts'
import type { OperationCoverage, Recorded } from '../../test/api-coverage/recorded.ts'
import { declaredNames } from './fields.ts'
import { testLinks } from './listed.ts'

type DescribedOperation = Pick<
  Operation,
  'id' | 'method' | 'path' | 'actions' | 'conditionalActions' | 'request'
>

/** One section of the page: a service with its operations. */
export interface DescribedService {
  title: string
  operations: readonly DescribedOperation[]
}

const HEAD = `# What is emulated

Every operation that the emulator answers. \`npm run docs\` writes this page from the registry of operations and from
\`test/api-coverage/recorded.generated.json\`, which \`npm run coverage\` records while the test suite runs.

- *action*: the IAM actions that the operation needs; those after a question mark depend on the request.
- *fields*: the query parameters and body fields that are read and checked.
- *status* and *codes*: the statuses and error codes that tests saw. A job's error code counts for the operation that shows it.
- *tests*: the number of tests that call the operation, and the files that call it most.

The last chapter lists where the emulator had to choose because the cloud's documents do not say.
`

/**
 * Renders the page about all operations.
 * @param sdks the section about the official SDKs
 * @param notes the hand-written part about differences from the cloud
 */
export function coveragePage(
  services: readonly DescribedService[],
  recorded: Recorded,
  sdks: string,
  notes: string,
): string {
  const sections = services.map((service) => section(service, recorded.operations))
  return [HEAD, ...sections, sdks, notes.trim(), ''].join('\n')
}

function section({ title, operations }: DescribedService, recorded: Recorded['operations']): string {
  const called = operations.filter(({ id }) => id in recorded)
  const rows = [...operations]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((operation) => row(operation, recorded[operation.id]))
  return [
    `## ${title}\n`,
    `${operations.length} operations, ${called.length} called by tests.\n`,
    '| operation | call | action | fields | status | codes | tests |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function row(operation: DescribedOperation, coverage: OperationCoverage | undefined): string {
  const { id, method, path, request } = operation
  const names = [...declaredNames(request.shape.query), ...declaredNames(request.shape.body)]
  const cells = [
    id,
    `\`${method} ${path}\``,
    actionsOf(operation),
    names.map((name) => `\`${name}\``).join(' '),
    coverage?.statuses.join(' ') ?? '',
    coverage?.codes.join(', ') ?? '',
    coverage === undefined ? '' : `${coverage.tests} in ${testLinks(coverage)}`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** The actions that are always needed, and after a question mark those that depend on the request. */
function actionsOf({ actions, conditionalActions }: DescribedOperation): string {
  return [...actions, ...conditionalActions.map(({ action }) => `?\u00a0${action}`)].join(', ')
}
