import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Document, isNode, isScalar, parseDocument, visit } from 'yaml'
import { SetupError } from '../../lib/errors.ts'
import { isRecord, jsonIn } from '../../lib/json.ts'
import { withInlinedFiles } from './inline-files.ts'
import { MOST_MISTAKES, placeAt, refuse, type Source } from './mistakes.ts'
import { keysInJson, offsetInJson, offsetInYaml } from './places.ts'

/** A scenario is written by hand, so a larger file is something else. Bytes. */
export const LARGEST_SCENARIO = 2 ** 20
/** How often aliases may be resolved; a text with more is built to exhaust memory. */
const MOST_ALIASES = 100
/** Lines and indicators of YAML in a text. The parser takes up to half a second for so many, most when each is a mistake. */
const MOST_MARKS = 60_000
/** Elements of lists and keys of maps in a scenario, with aliases resolved. Each is looked at a few times. */
const MOST_VALUES = 30_000
/** Levels of nested maps and lists; no section of a scenario needs half of them. */
const DEEPEST = 64
const TOO_DEEP = `maps and lists lie more than ${DEEPEST} deep in one another`

/**
 * Reads the file of a scenario.
 * @throws SetupError when it cannot be read, or is no map in YAML or JSON.
 */
export function readSource(file: string): Source {
  const source = parseSource(file, readText(file), dirname(file))
  const { fixtures } = source.content
  if (!Array.isArray(fixtures)) return source
  const inlined = fixtures.map((fixture: unknown) => withInlinedFiles(fixture, source.folder))
  return {
    ...source,
    content: { ...source.content, fixtures: inlined.map(({ content }) => content) },
    inlined: inlined.flatMap(({ files }) => files),
  }
}

/**
 * Reads a text file, of which no more than the largest size is ever read: a pipe or a device has no size to ask for.
 * @throws SetupError for a folder, a file that is too large or no UTF-8, and one that cannot be read.
 */
function readText(file: string): string {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    if (fstatSync(descriptor).isDirectory())
      throw new SetupError(`${file} is a folder; give the file of a scenario`)
    return decode(file, readAll(file, descriptor))
  } catch (error) {
    throw error instanceof SetupError ? error : new SetupError(`${file} cannot be read: ${reason(error)}`)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function readAll(file: string, descriptor: number): Buffer {
  const bytes = Buffer.alloc(LARGEST_SCENARIO + 1)
  let length = 0
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, null)
    if (read === 0) return bytes.subarray(0, length)
    length += read
    checkSize(file, length)
  }
}

/** @throws SetupError for more bytes than a scenario may have. */
export function checkSize(file: string, bytes: number): void {
  if (bytes > LARGEST_SCENARIO)
    throw new SetupError(`${file} has more than 1 MiB, which is more than a scenario may have`)
}

/**
 * Decodes the bytes of a scenario.
 * @throws SetupError for bytes that are no UTF-8, and for zero bytes, which no text has.
 */
export function decode(file: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Reported below, like a text with zero bytes.
  }
  throw new SetupError(`${file} is no text in UTF-8; a scenario is a YAML or JSON file`)
}

/** The message of an error on one line. */
function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
}

/**
 * Parses the text of a scenario. JSON is YAML too, but is parsed as JSON, which is many times faster.
 * @param file the name under which mistakes are reported.
 * @param folder the folder to which relative paths in the text are resolved.
 * @throws SetupError with every place at which the text is no YAML.
 */
export function parseSource(file: string, text: string, folder: string): Source {
  checkSize(file, Buffer.byteLength(text))
  const json = jsonWithoutRepetition(text)
  const { content, offsetOf } =
    json === undefined
      ? parseYaml(file, text)
      : { content: json, offsetOf: (path: readonly PropertyKey[]) => offsetInJson(text, path) }
  return { ...sourceOf(file, content, folder), placeOf: (path) => placeAt(file, text, offsetOf(path)) }
}

