import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isZero, writeSparseFile } from '../../src/lib/sparse-file.ts'
import { scratchFolder } from '../emulator.ts'

async function* chunksOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

test('a file of zeros and other bytes is written as it is, without room for its zeros', async () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'sparse')
  const zeros = new Uint8Array(2 ** 20)
  await writeSparseFile(path, chunksOf(zeros, Buffer.from('data'), zeros, zeros))
  const bytes = readFileSync(path)
  expect(bytes.length).toBe(3 * 2 ** 20 + 4)
  expect(bytes.indexOf('data')).toBe(2 ** 20)
  expect(bytes.reduce((total, byte) => total + byte, 0)).toBe(
    Buffer.from('data').reduce((sum, byte) => sum + byte, 0),
  )
  expect(statSync(path).blocks * 512).toBeLessThan(2 ** 17)
})

test('a file that exists is not touched', async () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'twice')
  await writeSparseFile(path, chunksOf(Buffer.from('first')))
  await expect(writeSparseFile(path, chunksOf(Buffer.from('second')))).rejects.toThrow('EEXIST')
  expect(readFileSync(path, 'utf8')).toBe('first')
})

test('a file whose chunks fail is removed', async () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'failed')
  async function* failing() {
    yield Buffer.from('data')
    throw new Error('cut')
  }
  await expect(writeSparseFile(path, failing())).rejects.toThrow('cut')
  expect(existsSync(path)).toBe(false)
})

test('bytes are zero when each of them is', () => {
  fc.assert(
    fc.property(fc.nat(200_000), fc.option(fc.nat(199_999)), (length, place) => {
      const bytes = new Uint8Array(length)
      if (place !== null && place < length) bytes[place] = 1
      expect(isZero(bytes)).toBe(place === null || place >= length)
    }),
    { numRuns: 50 },
  )
})
