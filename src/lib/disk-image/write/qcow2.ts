import type { GuestDisk } from '../guest/guest-disk.ts'
import { BlockMap, mapBlocks, mappedBlocks } from './blocks.ts'
import { makeTable, padding } from './table.ts'

// The layout is QEMU's docs/interop/qcow2.txt: header, reference counts, L1 table, L2 tables, clusters with data.
const CLUSTER_BITS = 16
const CLUSTER = 2 ** CLUSTER_BITS
const ENTRIES = CLUSTER / 8
/** Reference counts have 2^4 bits, as QEMU makes them. */
const REFCOUNT_ORDER = 4
const REFCOUNTS = CLUSTER / 2
const HEADER_LENGTH = 104
/** Says that nothing else refers to the same cluster, so it may be written in place. */
const COPIED = 2n ** 63n

/** Writes a qcow2 file of version 3, without the clusters that are all zeros. */
export async function* writeQcow2(disk: GuestDisk): AsyncGenerator<Uint8Array> {
  const map = await mapBlocks(disk, CLUSTER)
  yield* qcow2Tables(disk.size, map)
  yield* mappedBlocks(disk, map)
}

/**
 * Makes a qcow2 file with an empty disk of `virtualSize` bytes.
 *
 * @example blankQcow2(40 * 2 ** 30) // 256 KiB that describe a disk of 40 GiB
 */
export function blankQcow2(virtualSize: number): Uint8Array {
  return Buffer.concat([...qcow2Tables(virtualSize, new BlockMap(virtualSize, CLUSTER))])
}

/** Makes everything that comes before the data. */
function* qcow2Tables(virtualSize: number, map: BlockMap): Generator<Uint8Array> {
  const l1Entries = Math.max(1, Math.ceil(map.blocks / ENTRIES))
  const l2Spans = spansWithData(map, l1Entries)
  const l1Clusters = Math.ceil((l1Entries * 8) / CLUSTER)
  const refcounts = planRefcounts(1 + l1Clusters + l2Spans.length + map.stored)
  const l1 = 1 + refcounts.tableClusters + refcounts.blocks
  const l2 = l1 + l1Clusters
  const data = l2 + l2Spans.length
  yield header({ virtualSize, l1Entries, l1Offset: l1 * CLUSTER, tableClusters: refcounts.tableClusters })
  yield* makeRefcounts(refcounts)
  yield* makeL1(l1Entries, l2Spans, l2)
  let rank = 0
  for (const span of l2Spans) {
    const form = {
      width: 8,
      order: 'big-endian',
      entries: ENTRIES,
      stored: (place: number) => COPIED + BigInt((data + place) * CLUSTER),
    } as const
    rank = yield* makeTable(map, form, span * ENTRIES, rank)
  }
}

/** Finds the entries of the L1 table that need an L2 table. */
function spansWithData(map: BlockMap, l1Entries: number): number[] {
  const spans: number[] = []
  for (let span = 0; span < l1Entries; span++) {
    if (map.hasAny(span * ENTRIES, Math.min((span + 1) * ENTRIES, map.blocks))) spans.push(span)
  }
  return spans
}

interface Header {
  virtualSize: number
  l1Entries: number
  l1Offset: number
  tableClusters: number
}

function header({ virtualSize, l1Entries, l1Offset, tableClusters }: Header): Uint8Array {
  const cluster = Buffer.alloc(CLUSTER)
  cluster.write('QFI\xfb', 0, 'latin1')
  cluster.writeUInt32BE(3, 4)
  cluster.writeUInt32BE(CLUSTER_BITS, 20)
  cluster.writeBigUInt64BE(BigInt(virtualSize), 24)
  cluster.writeUInt32BE(l1Entries, 36)
  cluster.writeBigUInt64BE(BigInt(l1Offset), 40)
  cluster.writeBigUInt64BE(BigInt(CLUSTER), 48)
  cluster.writeUInt32BE(tableClusters, 56)
  cluster.writeUInt32BE(REFCOUNT_ORDER, 96)
  cluster.writeUInt32BE(HEADER_LENGTH, 100)
  return cluster
}

/** How many clusters the reference counts of a file need, their own included. */
interface Refcounts {
  /** Clusters of the whole file. */
  clusters: number
  tableClusters: number
  blocks: number
}

function planRefcounts(others: number): Refcounts {
  let blocks = 1
  for (;;) {
    const tableClusters = Math.ceil((blocks * 8) / CLUSTER)
    const clusters = others + tableClusters + blocks
    const needed = Math.ceil(clusters / REFCOUNTS)
    if (needed <= blocks) return { clusters, tableClusters, blocks }
    blocks = needed
  }
}

/** Each cluster of the file has one reference. The table has the places of the blocks, which follow it. */
function* makeRefcounts({ clusters, tableClusters, blocks }: Refcounts): Generator<Uint8Array> {
  const table = Buffer.alloc(tableClusters * CLUSTER)
  for (let block = 0; block < blocks; block++) {
    table.writeBigUInt64BE(BigInt((1 + tableClusters + block) * CLUSTER), block * 8)
  }
  yield table
  for (let block = 0; block < blocks; block++) {
    const counts = Buffer.alloc(CLUSTER)
    const used = Math.min(REFCOUNTS, clusters - block * REFCOUNTS)
    for (let cluster = 0; cluster < used; cluster++) counts.writeUInt16BE(1, cluster * 2)
    yield counts
  }
}

function* makeL1(l1Entries: number, l2Spans: readonly number[], l2: number): Generator<Uint8Array> {
  const table = Buffer.alloc(l1Entries * 8)
  for (const [place, span] of l2Spans.entries()) {
    table.writeBigUInt64BE(COPIED + BigInt((l2 + place) * CLUSTER), span * 8)
  }
  yield table
  yield* padding(table.length, CLUSTER)
}
