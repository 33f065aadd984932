import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ByteSource, inspectDiskImage } from '../../../src/lib/disk-image/inspect.ts'
import { crc32c } from '../../../src/lib/disk-image/vhdx.ts'
import { be, fixture, guardedSource, latin1, le, type Patch, patched } from './byte-sources.ts'
import { sealedVhd } from './sealed-vhd.ts'

// Every source here throws on a read out of bounds, and an inspection throws what its source throws.

const NAMES = [
  'tiny-v2.qcow2',
  'tiny-v3.qcow2',
  'two-gib.qcow2',
  'encrypted.qcow2.gz',
  'overlay.qcow2',
  'tiny.qcow',
  'overlay.qcow',
  'tiny.qed',
  'overlay.qed',
  'tiny.vmdk',
  'tiny-stream.vmdk',
  'overlay.vmdk',
  'flat-descriptor.vmdk',
  'tiny.vhd',
  'tiny-fixed.vhd',
  'tiny.vhdx.gz',
  'tiny.vdi',
  'tiny.iso',
  'tiny.raw',
  'not-a-disk.txt',
]
const FILES = new Map(NAMES.map((name) => [name, fixture(name)]))
const someFile = fc.constantFrom(...FILES.values())

/** Numbers that overflow sums and products, or change signs. */
const someValue = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 46n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
)
const someField = fc
  .tuple(fc.nat(4095), fc.constantFrom(be, le), fc.constantFrom<(1 | 2 | 4 | 8)[]>(1, 2, 4, 8), someValue)
  .map(([offset, order, length, value]): Patch => [offset, order(length, BigInt.asUintN(length * 8, value))])

/** Expects a result with a printable reason, or with a disk of a possible size and name, for any file. */
function expectValidResult(source: ByteSource): void {
  const inspection = inspectDiskImage(source)
  if (!inspection.ok) {
    expect(inspection.reason).toMatch(/^[A-Z][ -~]{5,300}\.$/)
    return
  }
  const { virtualSize, backingFile } = inspection.image
  expect(Number.isSafeInteger(virtualSize) && virtualSize > 0 && virtualSize <= 2 ** 46).toBe(true)
  expect(backingFile === null || (backingFile.length > 0 && backingFile.length <= 1023)).toBe(true)
}

describe('truncated file is inspected without an error', () => {
  test.each(NAMES)('%s cut at each of the first 600 bytes and at 200 later places', (name) => {
    const bytes = FILES.get(name) ?? new Uint8Array(0)
    const step = Math.max(512, Math.ceil(bytes.length / 200 / 512) * 512)
    for (let size = 0; size <= Math.min(600, bytes.length); size++)
      expectValidResult(guardedSource(bytes, { size }))
    for (let size = step; size < bytes.length; size += step) {
      for (const near of [size - 1, size, size + 1]) expectValidResult(guardedSource(bytes, { size: near }))
    }
    expectValidResult(guardedSource(bytes, { size: bytes.length - 1 }))
  })

  test('any file cut at any place', () => {
    const cut = someFile.chain((bytes) => fc.tuple(fc.constant(bytes), fc.nat(bytes.length)))
    fc.assert(
      fc.property(cut, ([bytes, size]) => expectValidResult(guardedSource(bytes, { size }))),
      { numRuns: 1000 },
    )
  })

  test('any file that shrinks after its size was read', () => {
    const cut = someFile.chain((bytes) => fc.tuple(fc.constant(bytes), fc.nat(bytes.length)))
    fc.assert(
      fc.property(cut, ([bytes, has]) => expectValidResult(guardedSource(bytes, { has }))),
      { numRuns: 1000 },
    )
  })
})

describe('corrupted header is inspected without an error', () => {
  test('one byte of the first 4 KiB is changed', () => {
    fc.assert(
      fc.property(someFile, fc.nat(4095), fc.nat(255), (bytes, offset, value) =>
        expectValidResult(guardedSource(bytes, { patches: [[offset, Uint8Array.of(value)]] })),
      ),
      { numRuns: 4000 },
    )
  })

  test('up to four fields of the first 4 KiB are changed', () => {
    const near = fc.tuple(fc.nat(127), someField).map(([offset, [, bytes]]): Patch => [offset, bytes])
    fc.assert(
      fc.property(
        someFile,
        fc.array(fc.oneof(near, someField), { minLength: 1, maxLength: 4 }),
        (bytes, patches) => expectValidResult(guardedSource(bytes, { patches })),
      ),
      { numRuns: 4000 },
    )
  })

  test('fields of a VHD are changed and its checksums corrected', () => {
    const whole = fixture('tiny.vhd')
    const field = someField.map(([offset, bytes]): Patch => [offset % 1500, bytes])
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 3 }), fc.constantFrom(3, 4), (fields, type) => {
        const bytes = sealedVhd(patched(whole, [60, be(4, type)], ...fields))
        expectValidResult(guardedSource(bytes))
      }),
      { numRuns: 1500 },
    )
  })

  test('regions and metadata of a VHDX are changed and its checksums corrected', () => {
    const whole = fixture('tiny.vhdx.gz')
    const table = whole.subarray(196608, 196608 + 65536)
    const metadata = 3 * 2 ** 20
    const fields = fc.array(someField, { maxLength: 2 })
    fc.assert(
      fc.property(fields, fields, fields, (regions, entries, items) => {
        const changed = patched(table, ...regions.map(([offset, bytes]): Patch => [offset % 96, bytes]))
        const patches: Patch[] = [
          [196608, regions.length > 0 ? patched(changed, [4, le(4, crc32c(changed, 4))]) : table],
          ...entries.map(([offset, bytes]): Patch => [metadata + (offset % 224), bytes]),
          ...items.map(([offset, bytes]): Patch => [metadata + 65536 + (offset % 48), bytes]),
        ]
        expectValidResult(guardedSource(whole, { patches }))
      }),
      { numRuns: 300 },
    )
  })
})

describe('random file is inspected without an error', () => {
  const magics = [
    '',
    'QFI\xfb\0\0\0\x01',
    'QFI\xfb\0\0\0\x03',
    'QED\0',
    'KDMV',
    'COWD',
    '# Disk DescriptorFile\n',
  ]
  const someMagic = fc.constantFrom(...magics, 'vhdxfile', 'conectix', 'LUKS\xba\xbe')

  test('random bytes alone or after the magic of any format', () => {
    fc.assert(
      fc.property(someMagic, fc.uint8Array({ maxLength: 2048 }), (magic, noise) =>
        expectValidResult(guardedSource(patched(noise, [0, latin1(magic)]))),
      ),
      { numRuns: 2000 },
    )
  })

  test('any file that claims a size up to 2^53', () => {
    fc.assert(
      fc.property(someFile, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes, size) =>
        expectValidResult(guardedSource(bytes, { size, has: bytes.length })),
      ),
      { numRuns: 1000 },
    )
  })
})
