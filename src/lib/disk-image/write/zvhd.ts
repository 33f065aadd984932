import { constants, zstdCompressSync } from 'node:zlib'
import { chunkMemory } from '../../chunk-memory.ts'
import type { GuestDisk } from '../guest/guest-disk.ts'
import { BLOCK_SIZE, HEADER_LENGTH, KIND, MAGIC, RECORD_LENGTH, VERSION, type ZvhdFormat } from '../zvhd.ts'
import { readBlocks } from './blocks.ts'

/** A fast level: exports are converted while a client waits. */
const LEVEL = 1
/** Bytes that packing adds at most to a block that cannot be packed: one piece of memory holds the result. */
const ROOM = 16 * 1024

/** Writes this emulator's own container of compressed blocks, in one pass; `../zvhd.ts` describes and reads it. */
export async function* writeZvhd(disk: GuestDisk, format: ZvhdFormat): AsyncGenerator<Uint8Array> {
  const header = Buffer.alloc(HEADER_LENGTH)
  header.write(MAGIC, 0)
  header.writeUInt32BE(VERSION[format], 8)
  header.writeUInt32BE(BLOCK_SIZE[format], 12)
  header.writeBigUInt64BE(BigInt(disk.size), 16)
  yield header
  const collectChunks = chunkMemory()
  let blocks = 0
  for await (const { index, bytes } of readBlocks(disk, BLOCK_SIZE[format])) {
    const packed = zstdCompressSync(bytes, {
      chunkSize: bytes.length + ROOM,
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    })
    const isSmaller = packed.length < bytes.length
    const stored = isSmaller ? packed : bytes
    yield makeRecord(index, stored.length, isSmaller ? KIND.zstd : KIND.plain)
    yield stored
    blocks += 1
    collectChunks(bytes)
    collectChunks(packed)
  }
  yield makeRecord(blocks, 0, KIND.end)
}

function makeRecord(index: number, length: number, kind: number): Uint8Array {
  const record = Buffer.alloc(RECORD_LENGTH)
  record.writeBigUInt64BE(BigInt(index), 0)
  record.writeUInt32BE(length, 8)
  record.writeUInt32BE(kind, 12)
  return record
}
