import { createWriteStream, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { styleText } from 'node:util'
import { Document, isMap, isScalar, visit, type YAMLMap, type YAMLSeq } from 'yaml'
import { SetupError } from '../lib/errors.ts'

/** Prints lines for people. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

/** Prints a value as indented JSON for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Prints a note to standard error; standard output holds the result alone. */
export function printNote(text: string): void {
  process.stderr.write(`ims-emulator: ${text}\n`)
}

/** Colours a text, or returns it unchanged. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'dim' | 'bold', text: string) => string

/** Colours when standard output is a terminal and NO_COLOR is not set; FORCE_COLOR colours always. */
export const paintTerminal: Paint = (style, text) => styleText(style, text, { stream: process.stdout })

/**
 * Aligns rows in columns two spaces apart. Each column is as wide as its widest cell; the last one is not padded.
 * @example
 * inColumns([['NAME', 'HITS'], ['down', '1']]) // ['NAME  HITS', 'down  1']
 */
export function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** Renders names and values, one pair a line and indented, as the banner of `start` does. */
export function facts(rows: readonly (readonly [string, string])[]): string[] {
  return inColumns(rows.map(([name, value]) => [`  ${name}`, value]))
}

/** `1 step`, `2 steps`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1.5 MiB` for 1,572,864. */
export function bytesInWords(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** power
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power]}`
}

/** Longest compact JSON of a map that is written on one line, characters. */
const INLINE_LENGTH = 110

/**
 * Renders YAML the way people write scenarios: sections below one another, and each step, rule and move on one line when it fits.
 * @param open name of the one list whose items are sections themselves.
 */
export function asYaml(value: Readonly<Record<string, unknown>>, open?: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  const openList = open === undefined ? undefined : document.get(open)
  visit(document, {
    Map(_, map) {
      if (map.items.length > 0 && map.items.every(({ value }) => isScalar(value)) && fits(map))
        map.flow = true
    },
    Seq(_, list: YAMLSeq) {
      if (list === openList) return
      if (list.items.every(isScalar)) list.flow = true
      for (const item of list.items) if (isMap(item) && fits(item)) item.flow = true
    },
  })
  return document.toString({ lineWidth: 120 })
}

function fits(map: YAMLMap): boolean {
  return JSON.stringify(map).length <= INLINE_LENGTH
}

/** Writes a text to a file; `-` is standard output. @throws SetupError when the file cannot be written. */
export function writeTo(file: string, text: string): void {
  if (file === '-') {
    process.stdout.write(text)
    return
  }
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

/**
 * Streams bytes to `<file>.part` and renames it at the end, so that the file is never seen half written.
 * @returns the number of bytes.
 * @throws SetupError when the file cannot be written.
 */
export async function saveBytes(file: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const partly = `${file}.part`
  let size = 0
  async function* counted() {
    for await (const chunk of bytes) {
      size += chunk.byteLength
      yield chunk
    }
  }
  try {
    await pipeline(Readable.from(counted()), createWriteStream(partly))
    renameSync(partly, file)
    return size
  } catch (error) {
    rmSync(partly, { force: true })
    throw cannotWrite(file, error)
  }
}

function cannotWrite(file: string, error: unknown): SetupError {
  return new SetupError(`cannot write ${file}: ${error instanceof Error ? error.message : error}`)
}
