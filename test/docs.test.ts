import { expect, test } from 'vitest'
import { generatedPages, stalePages } from '../scripts/docs/pages.ts'
import { control } from '../src/control/service.ts'
import { errorCatalogue, services } from '../src/services/index.ts'

test('the generated pages agree with the registry, the error catalogues and the recorded coverage', () => {
  // `npm run docs` rewrites the pages that are listed here.
  expect(stalePages()).toEqual([])
})

test('the page of errors has one row for each code of the catalogue', () => {
  const page = generatedPages().get('docs/errors.md') ?? ''
  const rows = page
    .split('\n')
    .flatMap(
      (line) => /^\| ((?:IMG|EPS|CTS|APIGW)\.\d{4}|[A-Z][A-Za-z0-9]+) \| \d{3} \|/.exec(line)?.[1] ?? [],
    )
  expect(rows).toEqual([...errorCatalogue.keys()])
})

test('the page of operations has one row for each operation of each service', () => {
  const page = generatedPages().get('docs/coverage.md') ?? ''
  const rows = page.split('\n').flatMap((line) => /^\| (\w+) \| `[A-Z]+ \//.exec(line)?.[1] ?? [])
  const all = [...services.huawei, ...services.stock, control]
  const ids = new Set(all.flatMap(({ operations }) => operations.map(({ id }) => id)))
  expect(rows.sort()).toEqual([...ids].sort())
})

test('no cell of the page of operations links to more than three test files', () => {
  const page = generatedPages().get('docs/coverage.md') ?? ''
  const links = page.split('\n').map((line) => line.match(/\]\(\.\.\/test\/[^)]*\.test\.ts\)/g)?.length ?? 0)
  expect(Math.max(...links)).toBe(3)
})
