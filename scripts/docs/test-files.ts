import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Operation } from '../../src/contract/operation.ts'
import { callFinder, type FoundCall } from './calls.ts'
import { leadingText, type Statement, statementsOf, textsIn } from './source.ts'

/** A code that a test shows: the sentence that says how it is caused, and the operations that answer it. */
export interface ShownCode {
  code: string
  sentence: string
  /** Stands in a row of a table, which then says how it is caused. */
  inTable: boolean
  operations: Operation[]
}

/** One test, or one table of tests. */
export interface TestBlock {
  /** Path from the root of the project. */
  file: string
  line: number
  title: string
  /** Sends requests at all, to whatever operation. */
  requests: boolean
  operations: Operation[]
  codes: ShownCode[]
}

const TEST = /^\s*(?:test|plain)(?:\.(?:each|for|fails|sequential))?(?:<[^>]*>)?\(/
const CODE = /\b(?:IMG|EPS|APIGW)\.\d{4}\b/g

/** Every test under a folder, in the order of files and lines. */
export function readTests(root: string, folder: string, operations: readonly Operation[]): TestBlock[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .sort()
  return files.flatMap((file) => testsIn(file, readFileSync(join(root, file), 'utf8'), operations))
}

/** Every test of one file. */
export function testsIn(file: string, source: string, operations: readonly Operation[]): TestBlock[] {
  const statements = statementsOf(source)
  const find = callFinder(statements, operations)
  return statements
    .filter(({ text }) => TEST.test(text))
    .map((statement) => {
      const text = withTable(statements, statement.text)
      const calls = find(text)
      const group = groupOf(statements, statement)
      const { title, tableEnd } = titleOf(text)
      return {
        file,
        line: statement.line,
        title: [group, title].filter((part) => part !== '').join(': '),
        requests: calls.length > 0 || /\.(?:get|post|put|patch|delete|request)\(/.test(text),
        operations: [...new Set(calls.flatMap((call) => call.operations))],
        codes: codesIn(text, { group, title, tableEnd, calls }),
      }
    })
}

/** Puts the rows of a table that stands elsewhere in the file into the test that names it. */
function withTable(statements: readonly Statement[], text: string): string {
  const name = /^\s*\w+\.(?:each|for)\((\w+)\)/.exec(text)?.[1]
  const table = statements.find((other) => new RegExp(`^\\s*const ${name}\\b`).test(other.text))
  if (name === undefined || table === undefined) return text
  return text.replace(`(${name})`, () => `(${table.text.slice(table.text.indexOf('= ') + 2)})`)
}

/** The titles of the groups around a test. */
function groupOf(statements: readonly Statement[], { line, indent }: Statement): string {
  const around = statements.filter(
    (group) =>
      /^\s*describe\(/.test(group.text) &&
      group.indent < indent &&
      group.line < line &&
      line < group.line + group.text.split('\n').length,
  )
  return around.map(({ text }) => leadingText(text.slice(text.indexOf('(') + 1)) ?? '').join(': ')
}

/** The title of a test, and where its table ends when it has one. */
function titleOf(text: string): { title: string; tableEnd: number } {
  const table = /^\s*\w+\.(?:each|for)/.test(text)
  const end = table ? text.search(/\)\(\s*['"`]/) : -1
  const start = end < 0 ? text.indexOf('(') + 1 : end + 2
  return { title: leadingText(text.slice(start)) ?? '', tableEnd: end }
}

interface Around {
  group: string
  title: string
  tableEnd: number
  calls: FoundCall[]
}

function codesIn(text: string, around: Around): ShownCode[] {
  return [...text.matchAll(CODE)].map((match) => ({
    code: match[0],
    sentence: sentence(text, match.index, around),
    inTable: match.index < around.tableEnd,
    operations: answering(text, match.index, around),
  }))
}

/** The titles around a code, with the row of the table in which it stands, or the first when it stands in none. */
function sentence(text: string, at: number, { group, title, tableEnd }: Around): string {
  const rows = [...text.slice(0, Math.max(tableEnd, 0)).matchAll(/\n\s*\[/g)].map((match) => match.index)
  const row = (at < tableEnd ? rows.findLast((start) => start < at) : rows[0]) ?? 0
  let filled = title
  if (tableEnd > 0) {
    for (const { text: value } of textsIn(text.slice(row, tableEnd)))
      filled = filled.replace(/%[so]/, () => value)
  }
  const said = filled.replace(/: (?:IMG|EPS|APIGW)\.\d{4}$/, '')
  return [group, said].filter((part) => part !== '').join(': ')
}

/**
 * Which operations answer a code: those of the call just before it. One in a table belongs to the calls that are compared
 * with what is not written there, one in a title to nothing when it stands below again, and else to the first call that
 * does something.
 */
function answering(text: string, at: number, { calls, title, tableEnd }: Around): Operation[] {
  const cloud = calls.flatMap((call) => {
    const operations = call.operations.filter(({ face }) => face !== 'control')
    return operations.length === 0 ? [] : [{ ...call, operations }]
  })
  const before = cloud.filter((call) => call.at < at && call.at > tableEnd).at(-1)
  if (before !== undefined) return before.operations
  const code = text.slice(at, text.slice(at).search(/['"`,\s)]/) + at)
  if (title.includes(code) && text.indexOf(code) !== text.lastIndexOf(code)) return []
  const refused = [...text.matchAll(/\bexpect[A-Z]\w*\(/g)].flatMap((match) => {
    const inside = cloud.find((call) => call.at > match.index)
    return inside === undefined ? [] : inside.operations
  })
  if (refused.length > 0) return [...new Set(refused)]
  const acting = cloud.find((call) => call.operations.some(({ method }) => method !== 'GET'))
  return (acting ?? cloud.at(-1))?.operations ?? []
}
