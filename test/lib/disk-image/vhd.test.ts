import { describe, expect, test } from 'vitest'
import { be, fixture, inspect, latin1, type Patch, patched, refused, utf16 } from './byte-sources.ts'
import { sealedVhd, withChecksum } from './sealed-vhd.ts'

const dynamic = fixture('tiny.vhd')
const fixed = fixture('tiny-fixed.vhd')
const FIXED_FOOTER = fixed.length - 512
const HEADER = 512
const OK = { format: 'vhd', version: 1, virtualSize: 278528, encrypted: false, backingFile: null }

function sealedDynamic(...patches: Patch[]): Uint8Array {
  return sealedVhd(patched(dynamic, ...patches))
}

function sealedFixed(...patches: Patch[]): Uint8Array {
  return withChecksum(patched(fixed, ...patches), FIXED_FOOTER, 512, 64)
}

describe('dynamic VHD', () => {
  test.each<[string, string, ...Patch[]]>([
    ['version 2', 'The VHD footer is not of version 1.0.', [12, be(4, 0x00020000)]],
    ['no size', 'The VHD footer describes a disk of 0 bytes.', [28, latin1('win ')], [48, be(8, 0)]],
    [
      'over 2040 GiB',
      'The VHD footer describes a disk larger than 2040 GiB.',
      [28, latin1('win ')],
      [48, be(8, 2 ** 41)],
    ],
    ['disk type 5', 'The VHD footer has disk type 5, which is not 2, 3 or 4.', [60, be(4, 5)]],
    [
      'the type of a fixed disk',
      'The VHD footer is that of a fixed disk, but stands at the start of the file.',
      [60, be(4, 2)],
    ],
    [
      'a header beyond the end',
      'The file ends before the end of its VHD dynamic disk header.',
      [16, be(8, 2 ** 40)],
    ],
    [
      'a header elsewhere',
      'The VHD file has no dynamic disk header where its footer says.',
      [16, be(8, 1024)],
    ],
    [
      'header version 2',
      'The VHD dynamic disk header is not of version 1.0.',
      [HEADER + 24, be(4, 0x00020000)],
    ],
    [
      'blocks of 1000 bytes',
      'The VHD dynamic disk header has blocks of 1000 bytes, which cannot be.',
      [HEADER + 32, be(4, 1000)],
    ],
    [
      'no table entries',
      'The VHD block allocation table is too small for its disk.',
      [HEADER + 28, be(4, 0)],
    ],
    [
      'a table beyond the end',
      'The VHD block allocation table is not inside the file.',
      [HEADER + 16, be(8, 2 ** 40)],
    ],
    [
      'a table longer than the file',
      'The VHD block allocation table is not inside the file.',
      [HEADER + 28, be(4, 0xffffffff)],
    ],
  ])('with %s is refused', (_, reason, ...patches) => {
    expect(inspect(sealedDynamic(...patches))).toEqual(refused(reason))
  })

  test('with a wrong checksum of its footer is refused', () => {
    expect(inspect(dynamic, [80, be(1, 1)])).toEqual(
      refused('The checksum of the VHD footer does not match.'),
    )
  })

  test('with a wrong checksum of its header is refused', () => {
    expect(inspect(dynamic, [HEADER + 700, be(1, 1)])).toEqual(
      refused('The checksum of the VHD dynamic disk header does not match.'),
    )
  })

  test('without the copy of its footer at the start is refused', () => {
    expect(inspect(dynamic, [0, be(1, 0)])).toEqual(
      refused('The VHD footer is that of a dynamic disk, but has no copy at the start of the file.'),
    )
  })
})

describe('differencing VHD', () => {
  test('reports its parent', () => {
    const child = sealedDynamic([60, be(4, 4)], [HEADER + 64, utf16('parent disk é.vhd', 'be')])
    expect(inspect(child)).toEqual({ ok: true, image: { ...OK, backingFile: 'parent disk é.vhd' } })
  })

  test('without the name of its parent is refused', () => {
    expect(inspect(sealedDynamic([60, be(4, 4)]))).toEqual(
      refused('The VHD dynamic disk header says there is a backing file, but does not name it.'),
    )
  })
})

describe('fixed VHD', () => {
  test('without its last byte is refused as a raw disk of partial sectors', () => {
    expect(inspect(fixed.subarray(0, -1))).toEqual(
      refused('The file starts like a raw disk (boot sector), but its 279039 bytes are not whole sectors.'),
    )
  })

  test('larger than its file is refused', () => {
    const geometry: Patch = [FIXED_FOOTER + 56, be(2, 9)]
    expect(inspect(sealedFixed(geometry))).toEqual(
      refused('The VHD footer describes a fixed disk larger than the file.'),
    )
  })

  test('with a wrong checksum is refused and not read as a raw disk', () => {
    expect(inspect(fixed, [FIXED_FOOTER + 80, be(1, 1)])).toEqual(
      refused('The checksum of the VHD footer does not match.'),
    )
  })
})

describe('size of a VHD', () => {
  const smaller: Patch = [FIXED_FOOTER + 48, be(8, 262144)]

  test('is the current size of its footer', () => {
    expect(inspect(sealedFixed(smaller, [FIXED_FOOTER + 28, latin1('win ')]))).toEqual({
      ok: true,
      image: { ...OK, virtualSize: 262144 },
    })
  })

  test('is the size of the geometry for disks of Virtual PC and QEMU', () => {
    expect(inspect(sealedFixed(smaller, [FIXED_FOOTER + 28, latin1('vpc ')]))).toEqual({
      ok: true,
      image: OK,
    })
    expect(inspect(sealedFixed(smaller))).toEqual({ ok: true, image: OK })
  })

  test('is the current size of its footer without a geometry', () => {
    expect(inspect(sealedFixed(smaller, [FIXED_FOOTER + 56, be(4, 0)]))).toEqual({
      ok: true,
      image: { ...OK, virtualSize: 262144 },
    })
  })

  test('is the current size of its footer with the largest geometry', () => {
    const largest: Patch = [FIXED_FOOTER + 56, Uint8Array.of(0xff, 0xff, 16, 255)]
    expect(inspect(sealedFixed(smaller, largest))).toEqual({
      ok: true,
      image: { ...OK, virtualSize: 262144 },
    })
  })
})
