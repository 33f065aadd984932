import { refuse } from './bounded-file.ts'
import { believableSize, type FormatReader, isPowerOfTwo } from './format.ts'
import { flatPieces } from './guest/flat-pieces.ts'

const NAME = 'ISO 9660 volume descriptor'
/** Descriptors start at sector 16; a boot record or partition table may come before them. */
const PLACE = 16 * 2048
const LENGTH = 2048
const PRIMARY = 1

/** Reads CD and DVD images (ECMA-119), including those that also boot from a USB stick (isohybrid). */
export const iso: FormatReader = {
  recognises: (file) => file.available(PLACE, 8, NAME).matches(1, 'CD001'),

  read(file) {
    const descriptor = file.section(PLACE, LENGTH, NAME)
    const type = descriptor.u8(0)
    if (type !== PRIMARY)
      refuse(`The first ISO 9660 volume descriptor has type ${type} and is not the primary.`)
    if (descriptor.u8(6) !== 1) {
      refuse(`The ISO 9660 volume descriptor has version ${descriptor.u8(6)}, which is not 1.`)
    }
    // Numbers are stored twice, in both byte orders.
    const blocks = descriptor.u32le(80)
    const blockSize = descriptor.u16le(128)
    if (blocks !== descriptor.u32be(84) || blockSize !== descriptor.u16be(130)) {
      refuse('The ISO 9660 volume descriptor contradicts itself on the size of the volume.')
    }
    if (!isPowerOfTwo(blockSize) || blockSize < 512 || blockSize > 2048) {
      refuse(`The ISO 9660 volume descriptor has blocks of ${blockSize} bytes, which cannot be.`)
    }
    const virtualSize = believableSize(blocks * blockSize, NAME)
    if (!file.holds(0, virtualSize)) {
      refuse(`The file has ${file.size} of the ${virtualSize} bytes of its ISO 9660 volume.`)
    }
    return {
      image: { format: 'iso', version: null, virtualSize, encrypted: false, backingFile: null },
      pieces: flatPieces(0, virtualSize),
    }
  },
}
