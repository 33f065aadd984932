import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { SetupError } from '../../lib/errors.ts'
import { place, refuse, type Source } from './mistakes.ts'
import { repeatedKeys } from './repeated-keys.ts'
import { checkSize, readText, reason } from './source-text.ts'

/** Aliases of a text may be followed so many times; more is a text that means to explode. */
const MOST_ALIASES = 100
/** Maps and lists inside one another; no section of a scenario needs half of it. */
const DEEPEST = 64
const TOO_DEEP = `maps and lists lie more than ${DEEPEST} deep in one another`

/** Reads the file of a scenario. @throws SetupError when it cannot be read, or is no map in YAML or JSON. */
export function readSource(file: string): Source {
  return parseSource(file, readText(file), dirname(file))
}

/**
 * Reads the text of a scenario. `file` is what its mistakes are told under, `folder` where relative paths in it begin.
 * @throws SetupError with every place at which it is no YAML.
 */
export function parseSource(file: string, text: string, folder: string): Source {
  checkSize(file, Buffer.byteLength(text))
  const lines = new LineCounter()
  const { document, content } = orUnreadable(file, () => {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    })
    const errors = document.errors.map(({ pos: [offset], message }) => ({ offset, message }))
    // The reader notes a stack that was too small among its errors, and then one more for every bracket.
    if (errors.some(({ message }) => message.includes('call stack'))) throw new RangeError()
    const broken = errors.length > 0 ? errors : repeatedKeys(document)
    if (broken.length > 0)
      refuse(broken.map(({ offset, message }) => ({ ...place(file, lines, offset), message })))
    const content: unknown = document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {}
    return { document, content }
  })
  const start = { file, line: 1, column: 1 }
  if (!isRecord(content)) {
    const found = Array.isArray(content) ? 'a list' : `a ${typeof content}`
    return refuse([{ ...start, message: `a scenario is a map of sections, found ${found}` }])
  }
  if (isDeeper(content, DEEPEST)) refuse([{ ...start, message: TOO_DEEP }])
  return { file, folder, document, lines, content: withPlacedFixtures(content, folder) }
}

/** Whether a value is a map of a text. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What has no slash and no dot is the name of something that ships with the package. */
export const SHIPPED_NAME = /^[a-z0-9-]+$/

/** Fixture files that are named by a path lie beside the scenario, from wherever it is loaded. */
function withPlacedFixtures(content: Record<string, unknown>, folder: string): Record<string, unknown> {
  const { fixtures } = content
  if (!Array.isArray(fixtures)) return content
  const placed = fixtures.map((each: unknown) =>
    typeof each !== 'string' || SHIPPED_NAME.test(each) ? each : resolve(folder, each),
  )
  return { ...content, fixtures: placed }
}

/** What the YAML reader throws is about the text: aliases without end, or brackets that no stack can follow. */
function orUnreadable<Result>(file: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof SetupError) throw error
    const message = error instanceof RangeError ? TOO_DEEP : `cannot be read as YAML: ${reason(error)}`
    return refuse([{ file, line: 1, column: 1, message }])
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1))
}
