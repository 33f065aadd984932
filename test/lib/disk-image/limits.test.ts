import { describe, expect, test } from 'vitest'
import { inspectDiskImage } from '../../../src/lib/disk-image/inspect.ts'
import {
  be,
  fixture,
  guardedSource,
  inspect,
  latin1,
  le,
  type Patch,
  patched,
  refused,
} from './byte-sources.ts'
import { sealedVhd } from './sealed-vhd.ts'

const MIB = 2 ** 20
const TIB = 2 ** 40

/** A header at a limit of its format, with the size of the disk and the size that the file claims. */
type Edge = [what: string, virtualSize: number, size: number, bytes: Uint8Array, ...patches: Patch[]]

const v3 = fixture('tiny-v3.qcow2')
const v2 = fixture('tiny-v2.qcow2')
const qcow = fixture('tiny.qcow')
const qed = fixture('overlay.qed')
const vmdk = fixture('tiny.vmdk')
const vdi = fixture('tiny.vdi')
const vhd = fixture('tiny.vhd')
const iso = fixture('tiny.iso')

describe('header at the limit of its format is accepted', () => {
  test.each<Edge>([
    ['qcow2 with clusters of 512 bytes', 262144, v2.length, v2, [20, be(4, 9)], [36, be(4, 8)]],
    [
      'qcow2 of 64 TiB with clusters of 2 MiB and a refcount table of 8 MiB',
      64 * TIB,
      16 * MIB,
      v3,
      [20, be(4, 21)],
      [24, be(8, 64 * TIB)],
      [36, be(4, 128)],
      [40, be(8, 2 * MIB)],
      [48, be(8, 4 * MIB)],
      [56, be(4, 4)],
    ],
    ['qcow2 with an L1 table of 32 MiB', 262144, 64 * MIB, v3, [36, be(4, 4 * MIB)]],
    ['qcow2 with a header of 104 bytes', 262144, v3.length, v3, [100, be(4, 104)], [104, be(1, 1)]],
    ['qcow2 with a header of one cluster', 262144, v3.length, v3, [100, be(4, 16384)]],
    ['qcow2 with refcounts of 64 bits', 262144, v3.length, v3, [96, be(4, 6)]],
    ['qcow2 with 65536 snapshots', 262144, 4 * MIB, v3, [60, be(4, 65536)], [64, be(8, MIB)]],
    ['qcow2 without snapshots, with any place of their table', 262144, v3.length, v3, [64, be(8, TIB)]],
    ['qcow with 16 cluster bits and 13 L2 bits', 262144, qcow.length, qcow, [32, Uint8Array.of(16, 13)]],
    ['qcow with 9 cluster bits and 6 L2 bits', 262144, qcow.length, qcow, [32, Uint8Array.of(9, 6)]],
    ['QED as large as its tables can map', 2 ** 32, qed.length, qed, [48, le(8, 2 ** 32)]],
    [
      'QED with clusters of 64 MiB and tables of 16',
      262144,
      17 * 64 * MIB,
      qed,
      [4, le(4, 64 * MIB)],
      [8, le(4, 16)],
      [40, le(8, 64 * MIB)],
    ],
    [
      'VMDK with grains of 4 KiB and tables of one',
      262144,
      vmdk.length,
      vmdk,
      [20, le(8, 8)],
      [44, le(4, 1)],
    ],
    ['VMDK with grains of 1 GiB', 262144, vmdk.length, vmdk, [20, le(8, 2 * MIB)]],
    ['VDI with a header up to its map', 262144, vdi.length, vdi, [72, le(4, 440)]],
    ['VDI with a map up to its data', 262144, vdi.length, vdi, [384, le(4, 128)]],
    [
      'VDI with blocks of 512 bytes',
      262144,
      2560,
      vdi,
      [376, le(4, 512)],
      [384, le(4, 512)],
      [344, le(4, 2560)],
    ],
    ['a dynamic VDI whose last block is not written to its end', 262144, vdi.length, vdi, [388, le(4, 1)]],
    [
      'a static VDI up to its last byte',
      262144,
      1024 + 262144,
      vdi,
      [76, le(4, 2)],
      [376, le(4, 262144)],
      [388, le(4, 1)],
    ],
    ['ISO with blocks of 512 bytes', 12800, iso.length, iso, [32896, Uint8Array.of(0, 2, 2, 0)]],
  ])('%s', (_, virtualSize, size, bytes, ...patches) => {
    expect(inspectDiskImage(guardedSource(bytes, { size, has: size, patches }))).toMatchObject({
      ok: true,
      image: { virtualSize },
    })
  })

  test('VHD with blocks of 512 bytes, exactly as many as it needs', () => {
    const small = sealedVhd(patched(vhd, [512 + 28, be(4, 544)], [512 + 32, be(4, 512)]))
    expect(inspect(patched(small, [small.length, new Uint8Array(2048)]))).toMatchObject({
      ok: true,
      image: { virtualSize: 544 * 512 },
    })
  })

  test('VHD of 2040 GiB', () => {
    const size = 2040 * 2 ** 30
    const windows: Patch = [28, latin1('win ')]
    const large = sealedVhd(patched(vhd, windows, [48, be(8, size)], [512 + 28, be(4, size / (2 * MIB))]))
    expect(inspectDiskImage(guardedSource(large, { size: 8 * MIB }))).toMatchObject({
      ok: true,
      image: { virtualSize: size },
    })
  })
})

describe('backing file name', () => {
  const overlay = fixture('overlay.qcow2')

  test('of 1023 bytes up to the end of the first cluster is accepted', () => {
    const name = 'n'.repeat(1023)
    const patches: Patch[] = [
      [8, be(8, 4096 - 1023)],
      [16, be(4, 1023)],
      [4096 - 1023, latin1(name)],
    ]
    expect(inspect(overlay, ...patches)).toMatchObject({ ok: true, image: { backingFile: name } })
  })
})

describe('header just over the limit of its format is refused', () => {
  test.each<[string, string, Uint8Array, ...Patch[]]>([
    [
      'ISO with blocks of 1000 bytes',
      'The ISO 9660 volume descriptor has blocks of 1000 bytes, which cannot be.',
      iso,
      [32896, le(2, 1000)],
      [32898, be(2, 1000)],
    ],
    [
      'qcow2 with a refcount table off a cluster',
      'The qcow2 header has a refcount table that is not inside the file.',
      v3,
      [48, be(8, 0x4008)],
    ],
    [
      'qcow2 with its refcount table in the header',
      'The qcow2 header has a refcount table that is not inside the file.',
      v3,
      [48, be(8, 0)],
    ],
    [
      'VDI with one block too few',
      'The VDI header has a block map too small for its disk.',
      vdi,
      [368, le(8, MIB + 512)],
    ],
  ])('%s', (_, reason, bytes, ...patches) => {
    expect(inspect(bytes, ...patches)).toEqual(refused(reason))
  })
})
