import { deflateRawSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeaderRefused } from '../../../src/lib/disk-image/bounded-file.ts'
import type { DiskFile } from '../../../src/lib/disk-image/byte-source.ts'
import { writeDisk } from '../../../src/lib/disk-image/convert.ts'
import { openGuestDisk } from '../../../src/lib/disk-image/guest/guest-disk.ts'
import { be, fixture, guardedSource, le, type Patch, patched } from './byte-sources.ts'
import { guestBytes, readAll } from './guest-bytes.ts'
import { collect, diskOf } from './made-disks.ts'

// Every source here throws on a read out of bounds, and that error fails the test: it is no HeaderRefused.

const NAMES = [
  'tiny-v2.qcow2',
  'tiny-v3.qcow2',
  'tiny.qcow',
  'tiny.qed',
  'tiny.vmdk',
  'tiny-stream.vmdk',
  'tiny.vhd',
  'tiny.vhdx.gz',
  'tiny.vdi',
  'guest/deflate.qcow2.gz',
  'guest/deflate.qcow.gz',
  'guest/zstd.qcow2.gz',
  'guest/extended.qcow2.gz',
  'guest/dynamic.vhd.gz',
  'guest/dynamic.vdi.gz',
]
const FILES = NAMES.map((name) => fixture(name))
const ZVHD = await collect(writeDisk(diskOf(fixture('guest/guest.raw.gz')), 'zvhd2'))
const someFile = fc.constantFrom(...FILES, ZVHD, ZVHD)

/** Places where headers, tables and packed bytes are: anywhere in the first 512 KiB, most at its start. */
const somePlace = fc.oneof(fc.nat(600), fc.nat(2 ** 17), fc.nat(2 ** 19))
const someValue = fc.oneof(
  fc.constantFrom(0n, 1n, 512n, 2n ** 16n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 20n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
)
const someField = fc
  .tuple(somePlace, fc.constantFrom(be, le), fc.constantFrom<(1 | 2 | 4 | 8)[]>(1, 2, 4, 8), someValue)
  .map(([offset, order, length, value]): Patch => {
    const place = length === 1 ? offset : offset - (offset % length)
    return [place, order(length, BigInt.asUintN(length * 8, value))]
  })

/** Reads a disk to its end, or up to a refusal with a printable reason. */
async function expectReadable(file: DiskFile): Promise<void> {
  try {
    const disk = openGuestDisk(file)
    expect(await readAll(disk)).toBe(disk.size)
  } catch (error) {
    if (!(error instanceof HeaderRefused)) throw error
    expect(error.message).toMatch(/^[A-Z][ -~]{5,300}\.$/)
  }
}

describe('a damaged file is read to its end or refused', () => {
  test('up to four fields of headers and tables are changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        someFile,
        fc.array(someField, { minLength: 1, maxLength: 4 }),
        async (bytes, patches) => {
          await expectReadable(guardedSource(bytes, { patches: inside(bytes, patches) }))
        },
      ),
      { numRuns: 400 },
    )
  })

  test('the file is cut', async () => {
    const cut = someFile.chain((bytes) => fc.tuple(fc.constant(bytes), fc.nat(bytes.length)))
    await fc.assert(
      fc.asyncProperty(cut, ([bytes, size]) => expectReadable(guardedSource(bytes, { size }))),
      { numRuns: 200 },
    )
  })

  test('the file shrinks after its size was read', async () => {
    const cut = someFile.chain((bytes) => fc.tuple(fc.constant(bytes), fc.nat(bytes.length)))
    await fc.assert(
      fc.asyncProperty(cut, ([bytes, has]) => expectReadable(guardedSource(bytes, { has }))),
      { numRuns: 200 },
    )
  })
})

test('a ZVHD file that is cut in zeros, so that they look like its end, is refused', async () => {
  const size = ZVHD.length - 9
  await expect(
    guestBytes(guardedSource(patched(ZVHD, [size - 8, new Uint8Array(8)]), { size })),
  ).rejects.toThrow('The file ends before the end of its ZVHD record.')
})

/** Patches that do not change the length of the file. */
function inside(bytes: Uint8Array, patches: readonly Patch[]): Patch[] {
  return patches.filter(([offset, patch]) => offset + patch.length <= bytes.length)
}

const CLUSTER = 65536
const L1 = 3 * CLUSTER
const L2 = 4 * CLUSTER
const DATA = 5 * CLUSTER
const ZSTD_HEADER: Patch[] = [
  [79, be(1, 8)],
  [100, be(4, 112)],
  [104, be(1, 1)],
]

