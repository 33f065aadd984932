import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type WrittenFormat, writeDisk } from '../../../src/lib/disk-image/convert.ts'
import { openGuestDisk } from '../../../src/lib/disk-image/guest/guest-disk.ts'
import { fixture, guardedSource, inspect, patched } from './byte-sources.ts'
import { guestBytes, readAll } from './guest-bytes.ts'
import { collect, diskOf, sparseDisk } from './made-disks.ts'

const FORMATS = ['raw', 'qcow2', 'vhd', 'vmdk', 'zvhd', 'zvhd2'] as const satisfies WrittenFormat[]
const GUEST = fixture('guest/guest.raw.gz')
const MIB = 2 ** 20
const GIB = 2 ** 30

/** A disk of whole sectors, zero but for some runs of one byte and some of noise. */
const someDisk = fc
  .record({
    sectors: fc.integer({ min: 1, max: 10_000 }),
    runs: fc.array(fc.tuple(fc.nat(10_000 * 512), fc.nat(300_000), fc.nat(255)), { maxLength: 4 }),
    noise: fc.array(fc.tuple(fc.nat(10_000 * 512), fc.uint8Array({ maxLength: 600 })), { maxLength: 4 }),
  })
  .map(({ sectors, runs, noise }) => {
    const bytes = new Uint8Array(sectors * 512)
    for (const [at, length, value] of runs) bytes.fill(value, at, at + length)
    for (const [at, some] of noise)
      bytes.set(some.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length))
    // A footer or magic of another format would be read as that format.
    bytes.fill(0, 0, 512)
    bytes.fill(0, bytes.length - 512)
    return bytes
  })

describe('a disk that is written', () => {
  test.each(FORMATS)('as %s is read again with the same bytes', async (format) => {
    await fc.assert(
      fc.asyncProperty(someDisk, async (bytes) => {
        const file = await collect(writeDisk(diskOf(bytes), format))
        expect(Buffer.compare(await guestBytes(guardedSource(file), 'disk.raw'), bytes)).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  test.each(FORMATS.filter((format) => format !== 'raw'))(
    'as %s is inspected as that format, with its size and the same bytes every time',
    async (format) => {
      const file = await collect(writeDisk(diskOf(GUEST), format))
      const again = await collect(
        writeDisk(openGuestDisk(guardedSource(fixture('guest/zstd.qcow2.gz'))), format),
      )
      expect(inspect(file)).toMatchObject({
        ok: true,
        image: { format, virtualSize: GUEST.length, encrypted: false, backingFile: null },
      })
      expect(Buffer.compare(file, again)).toBe(0)
    },
  )

  test.each([
    ['qcow2', 'a92ed5fd892bd39ae6124cb13745d191'],
    ['vhd', '5ff6f674169d609a248f380fcd25e4e2'],
    ['vmdk', 'd5d033e7a0ca5903c1b314090359ba30'],
  ] as const)('as %s has the bytes that qemu-img was seen to read', async (format, md5) => {
    const file = await collect(writeDisk(diskOf(GUEST), format))
    expect(createHash('md5').update(file).digest('hex')).toBe(md5)
  })
})

test('zeros are left out of every format but raw', async () => {
  const blank = sparseDisk(100 * MIB, [])
  const sizes = await Promise.all(
    FORMATS.map(async (format) => (await collect(writeDisk(blank, format))).length),
  )
  expect(sizes).toEqual([100 * MIB, 4 * 65536, 512 + 1024 + 512 + 512, 65536, 512 + 16, 512 + 16])
})

describe('a disk of 60 GiB with data in four places', () => {
  const size = 60 * GIB + 1536
  const data = [0, 512 * MIB - 1024, 30 * GIB + 7 * 512, size - 2048].map(
    (offset, place) => [offset, new Uint8Array(2048).fill(place + 1)] as const,
  )

  test.each(FORMATS.filter((format) => format !== 'raw'))('is read again from %s', async (format) => {
    const file = await collect(writeDisk(sparseDisk(size, data), format))
    const disk = openGuestDisk(guardedSource(file))
    expect(disk.size).toBe(size)
    const found = new Map<number, number>()
    const end = await readAll(disk, (offset, bytes) => {
      for (const [index, byte] of bytes.entries()) if (byte !== 0) found.set(offset + index, byte)
    })
    expect(end).toBe(size)
    const expected = data.flatMap(([offset, bytes]) =>
      [...bytes].map((byte, index) => [offset + index, byte]),
    )
    expect([...found]).toEqual(expected)
  })
})

test('a disk of more than 2040 GiB is refused for VHD', async () => {
  await expect(collect(writeDisk(sparseDisk(2041 * GIB, []), 'vhd'))).rejects.toThrow(
    'The disk is larger than the 2040 GiB that a VHD holds.',
  )
})

test('a disk that changes between the two readings is no file with a lie in it, but an error', async () => {
  let readings = 0
  const changing = sparseDisk(GIB, [])
  const disk = {
    ...changing,
    extents: () => sparseDisk(GIB, readings++ === 0 ? [] : [[0, new Uint8Array(512).fill(1)]]).extents(),
  }
  await expect(collect(writeDisk(disk, 'qcow2'))).rejects.toThrow(
    'the file of a disk changed while it was converted',
  )
})

test('a ZVHD file that is cut, or goes on behind its end, is refused', async () => {
  const file = await collect(writeDisk(diskOf(GUEST), 'zvhd2'))
  expect(inspect(file.subarray(0, file.length - 1))).toMatchObject({ ok: false })
  const longer = patched(file, [file.length, file.subarray(-16)])
  await expect(guestBytes(guardedSource(longer))).rejects.toThrow(
    'The ZVHD file goes on behind its last record.',
  )
})
