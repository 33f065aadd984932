import { describe, expect, test } from 'vitest'
import { windowOf } from '../../../src/lib/disk-image/byte-source.ts'
import { ovaDisks } from '../../../src/lib/disk-image/ova.ts'
import { ovaOf, tarOf } from '../../objects.ts'
import { guardedSource } from './byte-sources.ts'

const disk = (name: string, size: number) => ({ name, bytes: Buffer.alloc(size, name) })

function disksOf(bytes: Uint8Array) {
  return ovaDisks(guardedSource(bytes))
}

test('ovaDisks lists name, place and size of the disks in the order of the archive', () => {
  const bytes = ovaOf(disk('first.vmdk', 700), disk('second.VHD', 512))
  expect(disksOf(bytes)).toEqual([
    { name: 'first.vmdk', offset: 3 * 512, size: 700 },
    { name: 'second.VHD', offset: 6 * 512, size: 512 },
  ])
})

test('windowOf presents a part of a file as a file of its own', () => {
  const bytes = ovaOf(disk('first.vmdk', 700))
  const [first] = disksOf(bytes) ?? []
  const part = windowOf(guardedSource(bytes), first?.offset ?? 0, first?.size ?? 0)
  expect(part.size).toBe(700)
  expect(Buffer.from(part.read(0, 10)).toString()).toBe('first.vmdk')
  expect(part.read(690, 100).length).toBe(10)
})

test('ovaDisks parses the binary sizes that GNU tar writes from 8 GiB on', () => {
  const bytes = ovaOf(disk('first.vmdk', 700))
  const header = bytes.subarray(2 * 512, 3 * 512)
  header.writeUInt8(0x80, 124)
  header.fill(0, 125, 136)
  header.writeUInt16BE(700, 134)
  header.write(' '.repeat(8), 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  expect(disksOf(bytes)?.[0]?.size).toBe(700)
})

describe('ovaDisks returns undefined', () => {
  const good = ovaOf(disk('first.vmdk', 700))
  const damaged = Buffer.from(good)
  damaged.writeUInt8(0x41, 0)
  test.each<[string, Uint8Array]>([
    ['for an empty file', new Uint8Array(0)],
    ['for a file that is not an archive', Buffer.alloc(2048, 'text')],
    ['for an archive without a description', tarOf([disk('first.vmdk', 700)])],
    ['for an archive without a disk', ovaOf()],
    ['for a truncated archive', good.subarray(0, 3 * 512 + 100)],
    ['for an archive with a damaged header', damaged],
  ])('%s', (_what, bytes) => {
    expect(disksOf(bytes)).toBeUndefined()
  })
})
