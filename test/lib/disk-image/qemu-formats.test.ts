import { describe, expect, test } from 'vitest'
import { be, fixture, inspect, latin1, le, type Patch, patched, refused } from './byte-sources.ts'

type Refusal = [what: string, reason: string, ...patches: Patch[]]

const HUGE = 0xffffffffffffffffn

describe('qcow2', () => {
  const whole = fixture('tiny-v3.qcow2')
  const overlay = fixture('overlay.qcow2')

  test.each<Refusal>([
    ['version 4', 'The qcow2 header has version 4, which is not 2 or 3.', [4, be(4, 4)]],
    ['8 cluster bits', 'The qcow2 header has 8 cluster bits, which is not in 9 to 21.', [20, be(4, 8)]],
    ['22 cluster bits', 'The qcow2 header has 22 cluster bits, which is not in 9 to 21.', [20, be(4, 22)]],
    ['no disk size', 'The qcow2 header describes a disk of 0 bytes.', [24, be(8, 0)]],
    [
      'a disk over 64 TiB',
      'The qcow2 header describes a disk larger than 64 TiB.',
      [24, be(8, 2 ** 46 + 512)],
    ],
    ['a disk size over 2^53', 'The disk size in the qcow2 header is over 2^53.', [24, be(8, HUGE)]],
    ['encryption 3', 'The qcow2 header has encryption method 3, which does not exist.', [32, be(4, 3)]],
    ['no L1 entries', 'The qcow2 header has an L1 table too small for its disk.', [36, be(4, 0)]],
    ['4 Mi L1 entries', 'The qcow2 header has an L1 table over 32 MiB.', [36, be(4, 2 ** 22 + 1)]],
    [
      'an L1 table beyond the end',
      'The qcow2 header has an L1 table that is not inside the file.',
      [40, be(8, 2 ** 40)],
    ],
    [
      'an L1 table off a cluster',
      'The qcow2 header has an L1 table that is not inside the file.',
      [40, be(8, 0xc008)],
    ],
    [
      'no refcount table',
      'The qcow2 header has a refcount table of 0 bytes, which cannot be.',
      [56, be(4, 0)],
    ],
    [
      'refcount table beyond the end',
      'The qcow2 header has a refcount table that is not inside the file.',
      [48, be(8, 2 ** 40)],
    ],
    ['65537 snapshots', 'The qcow2 header has 65537 snapshots, which is over 65536.', [60, be(4, 65537)]],
    [
      'snapshots beyond the end',
      'The qcow2 header has a snapshot table that is not inside the file.',
      [60, be(4, 1)],
      [64, be(8, 2 ** 40)],
    ],
    ['the corrupt bit', 'The qcow2 image is marked as corrupt.', [76, be(4, 2)]],
    ['the external data bit', 'The qcow2 image keeps its data in another file.', [76, be(4, 4)]],
    ['an unknown feature', 'The qcow2 header asks for features that are not known.', [76, be(4, 32)]],
    ['an unknown high feature', 'The qcow2 header asks for features that are not known.', [72, be(4, 1)]],
    [
      'header of 96 bytes',
      'The qcow2 header gives its own length as 96 bytes, which cannot be.',
      [100, be(4, 96)],
    ],
    [
      'header of 108',
      'The qcow2 header gives its own length as 108 bytes, which cannot be.',
      [100, be(4, 108)],
    ],
    [
      'header over a cluster',
      'The qcow2 header gives its own length as 16392 bytes, which cannot be.',
      [100, be(4, 16392)],
    ],
    ['refcount order 7', 'The qcow2 header has refcount order 7, which is over 6.', [96, be(4, 7)]],
    ['compression type 2', 'The qcow2 header has compression type 2, which does not exist.', [104, be(1, 2)]],
    [
      'Zstandard without its bit',
      'The qcow2 header contradicts itself on how clusters are compressed.',
      [104, be(1, 1)],
    ],
  ])('header with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })

  test('header with subclusters in small clusters is refused', () => {
    expect(inspect(overlay, [76, be(4, 16)])).toEqual(
      refused('The qcow2 header asks for subclusters in clusters under 16 KiB.'),
    )
  })

  test.each<Refusal>([
    [
      'no name',
      'The qcow2 header has a backing file name of 0 bytes, which is not in 1 to 1023.',
      [16, be(4, 0)],
    ],
    [
      'a name of 1024 bytes',
      'The qcow2 header has a backing file name of 1024 bytes, which is not in 1 to 1023.',
      [16, be(4, 1024)],
    ],
    [
      'a name beyond the end of the file',
      'The qcow2 header has a backing file name that reaches beyond byte 4096.',
      [8, be(8, 2 ** 40)],
    ],
    [
      'a name of NULs',
      'The qcow2 header says there is a backing file, but does not name it.',
      [8, be(8, 4000)],
    ],
  ])('backing file with %s is refused', (_, reason, ...patches) => {
    expect(inspect(overlay, ...patches)).toEqual(refused(reason))
  })

  test.each<[string, boolean, Patch]>([
    ['dirty bit is accepted', false, [76, be(4, 1)]],
    ['Zstandard compression is accepted with its feature bit', false, [76, be(4, 8)]],
    ['subclusters in clusters of 16 KiB are accepted', false, [76, be(4, 16)]],
    ['AES is reported as encryption', true, [32, be(4, 1)]],
    ['LUKS is reported as encryption', true, [32, be(4, 2)]],
  ])('%s', (what, encrypted, patch) => {
    const compression: Patch[] = what.startsWith('Zstandard') ? [[104, be(1, 1)]] : []
    expect(inspect(whole, patch, ...compression)).toEqual({
      ok: true,
      image: { format: 'qcow2', version: 3, virtualSize: 262144, encrypted, backingFile: null },
    })
  })
})

describe('qcow', () => {
  const whole = fixture('overlay.qcow')

  test.each<Refusal>([
    ['no disk size', 'The qcow header describes a disk of 0 bytes.', [24, be(8, 0)]],
    ['8 cluster bits', 'The qcow header has 8 cluster bits, which is not in 9 to 16.', [32, be(1, 8)]],
    ['14 L2 bits', 'The qcow header has 14 L2 bits, which is not in 6 to 13.', [33, be(1, 14)]],
    ['encryption 2', 'The qcow header has encryption method 2, which does not exist.', [36, be(4, 2)]],
    [
      'an L1 table beyond the end',
      'The qcow header has an L1 table that is not inside the file.',
      [40, be(8, 577)],
    ],
    [
      'an L1 table in the header',
      'The qcow header has an L1 table that is not inside the file.',
      [40, be(8, 8)],
    ],
    [
      'backing name beyond the end',
      'The qcow header has a backing file name that reaches beyond byte 576.',
      [8, be(8, 570)],
    ],
  ])('header with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })

  test('AES is reported as encryption', () => {
    expect(inspect(fixture('tiny.qcow'), [36, be(4, 1)])).toEqual({
      ok: true,
      image: { format: 'qcow', version: 1, virtualSize: 262144, encrypted: true, backingFile: null },
    })
  })
})

describe('QED', () => {
  const whole = fixture('overlay.qed')

  test.each<Refusal>([
    ['clusters of 2 KiB', 'The QED header has clusters of 2048 bytes, which cannot be.', [4, le(4, 2048)]],
    ['clusters of 4097', 'The QED header has clusters of 4097 bytes, which cannot be.', [4, le(4, 4097)]],
    ['tables of 3', 'The QED header has tables of 3 clusters, which is not 1, 2, 4, 8 or 16.', [8, le(4, 3)]],
    ['a length of 0', 'The QED header gives its own length as 0 bytes, which cannot be.', [12, le(4, 0)]],
    [
      'a header longer than the file',
      'The QED header gives its own length as 16384 bytes, which cannot be.',
      [12, le(4, 4)],
    ],
    ['an unknown feature', 'The QED header asks for features that are not known.', [16, le(8, 8)]],
    ['an unknown high feature', 'The QED header asks for features that are not known.', [20, le(4, 1)]],
    [
      'an L1 table beyond the end',
      'The QED header has an L1 table that is not inside the file.',
      [40, le(8, 8192)],
    ],
    [
      'an L1 table in the header',
      'The QED header has an L1 table that is not inside the file.',
      [40, le(8, 0)],
    ],
    ['no disk size', 'The QED header describes a disk of 0 bytes.', [48, le(8, 0)]],
    ['half a sector', 'The QED header has a disk of 262400 bytes, not whole sectors.', [48, le(8, 262400)]],
    [
      'a disk larger than its tables',
      'The QED header has a disk larger than its tables can map.',
      [48, le(8, 2 ** 32 + 512)],
    ],
    [
      'a backing file name behind the header',
      'The QED header has a backing file name that reaches beyond byte 4096.',
      [56, le(4, 4089)],
    ],
  ])('header with %s is refused', (_, reason, ...patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })
})

test('truncated header is refused with its name', () => {
  expect(inspect(latin1('QFI\xfb\0\0\0\x03'))).toEqual(
    refused('The file ends before the end of its qcow2 header.'),
  )
  expect(inspect(latin1('QFI\xfb\0\0\0\x01'))).toEqual(
    refused('The file ends before the end of its qcow header.'),
  )
  expect(inspect(latin1('QED\0'))).toEqual(refused('The file ends before the end of its QED header.'))
})

test('qcow2 header takes precedence over a boot sector in the same file', () => {
  const boot = patched(fixture('tiny-v3.qcow2'), [510, latin1('\x55\xaa')])
  expect(inspect(boot)).toMatchObject({ ok: true, image: { format: 'qcow2' } })
})
