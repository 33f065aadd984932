import { describe, expect, test } from 'vitest'
import { type DiskFormat, type DiskImage, inspectDiskImage } from '../../../src/lib/disk-image/inspect.ts'
import { fixture, guardedSource, inspect, refused } from './byte-sources.ts'

function image(format: DiskFormat, virtualSize: number, rest: Partial<DiskImage> = {}): DiskImage {
  return { format, virtualSize, version: null, encrypted: false, backingFile: null, ...rest }
}

// virtual-size, format (raw for an ISO, vpc for a VHD), compat, encrypted and backing-filename of
// `qemu-img info --output=json`, as scripts/make-disk-images.sh prints them.
const QEMU_IMG_SAYS: Record<string, DiskImage> = {
  'tiny-v2.qcow2': image('qcow2', 262144, { version: 2 }),
  'tiny-v3.qcow2': image('qcow2', 262144, { version: 3 }),
  'two-gib.qcow2': image('qcow2', 2147483648, { version: 3 }),
  'encrypted.qcow2.gz': image('qcow2', 262144, { version: 3, encrypted: true }),
  'overlay.qcow2': image('qcow2', 262144, { version: 3, backingFile: 'tiny-v3.qcow2' }),
  'tiny.qcow': image('qcow', 262144, { version: 1 }),
  'overlay.qcow': image('qcow', 262144, { version: 1, backingFile: 'tiny.qcow' }),
  'tiny.qed': image('qed', 262144),
  'overlay.qed': image('qed', 262144, { backingFile: 'tiny.qed' }),
  'tiny.vmdk': image('vmdk', 262144, { version: 1 }),
  'tiny-stream.vmdk': image('vmdk', 262144, { version: 3 }),
  'overlay.vmdk': image('vmdk', 262144, { version: 1, backingFile: 'tiny.vmdk' }),
  'tiny.vhd': image('vhd', 278528, { version: 1 }),
  'tiny-fixed.vhd': image('vhd', 278528, { version: 1 }),
  'tiny.vhdx.gz': image('vhdx', 262144, { version: 1 }),
  'tiny.vdi': image('vdi', 262144, { version: 1 }),
  'tiny.iso': image('iso', 51200),
  'tiny.raw': image('raw', 262144),
}

describe('inspectDiskImage agrees with qemu-img', () => {
  test.each(Object.entries(QEMU_IMG_SAYS))('%s', (name, expected) => {
    expect(inspect(fixture(name))).toEqual({ ok: true, image: expected })
  })
})

test('text file is refused', () => {
  expect(inspect(fixture('not-a-disk.txt'))).toEqual(
    refused('The file is not a disk image: it has no known header, partition table or file system.'),
  )
})

test('VMDK descriptor without data is refused with the name of its data file', () => {
  expect(inspect(fixture('flat-descriptor.vmdk'))).toEqual(
    refused(
      'The VMDK file is only a descriptor (monolithicFlat): its data is in "flat-descriptor-flat.vmdk".',
    ),
  )
})

test('empty file is refused without a read', () => {
  const source = guardedSource(new Uint8Array(0))
  expect(inspectDiskImage(source)).toEqual(refused('The file is empty.'))
  expect(source.reads).toEqual({ largest: 0, total: 0 })
})

test('VHDX, the format with the longest headers, needs a third of the read limit', () => {
  const source = guardedSource(fixture('tiny.vhdx.gz'))
  inspectDiskImage(source)
  // Start of the file, two headers, one region table, top and five entries of the metadata table, three items.
  expect(source.reads).toEqual({ largest: 65536, total: 4096 + 2 * 4096 + 65536 + 32 + 5 * 32 + 8 + 4 + 8 })
})

test('raw disk is recognised by its first 64 KiB', () => {
  const source = guardedSource(fixture('tiny.raw'))
  inspectDiskImage(source)
  // Start of the file, a VHD's footer, an ISO's descriptor, then the 64 KiB.
  expect(source.reads).toEqual({ largest: 65536, total: 4096 + 512 + 8 + 65536 })
})