/** A qcow2 file with an L1 table of `l1` at 3, an L2 table of `l2` at 4 and `data` at 5 clusters. */
function qcow2(size: number, l1: bigint[], l2: bigint[], data: Uint8Array): Uint8Array {
  const table = (entries: bigint[]) => Buffer.concat(entries.map((entry) => be(8, entry)))
  return patched(
    new Uint8Array(DATA + CLUSTER),
    [0, Buffer.from('QFI\xfb\0\0\0\x03', 'latin1')],
    [20, be(4, 16)],
    [24, be(8, size)],
    [36, be(4, l1.length)],
    [40, be(8, L1)],
    [48, be(8, CLUSTER)],
    [56, be(4, 1)],
    [96, be(4, 4)],
    [100, be(4, 104)],
    [L1, table(l1)],
    [L2, table(l2)],
    [DATA, data],
  )
}

const toL2 = 2n ** 63n + BigInt(L2)
/** The entry of a compressed cluster at `DATA`, with one more sector. */
const packedEntry = 2n ** 62n + (1n << 54n) + BigInt(DATA)

describe('a qcow2 file that lies is refused', () => {
  const packed = deflateRawSync(new Uint8Array(CLUSTER).fill(7))

  test('as its honest original is read', async () => {
    const bytes = await guestBytes(guardedSource(qcow2(CLUSTER, [toL2], [packedEntry], packed)))
    expect(bytes.every((byte) => byte === 7)).toBe(true)
  })

  test('when a compressed cluster unpacks to more than a cluster', async () => {
    const bomb = deflateRawSync(new Uint8Array(CLUSTER + 1).fill(7))
    await expect(guestBytes(guardedSource(qcow2(CLUSTER, [toL2], [packedEntry], bomb)))).rejects.toThrow(
      'The file has a compressed part that cannot be unpacked.',
    )
    const zstd = patched(
      qcow2(CLUSTER, [toL2], [packedEntry], zstdCompressSync(new Uint8Array(2 ** 24))),
      ...ZSTD_HEADER,
    )
    await expect(guestBytes(guardedSource(zstd))).rejects.toThrow(
      'The file has a compressed part that cannot be unpacked.',
    )
  })

  test('when a compressed cluster unpacks to less than a cluster', async () => {
    const short = deflateRawSync(new Uint8Array(CLUSTER - 1).fill(7))
    await expect(guestBytes(guardedSource(qcow2(CLUSTER, [toL2], [packedEntry], short)))).rejects.toThrow(
      'The file has a compressed part that is shorter than its cluster.',
    )
  })

  test('when many clusters of the disk share one cluster of the file', async () => {
    const size = 8192 * CLUSTER
    const many = new Array<bigint>(8192).fill(2n ** 63n + BigInt(DATA))
    await expect(guestBytes(guardedSource(qcow2(size, [toL2], many, packed)))).rejects.toThrow(
      'The tables of the file describe more data than the file has.',
    )
    const bombs = new Array<bigint>(8192).fill(packedEntry)
    await expect(guestBytes(guardedSource(qcow2(size, [toL2], bombs, packed)))).rejects.toThrow(
      'The tables of the file describe more data than the file has.',
    )
  })

  test('when its L1 table names one L2 table many times, before the disk of 4 TiB is read', async () => {
    const file = guardedSource(qcow2(2 ** 42, new Array<bigint>(8192).fill(toL2), [], packed))
    await expect(readAll(openGuestDisk(file))).rejects.toThrow(
      'The tables of the file describe more data than the file has.',
    )
  })

  test.each([
    [
      'an L2 table outside of the file',
      [2n ** 40n],
      [],
      'The file has a qcow2 L2 table that is not inside the file.',
    ],
    [
      'a cluster outside of the file',
      [toL2],
      [2n ** 40n],
      'The tables of the file describe data outside of the file.',
    ],
    [
      'an L2 table between clusters',
      [toL2 + 512n],
      [],
      'The qcow2 file has an L2 table that does not start a cluster.',
    ],
    [
      'a cluster between clusters',
      [toL2],
      [2n ** 63n + BigInt(DATA) + 512n],
      'The qcow2 file has a cluster at a place that does not start one.',
    ],
  ])('when it has %s', async (_, l1, l2, reason) => {
    await expect(guestBytes(guardedSource(qcow2(CLUSTER, l1, l2, packed)))).rejects.toThrow(reason)
  })
})

test('a blank disk of 16 TiB takes one extent for each window of its L1 table', async () => {
  const disk = openGuestDisk(
    guardedSource(qcow2(2 ** 44, new Array<bigint>(32768).fill(0n), [], new Uint8Array(0))),
  )
  let extents = 0
  for await (const { data } of disk.extents()) {
    expect(data).toBe(null)
    extents += 1
  }
  expect(extents).toBe(4)
})
