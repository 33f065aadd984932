import { describe, expect, test } from 'vitest'
import { crc32c } from '../../../src/lib/disk-image/vhdx.ts'
import { fixture, inspect, latin1, le, type Patch, patched, refused } from './byte-sources.ts'

const MIB = 2 ** 20
const whole = fixture('tiny.vhdx.gz')
const OK = { format: 'vhdx', version: 1, virtualSize: 262144, encrypted: false, backingFile: null }

// Places in the fixture, as qemu-img chose them: entries of 32 bytes for block table and metadata, then five of metadata.
const HEADERS = [65536, 131072]
const REGION_TABLES = [196608, 262144]
const METADATA = 3 * MIB
const ITEMS = METADATA + 65536
const PARAMETERS_ENTRY = METADATA + 32
const SIZE_ENTRY = METADATA + 64
const NEXT_ENTRY = METADATA + 192

const UNKNOWN_ID = Uint8Array.from({ length: 16 }, () => 0x11)
const UNKNOWN = '11111111-1111-1111-1111-111111111111'

/** Patches both region tables (offsets in the table) and corrects their checksums. */
function regionTables(...patches: Patch[]): Patch[] {
  const table = patched(whole.subarray(196608, 196608 + 65536), ...patches)
  const sealed = patched(table, [4, le(4, crc32c(table, 4))])
  return REGION_TABLES.map((place) => [place, sealed])
}

describe('headers of a VHDX', () => {
  test('are read from the second copy when the first is damaged', () => {
    expect(inspect(whole, [HEADERS[0] ?? 0, latin1('x')])).toEqual({ ok: true, image: OK })
  })

  test('are refused when both copies are damaged', () => {
    const damage = HEADERS.map((place): Patch => [place + 100, latin1('x')])
    expect(inspect(whole, ...damage)).toEqual(
      refused('The VHDX file has no header with the right signature and checksum.'),
    )
  })

  test('are refused with another version', () => {
    const header = patched(whole.subarray(65536, 65536 + 4096), [66, le(2, 2)])
    expect(inspect(whole, [65536, patched(header, [4, le(4, crc32c(header, 4))])])).toEqual(
      refused('The VHDX header has version 2, which is not 1.'),
    )
  })
})

describe('region tables of a VHDX', () => {
  test('are read from the second copy when the first is damaged', () => {
    expect(inspect(whole, [(REGION_TABLES[0] ?? 0) + 4, le(4, 0)])).toEqual({ ok: true, image: OK })
  })

  test('are refused when both copies are damaged', () => {
    const damage = REGION_TABLES.map((place): Patch => [place + 4, le(4, 0)])
    expect(inspect(whole, ...damage)).toEqual(
      refused('The VHDX file has no region table with the right signature and checksum.'),
    )
  })

  test.each<[string, string, ...Patch[]]>([
    ['2048 entries', 'The VHDX region table has 2048 entries, which is over 2047.', [8, le(4, 2048)]],
    ['no metadata', 'The VHDX region table has no region for the metadata.', [8, le(4, 1)]],
    [
      'no block table',
      'The VHDX region table has no region for the block allocation table.',
      [16, UNKNOWN_ID],
    ],
    [
      'an unknown region that is required',
      `The VHDX file requires region {${UNKNOWN}}, which is not known.`,
      [16, UNKNOWN_ID],
      [44, le(4, 1)],
    ],
    [
      'the metadata twice',
      'The VHDX region table has region {8b7ca206-4790-4b9a-b8fe-575f050f886e} twice.',
      [16, whole.subarray(196608 + 48, 196608 + 64)],
    ],
    [
      'a region at half a MiB',
      'The VHDX region table has a region that is not made of whole MiB.',
      [64, le(8, 2.5 * MIB)],
    ],
    [
      'a region of 0 bytes',
      'The VHDX region table has a region that is not made of whole MiB.',
      [72, le(4, 0)],
    ],
    [
      'a region of half a MiB',
      'The VHDX region table has a region that is not made of whole MiB.',
      [72, le(4, MIB / 2)],
    ],
    [
      'a region over the headers',
      'The VHDX region table has a region that is not made of whole MiB.',
      [64, le(8, 0)],
    ],
    [
      'a region beyond the end',
      'The VHDX region table has a region that is not inside the file.',
      [64, le(8, 9 * MIB)],
    ],
    [
      'an offset over 2^53',
      'The region offset in the VHDX region table is over 2^53.',
      [64, le(8, 2n ** 63n)],
    ],
  ])('with %s are refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...regionTables(...patches))).toEqual(refused(reason))
  })
})

test('2047 regions, the first directly behind the headers, are accepted', () => {
  expect(inspect(whole, ...regionTables([8, le(4, 2047)], [32, le(8, MIB)]))).toEqual({ ok: true, image: OK })
})

