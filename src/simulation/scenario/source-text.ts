import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { SetupError } from '../../lib/errors.ts'

/** A scenario is written by hand: more than this is something else, bytes. */
const LARGEST = 2 ** 20

/**
 * The text of a file, of which no more than the largest size is ever read: a pipe or a device has no size to ask for.
 * @throws SetupError when it is a folder, too large, no UTF-8, or cannot be read.
 */
export function readText(file: string): string {
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
  const bytes = Buffer.alloc(LARGEST + 1)
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
  if (bytes > LARGEST)
    throw new SetupError(`${file} has more than 1 MiB, which is more than a scenario may have`)
}

/** @throws SetupError for bytes that are no text. */
export function decode(file: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Told below, like a text with zeros in it.
  }
  throw new SetupError(`${file} is no text in UTF-8; a scenario is a YAML or JSON file`)
}

/** What an error says, on one line. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
}
