import { describe, expect, test } from 'vitest'
import { be, fixture, inspect, latin1, le, type Patch, patched, refused } from './byte-sources.ts'

type Refusal = [what: string, reason: string, ...patches: Patch[]]

describe('VDI', () => {
  const whole = fixture('tiny.vdi')
  const OK = { format: 'vdi', version: 1, virtualSize: 262144, encrypted: false, backingFile: null }

  test.each<Refusal>([
    ['version 0.1', 'The VDI header has version 0.1, which is not 1.1.', [68, le(4, 1)]],
    ['an undo image', 'The VDI header has image type 3, which is not 1, 2 or 4.', [76, le(4, 3)]],
    ['sectors of 4096', 'The VDI header has sectors of 4096 bytes, not 512.', [360, le(4, 4096)]],
    ['no disk size', 'The VDI header describes a disk of 0 bytes.', [368, le(8, 0)]],
    [
      'a short header',
      'The VDI header gives its own length as 376 bytes, which cannot be.',
      [72, le(4, 376)],
    ],
    [
      'a header over the map',
      'The VDI header gives its own length as 441 bytes, which cannot be.',
      [72, le(4, 441)],
    ],
    ['blocks of 1000', 'The VDI header has blocks of 1000 bytes, which cannot be.', [376, le(4, 1000)]],
    ['too few blocks', 'The VDI header has a block map too small for its disk.', [384, le(4, 0)]],
    ['2 of 1 blocks in use', 'The VDI header has 2 of 1 blocks in use.', [388, le(4, 2)]],
    [
      'a map over the data',
      'The VDI header has a block map that is not inside the file before the data.',
      [384, le(4, 2 ** 30)],
    ],
    [
      'data beyond the end',
      'The VDI header has a block map that is not inside the file before the data.',
      [344, le(4, 2048)],
    ],
    [
      'a static disk without its data',
      'The VDI header describes a static disk larger than the file.',
      [76, le(4, 2)],
      [388, le(4, 1)],
    ],
    [
      'a child without a parent',
      'The VDI disk has a parent, but its header does not name it.',
      [76, le(4, 4)],
    ],
  ])('header with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })

  test('differencing disk reports the id of its parent', () => {
    const id = Uint8Array.from({ length: 16 }, (_, at) => at + 1)
    expect(inspect(whole, [76, le(4, 4)], [440, id])).toEqual({
      ok: true,
      image: { ...OK, backingFile: 'parent {04030201-0605-0807-090a-0b0c0d0e0f10}' },
    })
  })
})

describe('ISO 9660', () => {
  const whole = fixture('tiny.iso')
  const PLACE = 32768
  const OK = { format: 'iso', version: null, virtualSize: 51200, encrypted: false, backingFile: null }

  test.each<Refusal>([
    [
      'a boot record first',
      'The first ISO 9660 volume descriptor has type 0 and is not the primary.',
      [PLACE, le(1, 0)],
    ],
    ['version 2', 'The ISO 9660 volume descriptor has version 2, which is not 1.', [PLACE + 6, le(1, 2)]],
    [
      'two sizes',
      'The ISO 9660 volume descriptor contradicts itself on the size of the volume.',
      [PLACE + 80, le(4, 24)],
    ],
    [
      'blocks of 4096 bytes',
      'The ISO 9660 volume descriptor has blocks of 4096 bytes, which cannot be.',
      [PLACE + 128, le(2, 4096)],
      [PLACE + 130, be(2, 4096)],
    ],
    ['no blocks', 'The ISO 9660 volume descriptor describes a disk of 0 bytes.', [PLACE + 80, le(8, 0)]],
  ])('header with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })

  test('truncated volume is refused', () => {
    expect(inspect(whole.subarray(0, -2048))).toEqual(
      refused('The file has 49152 of the 51200 bytes of its ISO 9660 volume.'),
    )
  })

  test('ISO with a master boot record (isohybrid) is reported as an ISO', () => {
    expect(inspect(whole, [510, latin1('\x55\xaa')], [512, latin1('EFI PART')])).toEqual({
      ok: true,
      image: OK,
    })
  })

  test('padding behind the volume does not count as its size', () => {
    expect(inspect(whole, [whole.length, new Uint8Array(300 * 1024)])).toEqual({ ok: true, image: OK })
  })
})

describe('raw', () => {
  /** 128 KiB that are not a blank disk, so that only the patch decides. */
  const data = new Uint8Array(131072).fill(0x20)
  const OK = { format: 'raw', version: null, virtualSize: 131072, encrypted: false, backingFile: null }
  const NOT_A_DISK = 'The file is not a disk image: it has no known header, partition table or file system.'

  test.each<[string, ...Patch[]]>([
    ['a master boot record', [510, latin1('\x55\xaa')]],
    ['a GUID partition table', [512, latin1('EFI PART')]],
    ['a GUID partition table on sectors of 4 KiB', [4096, latin1('EFI PART')]],
    ['ext4', [1080, latin1('\x53\xef')], [1048, le(4, 2)]],
    ['XFS', [0, latin1('XFSB')]],
    ['btrfs', [65600, latin1('_BHRfS_M')]],
    ['NTFS', [3, latin1('NTFS    ')]],
    ['FAT16', [54, latin1('FAT16   ')]],
    ['FAT32', [82, latin1('FAT32   ')]],
    ['an LVM label in the second sector', [512, latin1('LABELONE')], [536, latin1('LVM2 001')]],
    ['swap on pages of 4 KiB', [4086, latin1('SWAPSPACE2')]],
    ['swap on pages of 64 KiB', [65526, latin1('SWAPSPACE2')]],
    ['64 KiB of zeros', [0, new Uint8Array(65536)]],
  ])('%s is recognised as a raw disk', (_, ...patches) => {
    expect(inspect(data, ...patches)).toEqual({ ok: true, image: OK })
  })

  test.each([1, 2])('LUKS version %i is reported as an encrypted raw disk', (version) => {
    expect(inspect(data, [0, latin1('LUKS\xba\xbe')], [6, be(2, version)])).toEqual({
      ok: true,
      image: { ...OK, encrypted: true },
    })
  })

  test.each<[string, ...Patch[]]>([
    ['no mark at all'],
    ['a LUKS version that does not exist', [0, latin1('LUKS\xba\xbe')], [6, be(2, 3)]],
    ['the two bytes of ext with a block size of 2^42', [1080, latin1('\x53\xef')]],
    ['an LVM label without its type', [512, latin1('LABELONE')]],
    ['64 KiB of zeros less one byte', [0, new Uint8Array(65535)]],
  ])('%s is refused', (_, ...patches) => {
    expect(inspect(data, ...patches)).toEqual(refused(NOT_A_DISK))
  })

  test('blank disk shorter than 64 KiB is accepted', () => {
    expect(inspect(new Uint8Array(512))).toEqual({ ok: true, image: { ...OK, virtualSize: 512 } })
  })

  test('raw disk of partial sectors is refused', () => {
    expect(inspect(patched(data, [510, latin1('\x55\xaa')]).subarray(0, 1000))).toEqual(
      refused('The file starts like a raw disk (boot sector), but its 1000 bytes are not whole sectors.'),
    )
  })
})