describe('metadata of a VHDX', () => {
  test.each<[string, string, ...Patch[]]>([
    [
      'no signature',
      'The VHDX file has no metadata table where its region table says.',
      [METADATA, latin1('x')],
    ],
    [
      '2048 entries',
      'The VHDX metadata table has 2048 entries, which is over 2047.',
      [METADATA + 10, le(2, 2048)],
    ],
    [
      'no disk size',
      'The VHDX metadata table has no disk size of 8 bytes.',
      [SIZE_ENTRY, UNKNOWN_ID],
      [SIZE_ENTRY + 24, le(4, 0)],
    ],
    [
      'a disk size of 4 bytes',
      'The VHDX metadata table has no disk size of 8 bytes.',
      [SIZE_ENTRY + 20, le(4, 4)],
    ],
    [
      'an unknown item that is required',
      `The VHDX file requires metadata {${UNKNOWN}}, which is not known.`,
      [SIZE_ENTRY, UNKNOWN_ID],
    ],
    [
      'the disk size twice',
      'The VHDX metadata table has item {2fa54224-cd1b-4876-b211-5dbed83bf4b8} twice.',
      [PARAMETERS_ENTRY, whole.subarray(SIZE_ENTRY, SIZE_ENTRY + 16)],
    ],
    [
      'an item in the table',
      'The VHDX metadata table has item {2fa54224-cd1b-4876-b211-5dbed83bf4b8} outside the part of its region that is for items.',
      [SIZE_ENTRY + 16, le(4, 32)],
    ],
    [
      'an item behind its region',
      'The VHDX metadata table has item {2fa54224-cd1b-4876-b211-5dbed83bf4b8} outside the part of its region that is for items.',
      [SIZE_ENTRY + 16, le(4, MIB - 4)],
    ],
    [
      'blocks of 3 MiB',
      'The VHDX metadata has blocks of 3145728 bytes, which cannot be.',
      [ITEMS, le(4, 3 * MIB)],
    ],
    [
      'blocks of half a MiB',
      'The VHDX metadata has blocks of 524288 bytes, which cannot be.',
      [ITEMS, le(4, MIB / 2)],
    ],
    [
      'sectors of 1024 bytes',
      'The VHDX metadata has sectors of 1024 bytes, which is not 512 or 4096.',
      [ITEMS + 32, le(4, 1024)],
    ],
    ['a disk of 0 bytes', 'The VHDX metadata describes a disk of 0 bytes.', [ITEMS + 8, le(8, 0)]],
    [
      'half a sector',
      'The VHDX metadata has a disk of 262400 bytes, not whole sectors.',
      [ITEMS + 8, le(8, 262400)],
    ],
    [
      'over 64 TiB',
      'The VHDX metadata describes a disk larger than 64 TiB.',
      [ITEMS + 8, le(8, 2 ** 46 + 512)],
    ],
    [
      'more blocks than the table has',
      'The VHDX block allocation table is too small for its disk.',
      [ITEMS + 8, le(8, 2 ** 40)],
    ],
    [
      'a parent without a locator',
      'The VHDX disk has a parent, but no parent locator.',
      [ITEMS + 4, le(4, 2)],
    ],
  ])('with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })

  test.each<[string, Patch]>([
    ['2047 entries', [METADATA + 10, le(2, 2047)]],
    ['blocks of 256 MiB', [ITEMS, le(4, 256 * MIB)]],
    ['an item at the end of its region', [SIZE_ENTRY + 16, le(4, MIB - 8)]],
  ])('with %s is accepted', (_, patch) => {
    expect(inspect(whole, patch, [METADATA + MIB - 8, le(8, 262144)])).toEqual({ ok: true, image: OK })
  })

  test('with a block table of exactly the required entries, one bitmap entry per 4096 blocks, is accepted', () => {
    expect(inspect(whole, [ITEMS + 8, le(8, 131041 * MIB)])).toEqual({
      ok: true,
      image: { ...OK, virtualSize: 131041 * MIB },
    })
    expect(inspect(whole, [ITEMS + 8, le(8, 131042 * MIB)])).toEqual(
      refused('The VHDX block allocation table is too small for its disk.'),
    )
  })

  test('with an unknown optional item is accepted', () => {
    const patches: Patch[] = [
      [METADATA + 10, le(2, 6)],
      [NEXT_ENTRY, UNKNOWN_ID],
    ]
    expect(inspect(whole, ...patches)).toEqual({ ok: true, image: OK })
  })
})

test('crc32c returns the check value of its definition', () => {
  expect(crc32c(latin1('123456789'), 9)).toBe(0xe3069283)
})
