import type { BoundedFile } from './bounded-file.ts'
import type { DiskImage } from './image.ts'

/** How one format is told from the others, by its magic alone, and how its header is read. */
export interface FormatReader {
  recognises(file: BoundedFile): boolean
  /** @throws HeaderRefused when the header contradicts itself, the file or the format. */
  read(file: BoundedFile): DiskImage
}
