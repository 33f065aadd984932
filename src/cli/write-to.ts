import { createWriteStream, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SetupError } from '../lib/errors.ts'

/** Writes a text to a file, or to standard output when that is `-`. @throws SetupError when it cannot be written. */
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
 * Writes bytes to a file as they come; nobody sees half of it under its name. Answers how many they were.
 * @throws SetupError when it cannot be written.
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
