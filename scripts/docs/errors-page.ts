import type { ErrorEntry } from '../../src/lib/errors.ts'
import type { Recorded } from '../../test/api-coverage/recorded.ts'
import { listed, testLinks } from './listed.ts'

/** The remark on a code that no request of the test suite causes. */
const UNREACHABLE = 'through a rule or job failure only'
/** Number of operations that a row names. */
const MOST_OPERATIONS = 3

const HEAD = `# Error codes

Every code that the emulated cloud can answer, with the status and the text it has on the wire, a test that shows how it is
caused, the operations that answer it and the test files. \`npm run docs\` writes this page from the error catalogues of the
services and from \`test/api-coverage/recorded.generated.json\`, which \`npm run coverage\` records while the test suite runs.

IMG codes come as \`{"error":{"code","message"}}\`, EPS codes as \`{"error":{"error_code","error_msg"}}\`, CTS
codes as \`{"error_code","error_msg"}\`, those of the gateway as \`{"error_code","error_msg","request_id"}\`. A few calls answer a
code with another status than here; their tests say so.
`

/** Renders the page about all error codes. */
export function errorsPage(catalogue: ReadonlyMap<string, ErrorEntry>, recorded: Recorded): string {
  const rows = [...catalogue].map(([code, entry]) => row(code, entry, recorded))
  const reached = [...catalogue.keys()].filter((code) => code in recorded.codes).length
  return [
    HEAD,
    `Tests cause ${reached} of ${catalogue.size} codes.\n`,
    '| code | status | text | how to cause it | operations | tests |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function row(code: string, { status, message }: ErrorEntry, { operations, codes }: Recorded): string {
  const coverage = codes[code]
  const answering = Object.keys(operations).filter((id) => operations[id]?.codes.includes(code))
  const cells = [
    code,
    status,
    cell(message),
    cell(coverage?.cause ?? UNREACHABLE),
    listed(answering.slice(0, MOST_OPERATIONS), answering.length),
    coverage === undefined ? '' : testLinks(coverage),
  ]
  return `| ${cells.join(' | ')} |`
}

/** Escapes text for a cell of a Markdown table. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
