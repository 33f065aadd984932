import { openSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { byteSourceOf } from '../../../src/lib/disk-image/byte-source.ts'
import { crc32c } from '../../../src/lib/disk-image/vhdx.ts'
import { fixture, guardedSource, latin1, le, patched } from './byte-sources.ts'
import { guestBytes } from './guest-bytes.ts'

const GUEST = fixture('guest/guest.raw.gz')

/** Compares without the megabytes that a difference would print. */
async function expectGuestBytes(bytes: Uint8Array, expected = GUEST): Promise<void> {
  const found = await guestBytes(guardedSource(bytes), 'disk.raw')
  expect(found.length).toBe(expected.length)
  expect(Buffer.compare(found, expected)).toBe(0)
}

describe('the guest bytes of a disk that qemu-img made are those of its raw original', () => {
  test.each([
    'guest.raw',
    'v2.qcow2',
    'v3.qcow2',
    'small-clusters.qcow2',
    'deflate.qcow2',
    'zstd.qcow2',
    'extended.qcow2',
    'plain.qcow',
    'deflate.qcow',
    'plain.qed',
    'fixed.vhd',
    'dynamic.vhd',
    'dynamic.vhdx',
    'dynamic.vdi',
    'sparse.vmdk',
    'stream.vmdk',
  ])('%s', async (name) => {
    await expectGuestBytes(fixture(`guest/${name}.gz`))
  })
})

test('a file on disk is read like one in memory', async () => {
  using file = byteSourceOf(
    openSync(new URL('../../../fixtures/disk-images/tiny-v3.qcow2', import.meta.url), 'r'),
  )
  expect(Buffer.compare(await guestBytes(file), fixture('tiny.raw'))).toBe(0)
})

test('the grain directory of a VMDK stream is found by its footer alone', async () => {
  const stream = fixture('guest/stream.vmdk.gz')
  const footer = Buffer.concat([
    patched(new Uint8Array(512), [12, le(4, 3)]),
    stream.subarray(0, 512),
    new Uint8Array(512),
  ])
  await expectGuestBytes(patched(stream, [56, new Uint8Array(8).fill(0xff)], [stream.length, footer]))
})

test('the last cluster may be cut by the end of the file: a guest reads zeros there', async () => {
  const whole = fixture('tiny-v3.qcow2')
  const cut = whole.subarray(0, whole.length - 8192)
  expect(Buffer.compare(await guestBytes(guardedSource(cut)), fixture('tiny.raw'))).toBe(0)
})

describe('a disk whose bytes are not all in the file is not read', () => {
  test.each([
    ['overlay.qcow2', 'The qcow2 disk holds only the differences to another file.'],
    ['overlay.qcow', 'The qcow disk holds only the differences to another file.'],
    ['overlay.qed', 'The qed disk holds only the differences to another file.'],
    ['overlay.vmdk', 'The vmdk disk holds only the differences to another file.'],
    ['encrypted.qcow2.gz', 'The qcow2 disk is encrypted.'],
    [
      'not-a-disk.txt',
      'The file is not a disk image: it has no known header, partition table or file system.',
    ],
  ])('%s', async (name, reason) => {
    await expect(guestBytes(guardedSource(fixture(name)))).rejects.toThrow(reason)
  })
})

test('a VHDX with a log that was not replayed is refused', async () => {
  const whole = fixture('guest/dynamic.vhdx.gz')
  const headers = [65536, 131072].map((place) => {
    const header = patched(whole.subarray(place, place + 4096), [48, latin1('log of 16 bytes.')])
    return [place, patched(header, [4, le(4, crc32c(header, 4))])] as const
  })
  await expect(guestBytes(guardedSource(patched(whole, ...headers)))).rejects.toThrow(
    'The VHDX file has a log that was not replayed: it was not closed.',
  )
})
