import { describe, expect, test } from 'vitest'
import { fixture, inspect, latin1, le, type Patch, patched, refused } from './byte-sources.ts'

const SECTOR = 512
const whole = fixture('tiny.vmdk')
const OK = { format: 'vmdk', version: 1, virtualSize: 262144, encrypted: false, backingFile: null }

/** Replaces the descriptor of the fixture, which has 20 sectors from sector 1 on. */
function described(...lines: string[]): Patch {
  const text = ['# Disk DescriptorFile', ...lines].join('\n')
  return [SECTOR, latin1(text.padEnd(20 * SECTOR, '\0'))]
}

const EXTENT = 'RW 512 SPARSE "any.vmdk"'

describe('header of a sparse VMDK', () => {
  test.each<[string, string, ...Patch[]]>([
    ['version 4', 'The VMDK header has version 4, which is not 1 to 3.', [4, le(4, 4)]],
    ['no capacity', 'The VMDK header describes a disk of 0 bytes.', [12, le(8, 0)]],
    ['over 64 TiB', 'The VMDK header describes a disk larger than 64 TiB.', [12, le(8, 2 ** 37 + 1)]],
    ['over 2^53 sectors', 'The capacity in the VMDK header is over 2^53.', [12, le(8, 2n ** 53n)]],
    ['grains of 4 sectors', 'The VMDK header has grains of 4 sectors, which cannot be.', [20, le(8, 4)]],
    [
      'grains of 100 sectors',
      'The VMDK header has grains of 100 sectors, which cannot be.',
      [20, le(8, 100)],
    ],
    [
      'no table entries',
      'The VMDK header has grain tables of 0 entries, which is not in 1 to 512.',
      [44, le(4, 0)],
    ],
    [
      'directory beyond the end',
      'The VMDK header has a grain directory that is not inside the file.',
      [56, le(8, 2 ** 30)],
    ],
    [
      'redundant directory beyond the end',
      'The VMDK header has a grain directory that is not inside the file.',
      [48, le(8, 2 ** 30)],
    ],
    [
      'line ends changed on the way',
      'The VMDK file was damaged by a transfer that changed line ends.',
      [73, latin1('\n \n\n')],
    ],
    [
      'a compression without its flag',
      'The VMDK header contradicts itself on how grains are compressed.',
      [77, le(2, 1)],
    ],
    [
      'no descriptor',
      'The VMDK file has no descriptor: it is one part of a disk split into several files.',
      [28, le(8, 0)],
    ],
    [
      'a descriptor beyond the end',
      'The file ends before the end of its VMDK descriptor.',
      [28, le(8, 2 ** 40)],
    ],
    ['a descriptor of 65 KiB', 'The VMDK descriptor is longer than 64 KiB.', [36, le(8, 130)]],
    [
      'a descriptor elsewhere',
      'The VMDK file has no disk descriptor where its header says.',
      [28, le(8, 21)],
    ],
    [
      'an empty descriptor',
      'The VMDK file has no descriptor: it is one part of a disk split into several files.',
      [SECTOR, le(1, 0)],
    ],
  ])('with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })

  test('may have an invalid redundant directory without the flag for it', () => {
    expect(inspect(whole, [8, le(4, 1)], [48, le(8, 2 ** 30)])).toEqual({ ok: true, image: OK })
  })
})

describe('descriptor inside a VMDK', () => {
  test.each<[string, string, string[]]>([
    [
      'no version',
      'The VMDK descriptor has version "", which is not 1 to 3.',
      ['createType=monolithicSparse'],
    ],
    ['no type', 'The VMDK descriptor has no createType.', ['version=1']],
    [
      'a type of several files',
      'The VMDK disk is of type twoGbMaxExtentSparse, which is not one file that holds the whole disk.',
      ['version=1', 'createType="twoGbMaxExtentSparse"', EXTENT],
    ],
    [
      'no extent',
      'The VMDK descriptor names extents other than the file itself.',
      ['version=1', 'createType="monolithicSparse"'],
    ],
    [
      'two extents',
      'The VMDK descriptor names extents other than the file itself.',
      ['version=1', 'createType="monolithicSparse"', EXTENT, EXTENT],
    ],
    [
      'a flat extent',
      'The VMDK descriptor names extents other than the file itself.',
      ['version=1', 'createType="monolithicSparse"', 'RW 512 FLAT "any.vmdk" 0'],
    ],
    [
      'an extent in another folder',
      'The VMDK descriptor names extents other than the file itself.',
      ['version=1', 'createType="monolithicSparse"', 'RW 512 SPARSE "/etc/passwd"'],
    ],
    [
      'a parent without a name',
      'The VMDK descriptor says there is a backing file, but does not name it.',
      ['version=1', 'createType="monolithicSparse"', 'parentCID=0badcafe', EXTENT],
    ],
    [
      'a parent with a name of 1024 characters',
      'The VMDK descriptor has a backing file name over 1023 characters.',
      [
        'version=1',
        'createType="monolithicSparse"',
        'parentCID=0badcafe',
        `parentFileNameHint="${'x'.repeat(1024)}"`,
        EXTENT,
      ],
    ],
    [
      'control characters in its type',
      'The VMDK disk is of type ?[2J, which is not one file that holds the whole disk.',
      ['version=1', 'createType="\x1b[2J"', EXTENT],
    ],
  ])('with %s is refused', (_, reason, lines) => {
    expect(inspect(whole, described(...lines))).toEqual(refused(reason))
  })

  test.each([
    ['a comment', '# written by an exporter\n# Disk DescriptorFile'],
    ['a blank line', '\n# Disk DescriptorFile'],
    ['small letters', '# disk descriptorfile'],
  ])('may begin with %s', (_, start) => {
    const text = [start, 'version=1', 'createType="monolithicSparse"', EXTENT].join('\n')
    expect(inspect(whole, [SECTOR, latin1(text.padEnd(20 * SECTOR, '\0'))])).toEqual({ ok: true, image: OK })
  })

  test('may be of the type that tools call custom', () => {
    expect(inspect(whole, described('version=1', 'createType="custom"', EXTENT))).toEqual({
      ok: true,
      image: OK,
    })
  })

  test('may have keys in any case, spaces, CRLF and quotes', () => {
    const lines = [
      '#version=9',
      'VERSION = 1\r',
      '#version=9',
      'parentCID = FFFFFFFF\r',
      'CreateType = "monolithicSparse" \r',
      `${EXTENT}\r`,
    ]
    expect(inspect(whole, described(...lines))).toEqual({ ok: true, image: OK })
  })

  test('with encryption keys is reported as encrypted', () => {
    const lines = [
      'version=1',
      'createType="monolithicSparse"',
      'encryption.keySafe="vmware:key/list"',
      EXTENT,
    ]
    expect(inspect(whole, described(...lines))).toEqual({ ok: true, image: { ...OK, encrypted: true } })
  })

  test('of 10 KiB of spaces is parsed in linear time', () => {
    const lines = [`version=${' '.repeat(9000)}"`, 'createType="monolithicSparse"', EXTENT]
    expect(inspect(whole, described(...lines))).toEqual(
      refused('The VMDK descriptor has version """, which is not 1 to 3.'),
    )
  })
})

describe('VMDK stream with its grain directory behind the data', () => {
  const start = patched(fixture('tiny-stream.vmdk'), [56, le(8, 0xffffffffffffffffn)])
  const footer = patched(
    new Uint8Array(3 * SECTOR),
    [8, le(8, 3n << 32n)],
    [SECTOR, fixture('tiny-stream.vmdk').subarray(0, SECTOR)],
  )
  const stream = patched(start, [start.length, footer])

  test('uses the directory of its footer', () => {
    expect(inspect(stream)).toEqual({ ok: true, image: { ...OK, version: 3 } })
  })

  test('is refused without its footer', () => {
    expect(inspect(stream.subarray(0, -SECTOR))).toEqual(
      refused('The VMDK stream ends without its footer: it is not complete.'),
    )
  })

  test.each([
    ['the marker', stream.length - 3 * SECTOR + 12],
    ['the magic', stream.length - 2 * SECTOR],
  ])('is refused when its footer lacks %s', (_, place) => {
    expect(inspect(stream, [place, le(1, 0)])).toEqual(
      refused('The VMDK stream ends without its footer: it is not complete.'),
    )
  })

  test('is refused when its footer has no directory either', () => {
    const place = stream.length - 2 * SECTOR + 56
    expect(inspect(stream, [place, le(8, 0xffffffffffffffffn)])).toEqual(
      refused('The grain directory offset in the VMDK footer is over 2^53.'),
    )
  })
})

test('extent of an ESX snapshot is refused', () => {
  expect(inspect(latin1('COWD'.padEnd(2048, '\0')))).toEqual(
    refused('The file is one extent of an ESX snapshot (COWD), not a whole VMDK disk.'),
  )
})

test('descriptor alone that names no file is refused', () => {
  expect(inspect(latin1('# Disk DescriptorFile\nversion=1\ncreateType="custom"\nRW 512 ZERO\n'))).toEqual(
    refused('The VMDK file is only a descriptor (custom): its data is in other files.'),
  )
})
