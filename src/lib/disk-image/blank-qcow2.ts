import { unitsFor } from './image.ts'

// The layout is QEMU's docs/interop/qcow2.txt; all numbers have the most significant byte first.
const CLUSTER_BITS = 16
const CLUSTER = 2 ** CLUSTER_BITS
/** What one L1 entry covers: an L2 table of one cluster, 8 bytes for each cluster of the disk. */
const L1_ENTRY_COVERS = CLUSTER * (CLUSTER / 8)
const HEADER_LENGTH = 104
/** Reference counts of 2^4 bits, as QEMU makes them. */
const REFCOUNT_ORDER = 4

/** Where the parts of the file stand, in clusters: header, refcount table, its only block, L1 table. */
const REFCOUNT_TABLE = 1
const REFCOUNT_BLOCK = 2
const L1_TABLE = 3

/** A qcow2 file (version 3) that holds a disk of this many bytes on which nothing has ever been written. */
export function blankQcow2(virtualSize: number): Uint8Array {
  const l1Entries = Math.max(1, unitsFor(virtualSize, L1_ENTRY_COVERS))
  const clusters = L1_TABLE + unitsFor(l1Entries * 8, CLUSTER)
  const file = Buffer.alloc(clusters * CLUSTER)
  file.write('QFI\xfb', 0, 'latin1')
  file.writeUInt32BE(3, 4)
  file.writeUInt32BE(CLUSTER_BITS, 20)
  file.writeBigUInt64BE(BigInt(virtualSize), 24)
  file.writeUInt32BE(l1Entries, 36)
  file.writeBigUInt64BE(BigInt(L1_TABLE * CLUSTER), 40)
  file.writeBigUInt64BE(BigInt(REFCOUNT_TABLE * CLUSTER), 48)
  file.writeUInt32BE(1, 56)
  file.writeUInt32BE(REFCOUNT_ORDER, 96)
  file.writeUInt32BE(HEADER_LENGTH, 100)
  file.writeBigUInt64BE(BigInt(REFCOUNT_BLOCK * CLUSTER), REFCOUNT_TABLE * CLUSTER)
  for (let cluster = 0; cluster < clusters; cluster++)
    file.writeUInt16BE(1, REFCOUNT_BLOCK * CLUSTER + cluster * 2)
  return file
}
