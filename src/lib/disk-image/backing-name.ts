import type { BoundedFile } from './bounded-file.ts'
import { refuse } from './image.ts'

/** The longest name of a backing file QEMU reads; the same limit serves every format here. */
const LONGEST_NAME = 1023

/** The name a header gives for its backing file, once it is one that a file can have. */
export function believableName(name: string | undefined, header: string): string {
  if (!name) refuse(`The ${header} says there is a backing file, but does not name it.`)
  if (name.length > LONGEST_NAME) refuse(`The ${header} has a backing file name over 1023 characters.`)
  return name
}

/** The backing file name of a QEMU format, which stands in the header's own clusters, before byte `end`. */
export function backingNameAt(
  file: BoundedFile,
  header: string,
  place: { offset: number; length: number; end: number },
): string {
  const { offset, length, end } = place
  if (length === 0 || length > LONGEST_NAME) {
    refuse(`The ${header} has a backing file name of ${length} bytes, which is not in 1 to 1023.`)
  }
  if (offset + length > end) refuse(`The ${header} has a backing file name that reaches beyond byte ${end}.`)
  return believableName(file.section(offset, length, 'backing file name').text(0, length), header)
}
