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

/** Changes fields of the header at the start of these blocks, and its checksum. */
function withHeader(blocks: Buffer, fields: readonly (readonly [offset: number, text: string])[]): Buffer {
  for (const [offset, text] of fields) blocks.write(text, offset)
  blocks.write(' '.repeat(8), 148)
  const sum = blocks.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  blocks.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return blocks
}

describe('the name of a disk that does not fit into 100 bytes', () => {
  const long = `${'long'.repeat(40)}-диск.vmdk`
  const body = ovaOf(disk('cut.vmdk', 700)).subarray(2 * 512)
  const description = ovaOf(disk('cut.vmdk', 700)).subarray(0, 2 * 512)
  const entry = (type: string, bytes: string) =>
    withHeader(
      tarOf([{ name: 'name', bytes }]).subarray(0, 512 + 512 * Math.ceil(Buffer.byteLength(bytes) / 512)),
      [[156, type]],
    )
  const path = ` path=${long}\n`
  const record = `${Buffer.byteLength(path) + 3}${path}`

  test.each([
    ['pax', entry('x', `20 mtime=1700000000\n${record}`)],
    ['GNU tar', entry('L', `${long}\0`)],
  ])('is read as %s writes it', (_, name) => {
    expect(disksOf(Buffer.concat([description, name, body]))).toEqual([
      { name: long, offset: description.length + name.length + 512, size: 700 },
    ])
  })

  test('is read from the field of its folders', () => {
    const bytes = ovaOf(disk('cut.vmdk', 700))
    withHeader(bytes.subarray(2 * 512), [
      [257, 'ustar\x0000'],
      [345, 'folder/of/disks'],
    ])
    expect(disksOf(bytes)?.[0]?.name).toBe('folder/of/disks/cut.vmdk')
  })

  test('is not read when the entry with it is longer than 64 KiB', () => {
    const name = entry('L', 'n'.repeat(65 * 1024))
    expect(disksOf(Buffer.concat([description, name, body]))).toBeUndefined()
  })
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