/** Makes a source of what was read elsewhere; its mistakes have no place but its beginning. */
export function sourceOf(file: string, content: unknown, folder: string): Source {
  const start = { file, line: 1, column: 1 }
  if (!isRecord(content)) {
    const found = Array.isArray(content) ? 'a list' : `a ${typeof content}`
    return refuse([{ ...start, message: `a scenario is a map of sections, found ${found}` }])
  }
  if (isDeeper(content, DEEPEST)) refuse([{ ...start, message: TOO_DEEP }])
  if (countParts(content).values > MOST_VALUES)
    throw new SetupError(
      `${file} has more than ${MOST_VALUES} values, which is more than a scenario may have`,
    )
  return { file, folder, content: withResolvedFixtures(content, folder), inlined: [], placeOf: () => start }
}

/** Parses JSON; returns undefined for other text, and when an object has a key twice. */
function jsonWithoutRepetition(text: string): unknown {
  const json = /^\s*[[{]/.test(text) ? jsonIn(text) : undefined
  if (json === undefined) return undefined
  const { values, keys } = countParts(json)
  return values > MOST_VALUES || keys === keysInJson(text) ? json : undefined
}

/** Counts elements of lists and keys of maps. It walks without recursion, and ends soon after the most values. */
function countParts(content: unknown): { values: number; keys: number } {
  const left: unknown[] = [content]
  let values = 0
  let keys = 0
  while (left.length > 0 && values <= MOST_VALUES) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    const parts: unknown[] = Object.values(next)
    values += parts.length
    if (!Array.isArray(next)) keys += parts.length
    for (const part of parts) left.push(part)
  }
  return { values, keys }
}

function parseYaml(
  file: string,
  text: string,
): { content: unknown; offsetOf(path: readonly PropertyKey[]): number } {
  if (marksIn(text) > MOST_MARKS)
    throw new SetupError(
      `${file} has more than ${MOST_MARKS} lines, brackets, quotes and other marks, which is more than a scenario may have`,
    )
  return orUnreadable(file, () => {
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' })
    const errors = document.errors.map(({ pos: [offset], message }) => ({ offset, message }))
    // The parser lists an exhausted call stack among its errors, followed by one error for every bracket.
    if (errors.some(({ message }) => message.includes('call stack'))) throw new RangeError()
    const broken = errors.length > 0 ? errors : repeatedKeys(document)
    if (broken.length > 0)
      refuse(
        broken
          .slice(0, MOST_MISTAKES)
          .map(({ offset, message }) => ({ ...placeAt(file, text, offset), message })),
        broken.length,
      )
    const content: unknown = document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {}
    return { content, offsetOf: (path: readonly PropertyKey[]) => offsetInYaml(document, path) }
  })
}

function marksIn(text: string): number {
  return text.match(/[\n:,?&*!'"\\[\]{}]|- /g)?.length ?? 0
}

/** Runs the parser. Its exceptions are mistakes in the text: too many aliases, or more brackets than the stack can follow. */
function orUnreadable<Result>(file: string, parse: () => Result): Result {
  try {
    return parse()
  } catch (error) {
    if (error instanceof SetupError) throw error
    const message = error instanceof RangeError ? TOO_DEEP : `cannot be read as YAML: ${reason(error)}`
    return refuse([{ file, line: 1, column: 1, message }])
  }
}

/** Finds keys that a map has twice. The parser's own check compares each key with all others, which takes quadratic time. */
function repeatedKeys(document: Document): { offset: number; message: string }[] {
  const repeated: { offset: number; message: string }[] = []
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        // The map becomes an object, whose keys are texts: 1 and "1" are the same.
        const name = String(key.value)
        if (seen.has(name))
          repeated.push({
            offset: isNode(key) ? (key.range?.[0] ?? 0) : 0,
            message: `${name}: comes twice in its map`,
          })
        seen.add(name)
      }
    },
  })
  return repeated
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1))
}

/** The form of names of shipped scenarios and fixtures. A text with a slash or a dot is a path. */
export const SHIPPED_NAME = /^[a-z0-9-]+$/

/** Resolves paths of fixtures against the folder of the scenario. */
function withResolvedFixtures(content: Record<string, unknown>, folder: string): Record<string, unknown> {
  const { fixtures } = content
  if (!Array.isArray(fixtures)) return content
  const resolved = fixtures.map((each: unknown) =>
    typeof each !== 'string' || SHIPPED_NAME.test(each) ? each : resolve(folder, each),
  )
  return { ...content, fixtures: resolved }
}
