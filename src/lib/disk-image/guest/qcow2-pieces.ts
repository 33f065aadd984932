import { type HeaderBytes, refuse } from '../bounded-file.ts'
import type { PieceList } from './pieces.ts'
import type { DiskTables, PieceReader } from './tables.ts'

/** What the header of a qcow2 file says about its tables; lengths in bytes. */
export interface Qcow2Layout {
  version: number
  virtualSize: number
  clusterBits: number
  l1Offset: number
  /** True for entries of 16 bytes that describe 32 parts of a cluster each. */
  extended: boolean
  compression: 'deflate' | 'zstd'
}

/** The parts of a cluster that have an entry of 16 bytes. */
const SUBCLUSTERS = 32
/** Bits of the most significant half of an entry. */
const COMPRESSED = 2 ** 30
/** Bits of the least significant half. */
const ALL_ZEROS = 1
const OFFSET_LOW = 0xfffffe00
const OFFSET_HIGH = 0x00ffffff

/** Finds the clusters of a qcow2 disk: the L1 table has the places of L2 tables, which have those of the clusters. */
export function qcow2Pieces(layout: Qcow2Layout): PieceReader {
  const cluster = 2 ** layout.clusterBits
  const width = layout.extended ? 16 : 8
  const covers = cluster * (cluster / width)
  return async function* (tables) {
    const { pieces } = tables
    const l1Length = Math.ceil(layout.virtualSize / covers) * 8
    for await (const l1 of tables.windows(layout.l1Offset, l1Length, 'qcow2 L1 table')) {
      for (let at = 0; at < l1.length; at += 8) {
        const l2Offset = placeAt(l1, at)
        if (l2Offset % cluster !== 0) refuse('The qcow2 file has an L2 table that does not start a cluster.')
        if (l2Offset === 0) pieces.zero(covers)
        else yield* readL2(tables, layout, l2Offset)
      }
      yield pieces.take()
    }
  }
}

async function* readL2(tables: DiskTables, layout: Qcow2Layout, offset: number) {
  const { pieces } = tables
  const cluster = 2 ** layout.clusterBits
  const width = layout.extended ? 16 : 8
  for await (const table of tables.windows(offset, cluster, 'qcow2 L2 table')) {
    for (let at = 0; at < table.length && pieces.covered < layout.virtualSize; at += width) {
      if (table.u32be(at) & COMPRESSED) addCompressed(pieces, layout, table, at)
      else if (layout.extended) addSubclusters(pieces, layout, table, at)
      else addCluster(pieces, layout, table, at)
    }
    yield pieces.take()
  }
}

/** The place in the file that an entry names; 0 for none. */
function placeAt(table: HeaderBytes, at: number): number {
  return (table.u32be(at) & OFFSET_HIGH) * 2 ** 32 + ((table.u32be(at + 4) & OFFSET_LOW) >>> 0)
}

function addCluster(pieces: PieceList, layout: Qcow2Layout, table: HeaderBytes, at: number): void {
  const cluster = 2 ** layout.clusterBits
  const offset = clusterPlace(table, at, cluster)
  const isZero = (table.u32be(at + 4) & ALL_ZEROS) !== 0
  if (isZero && layout.version < 3) refuse('The qcow2 file of version 2 has a cluster of version 3.')
  if (isZero || offset === 0) pieces.zero(cluster)
  else pieces.plain(offset, cluster)
}

function clusterPlace(table: HeaderBytes, at: number, cluster: number): number {
  const offset = placeAt(table, at)
  if (offset % cluster !== 0) refuse('The qcow2 file has a cluster at a place that does not start one.')
  return offset
}

/** Of each part of the cluster one bit says that the file has it, and one that it is zeros. */
function addSubclusters(pieces: PieceList, layout: Qcow2Layout, table: HeaderBytes, at: number): void {
  const cluster = 2 ** layout.clusterBits
  const length = cluster / SUBCLUSTERS
  const offset = clusterPlace(table, at, cluster)
  const zeros = table.u32be(at + 8)
  const stored = table.u32be(at + 12)
  if (zeros & stored || (offset === 0 && stored !== 0)) {
    refuse('The qcow2 file contradicts itself on the parts of a cluster.')
  }
  for (let part = 0; part < SUBCLUSTERS; part++) {
    if ((stored >>> part) & 1) pieces.plain(offset + part * length, length)
    else pieces.zero(length)
  }
}

/** The entry has a place in bytes, and how many more sectors than the first one the packed bytes touch. */
function addCompressed(pieces: PieceList, layout: Qcow2Layout, table: HeaderBytes, at: number): void {
  const placeBits = BigInt(70 - layout.clusterBits)
  const entry = (BigInt(table.u32be(at) & 0x3fffffff) << 32n) | BigInt(table.u32be(at + 4))
  const offset = Number(entry & ((1n << placeBits) - 1n))
  const sectors = Number(entry >> placeBits) + 1
  pieces.packed(layout.compression, offset, sectors * 512 - (offset % 512), 2 ** layout.clusterBits)
}

/** What the header of a qcow file of version 1 says about its tables. */
export interface QcowLayout {
  virtualSize: number
  clusterBits: number
  l2Bits: number
  l1Offset: number
}

/** Finds the clusters of a disk of qcow version 1, whose places need not start a cluster of the file. */
export function qcowPieces({ virtualSize, clusterBits, l2Bits, l1Offset }: QcowLayout): PieceReader {
  const cluster = 2 ** clusterBits
  const covers = 2 ** (clusterBits + l2Bits)
  return async function* (tables) {
    const { pieces } = tables
    const l1Length = Math.ceil(virtualSize / covers) * 8
    for await (const l1 of tables.windows(l1Offset, l1Length, 'qcow L1 table')) {
      for (let at = 0; at < l1.length; at += 8) {
        const l2Offset = wholePlace(l1, at)
        if (l2Offset === 0) {
          pieces.zero(covers)
          continue
        }
        for await (const l2 of tables.windows(l2Offset, 2 ** l2Bits * 8, 'qcow L2 table')) {
          for (let entry = 0; entry < l2.length; entry += 8)
            addQcowCluster(pieces, cluster, clusterBits, l2, entry)
          yield pieces.take()
        }
      }
      yield pieces.take()
    }
  }
}

function wholePlace(table: HeaderBytes, at: number): number {
  return table.u32be(at) * 2 ** 32 + table.u32be(at + 4)
}

/** The first bit says that the cluster is compressed; the length of its packed bytes follows, then their place. */
function addQcowCluster(
  pieces: PieceList,
  cluster: number,
  clusterBits: number,
  table: HeaderBytes,
  at: number,
): void {
  if (table.u32be(at) < 2 ** 31) {
    const offset = wholePlace(table, at)
    if (offset === 0) pieces.zero(cluster)
    else pieces.plain(offset, cluster)
    return
  }
  const placeBits = BigInt(63 - clusterBits)
  const entry = (BigInt(table.u32be(at) & 0x7fffffff) << 32n) | BigInt(table.u32be(at + 4))
  pieces.packed('deflate', Number(entry & ((1n << placeBits) - 1n)), Number(entry >> placeBits), cluster)
}
