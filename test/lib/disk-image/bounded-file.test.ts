import { expect, test } from 'vitest'
import { BoundedFile } from '../../../src/lib/disk-image/bounded-file.ts'
import { guardedSource } from './byte-sources.ts'

const KIB = 1024
const zeros = new Uint8Array(512 * KIB)

test('reads stop at 256 KiB in total, including the first 4 KiB', () => {
  const source = guardedSource(zeros)
  const file = new BoundedFile(source)
  for (const length of [64, 64, 64, 60])
    expect(file.section(0, length * KIB, 'table').length).toBe(length * KIB)
  expect(() => file.section(0, 1, 'table')).toThrow(
    'The headers of the file are longer than 256 KiB in total.',
  )
  expect(source.reads).toEqual({ largest: 64 * KIB, total: 256 * KIB })
})

test('a section over 64 KiB is refused before it is read', () => {
  const source = guardedSource(zeros)
  const file = new BoundedFile(source)
  expect(() => file.section(0, 64 * KIB + 1, 'table')).toThrow('The table is longer than 64 KiB.')
  expect(source.reads.total).toBe(4 * KIB)
})

test('available returns the bytes up to the end of the file and reads nothing beyond it', () => {
  const source = guardedSource(zeros.subarray(0, 5000))
  const file = new BoundedFile(source)
  expect(file.available(4990, 100, 'table').length).toBe(10)
  expect(file.available(5000, 100, 'table').length).toBe(0)
  expect(file.available(2 ** 52, 100, 'table').length).toBe(0)
  expect(() => file.section(4990, 11, 'table')).toThrow('The file ends before the end of its table.')
  expect(source.reads.total).toBe(4 * KIB + 10 + 10)
})
