import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { SetupError } from '../../lib/errors.ts'
import { isRecord } from '../../lib/json.ts'

/** More does not fit into a scenario, which is kept with its world. Bytes of all files of a fixture together. */
const LARGEST = 2 ** 19

/** A fixture whose files are in it, and the paths that they were read from. */
export interface InlinedFixture {
  content: unknown
  files: string[]
}

/**
 * Replaces every `file: path` in a fixture by `base64: content`, so that the fixture needs no files any more. Only fixtures that
 * were read from a file of this machine get here: those that clients send cannot name files.
 * @param folder the folder to which relative paths are resolved.
 * @throws SetupError for files that are too large or cannot be read.
 */
export function withInlinedFiles(fixture: unknown, folder: string): InlinedFixture {
  const files: string[] = []
  let room = LARGEST
  const inlined = (map: Record<string, unknown>) => {
    const { file, ...others } = map
    if (typeof file !== 'string') return map
    const path = resolve(folder, file)
    files.push(path)
    const bytes = readUpTo(room, path)
    room -= bytes.byteLength
    return { ...others, base64: bytes.toString('base64') }
  }
  const content = isRecord(fixture)
    ? Object.fromEntries(Object.entries(fixture).map(([name, list]) => [name, inItems(list, inlined)]))
    : fixture
  return { content, files }
}

/** Applies a change to the maps in the lists of the items of a section: the objects of buckets. */
function inItems(section: unknown, change: (map: Record<string, unknown>) => unknown): unknown {
  if (!Array.isArray(section)) return section
  return section.map((item: unknown) => {
    if (!isRecord(item)) return item
    const fields = Object.entries(item).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((each: unknown) => (isRecord(each) ? change(each) : each)) : value,
    ])
    return Object.fromEntries(fields)
  })
}

function readUpTo(room: number, path: string): Buffer {
  try {
    if (statSync(path).size <= room) return readFileSync(path)
  } catch (error) {
    throw new SetupError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  throw new SetupError(
    `${path}: the files of a fixture have more than ${LARGEST / 2 ** 10} KiB together; put large ones into a folder for --buckets`,
  )
}
