import { describe, expect, test } from 'vitest'
import { ovaDisks } from '../../../src/lib/disk-image/ova.ts'
import { windowOf } from '../../../src/lib/disk-image/window.ts'
import { ovaOf, tarOf } from '../../objects.ts'
import { guardedSource } from './byte-sources.ts'

const disk = (name: string, size: number) => ({ name, bytes: Buffer.alloc(size, name) })

function disksOf(bytes: Uint8Array) {
  return ovaDisks(guardedSource(bytes))
}

test('the disks of an OVA are found where they lie, in the order of the archive', () => {
  const bytes = ovaOf(disk('first.vmdk', 700), disk('second.VHD', 512))
  expect(disksOf(bytes)).toEqual([
    { name: 'first.vmdk', offset: 3 * 512, size: 700 },
    { name: 'second.VHD', offset: 6 * 512, size: 512 },
  ])
})

test('a part of a file is read as if it were one', () => {
  const bytes = ovaOf(disk('first.vmdk', 700))
  const [first] = disksOf(bytes) ?? []
  const part = windowOf(guardedSource(bytes), first?.offset ?? 0, first?.size ?? 0)
  expect(part.size).toBe(700)
  expect(Buffer.from(part.read(0, 10)).toString()).toBe('first.vmdk')
  expect(part.read(690, 100).length).toBe(10)
})

test('a size of 8 GiB and more, which GNU tar writes as a binary number, is understood', () => {
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

describe('no OVA is', () => {
  const good = ovaOf(disk('first.vmdk', 700))
  const damaged = Buffer.from(good)
  damaged.writeUInt8(0x41, 0)
  test.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array(0)],
    ['a file that is no archive', Buffer.alloc(2048, 'text')],
    ['an archive without a description', tarOf([disk('first.vmdk', 700)])],
    ['an archive without a disk', ovaOf()],
    ['an archive that is cut short', good.subarray(0, 3 * 512 + 100)],
    ['an archive with a damaged header', damaged],
  ])('%s', (_what, bytes) => {
    expect(disksOf(bytes)).toBeUndefined()
  })
})
