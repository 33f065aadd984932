import { errorCatalogue } from '../../src/lib/errors.ts'
import type { ShownCode, TestBlock } from './test-files.ts'

/** A code that no request causes can still be answered by a rule of a scenario, or end a job. */
const UNREACHABLE = 'through a rule or job failure only'
/** So many tests are named for each code. */
const MOST_TESTS = 3

const HEAD = `# Error codes

Every code that the emulated cloud can answer, with the status and the text it has on the wire, how to cause it and the
tests that show it. This page is made from the catalogue and the tests by \`node scripts/generate-docs.ts\`.

IMG codes come as \`{"error":{"code","message"}}\`, EPS codes as \`{"error":{"error_code","error_msg"}}\`, those of the gateway
as \`{"error_code","error_msg","request_id"}\`. A few calls answer a code with another status than here; their tests say so.
`

/** The page about all codes. */
export function errorsPage(tests: readonly TestBlock[]): string {
  const shown = Map.groupBy(
    tests.filter((test) => test.requests).flatMap((test) => test.codes.map((code) => ({ ...code, test }))),
    ({ code }) => code,
  )
  const rows = [...errorCatalogue.values()].map(({ code, status, message }) => {
    const [how, where] = describe(shown.get(code) ?? [])
    return `| ${code} | ${status} | ${cell(message)} | ${cell(how)} | ${where} |`
  })
  const reached = [...errorCatalogue.keys()].filter((code) => shown.has(code)).length
  return [
    HEAD,
    `Tests show ${reached} of ${errorCatalogue.size} codes.\n`,
    '| code | status | text | how to cause it | tests |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function describe(shown: readonly (ShownCode & { test: TestBlock })[]): [string, string] {
  const [first] = [...shown].sort((a, b) => clarity(b) - clarity(a))
  if (first === undefined) return [UNREACHABLE, '']
  const files = [...new Set([first, ...shown].map(({ test }) => test.file))]
  const named = files.slice(0, MOST_TESTS).map((file) => `[${file}](../${file})`)
  const more = files.length > MOST_TESTS ? ` and ${files.length - MOST_TESTS} more` : ''
  return [first.sentence.replace(/\s+/g, ' '), named.join(', ') + more]
}

/** A row of a table says most about a code, then a sentence that names it, then one about a known call. */
function clarity({ sentence, operations, code, inTable }: ShownCode): number {
  return (inTable ? 4 : 0) + (sentence.includes(code) ? 2 : 0) + (operations.length > 0 ? 1 : 0)
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/</g, '&lt;')
}
