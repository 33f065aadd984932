import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generatedPages, stalePages } from '../scripts/docs/pages.ts'
import { testsIn } from '../scripts/docs/test-files.ts'
import { errorCatalogue } from '../src/lib/errors.ts'
import { operations } from '../src/services/index.ts'

test('the generated pages say what registry, catalogue and tests say now', () => {
  // A page that is named here is written anew by `node scripts/generate-docs.ts`.
  expect(stalePages()).toEqual([])
})

test('the page of errors has one row for every code of the catalogue', () => {
  const page = generatedPages().get('docs/errors.md') ?? ''
  const rows = page.split('\n').flatMap((line) => /^\| ((?:IMG|EPS|APIGW)\.\d{4}) \|/.exec(line)?.[1] ?? [])
  expect(rows).toEqual([...errorCatalogue.keys()])
})

test('the page of operations has one row for every operation of the registry', () => {
  const page = generatedPages().get('docs/coverage.md') ?? ''
  const rows = page.split('\n').flatMap((line) => /^\| (\w+) \| `[A-Z]+ \//.exec(line)?.[1] ?? [])
  expect(rows.sort()).toEqual(operations.map(({ id }) => id).sort())
})

describe('a test file is read', () => {
  const source = readFileSync(new URL('data/sample-test.txt', import.meta.url), 'utf8')
  const found = testsIn('test/x.test.ts', source, operations).map((block) => ({
    line: block.line,
    title: block.title,
    calls: block.operations.map(({ id }) => id),
    codes: block.codes.map(({ code, sentence, operations: by }) => [code, sentence, by.map(({ id }) => id)]),
  }))

  test('for what a test calls, through constants and helpers of its own', () => {
    expect(found[0]).toEqual({
      line: 6,
      title: 'shares',
      calls: ['BatchAddMembers', 'ListImageMembers', 'BatchDeleteMembers'],
      codes: [],
    })
  })

  test('for codes, which belong to the call just before them', () => {
    expect(found[1]).toEqual({
      line: 13,
      title: 'a listing: is refused',
      calls: ['ListImages', 'ListTags'],
      codes: [
        ['IMG.0001', 'a listing: is refused', ['ListImages']],
        ['IMG.0027', 'a listing: is refused', ['ListTags']],
      ],
    })
  })

  test('for codes in a table, each with the sentence that its row makes', () => {
    expect(found[2]).toMatchObject({
      line: 26,
      codes: [
        ['IMG.0001', 'a listing: for a limit of 0 is refused', ['ListImages']],
        ['IMG.0027', 'a listing: for a marker nobody sees is refused', ['ListImages']],
      ],
    })
  })

  test('for codes in a title, which belong to no call when they stand below again', () => {
    const sentence = 'a job that is refused late with IMG.0069'
    expect(found[3]?.codes).toEqual([
      ['IMG.0069', sentence, []],
      ['IMG.0069', sentence, ['ShowJob']],
    ])
  })
})
