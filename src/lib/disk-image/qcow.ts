import { backingNameAt } from './backing-name.ts'
import type { FormatReader } from './format-reader.ts'
import { believableSize, refuse, unitsFor } from './image.ts'

// The header of QEMU's block/qcow.c; all numbers have the most significant byte first.
const NAME = 'qcow header'
const LENGTH = 48

/** qcow version 1, the format before qcow2: the same magic, another header. */
export const qcow: FormatReader = {
  recognises: ({ head }) => head.matches(0, 'QFI\xfb\0\0\0\x01'),

  read(file) {
    const header = file.section(0, LENGTH, NAME)
    const virtualSize = believableSize(header.u64be(24, 'disk size'), NAME)
    const clusterBits = header.u8(32)
    if (clusterBits < 9 || clusterBits > 16) {
      refuse(`The qcow header has ${clusterBits} cluster bits, which is not in 9 to 16.`)
    }
    const l2Bits = header.u8(33)
    if (l2Bits < 6 || l2Bits > 13) refuse(`The qcow header has ${l2Bits} L2 bits, which is not in 6 to 13.`)
    const encryption = header.u32be(36)
    if (encryption > 1) refuse(`The qcow header has encryption method ${encryption}, which does not exist.`)
    const l1Offset = header.u64be(40, 'L1 table offset')
    const l1Entries = unitsFor(virtualSize, 2 ** (clusterBits + l2Bits))
    if (l1Offset < LENGTH || !file.holds(l1Offset, l1Entries * 8)) {
      refuse('The qcow header has an L1 table that is not inside the file.')
    }
    const offset = header.u64be(8, 'backing file offset')
    const length = header.u32be(16)
    // The name stands before the L1 table, as QEMU writes it.
    const backingFile = offset === 0 ? null : backingNameAt(file, NAME, { offset, length, end: file.size })
    return { format: 'qcow', version: 1, virtualSize, encrypted: encryption === 1, backingFile }
  },
}
