import type { Face, Operation } from '../../src/contract/operation.ts'
import { declaredNames } from './fields.ts'
import type { TestBlock } from './test-files.ts'

const FACES: Readonly<Record<Face, string>> = {
  ims: 'Image Management Service',
  openstack: 'OpenStack image API',
  iam: 'Identity',
  eps: 'Enterprise projects',
  control: 'Control plane',
}

const HEAD = `# What is emulated

Every operation that is answered, made from the registry and the tests by \`node scripts/generate-docs.ts\`. *Fields* are the
query parameters and body fields that are read and checked, *codes* those that a test shows this call to answer, *tests* the
files that call it. What differs from the cloud stands at the end.
`

/** The page about all operations; `sdks` is the section about the official SDKs, `notes` the hand-written part about differences. */
export function coveragePage(
  operations: readonly Operation[],
  tests: readonly TestBlock[],
  sdks: string,
  notes: string,
): string {
  const sections = Object.entries(FACES).flatMap(([face, title]) => {
    const own = operations.filter((operation) => operation.face === face)
    return own.length === 0 ? [] : [section(title, own, tests)]
  })
  return [HEAD, ...sections, sdks, notes.trim(), ''].join('\n')
}

function section(title: string, operations: readonly Operation[], tests: readonly TestBlock[]): string {
  const rows = [...operations].sort(byId).map((operation) => row(operation, tests))
  const called = operations.filter((operation) => tests.some((test) => test.operations.includes(operation)))
  return [
    `## ${title}\n`,
    `${operations.length} operations, ${called.length} of them called by tests.\n`,
    '| operation | call | action | fields | codes | tests |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function byId(a: Operation, b: Operation): number {
  return a.id < b.id ? -1 : 1
}

/** The actions that are always needed, and after a question mark those that depend on the request. */
function actionsOf({ actions, conditionalActions }: Operation): string {
  return [...actions, ...conditionalActions.map(({ action }) => `?\u00a0${action}`)].join(', ')
}

function row(operation: Operation, tests: readonly TestBlock[]): string {
  const { id, method, path } = operation
  const codes = tests.flatMap((test) =>
    test.codes.filter((shown) => shown.operations.includes(operation)).map(({ code }) => code),
  )
  const files = tests.filter((test) => test.operations.includes(operation)).map(({ file }) => file)
  const cells = [
    id,
    `\`${method} ${path}\``,
    actionsOf(operation),
    fieldsOf(operation),
    list(codes),
    list(files.map((file) => `[${file.replace(/^test\//, '').replace(/\.test\.ts$/, '')}](../${file})`)),
  ]
  return `| ${cells.join(' | ')} |`
}

function fieldsOf({ request: { shape } }: Operation): string {
  const names = [...declaredNames(shape.query), ...declaredNames(shape.body)]
  return names.map((name) => `\`${name}\``).join(' ')
}

function list(values: readonly string[]): string {
  return [...new Set(values)].sort().join(', ')
}
