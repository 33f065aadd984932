import { expect, test } from 'vitest'
import { readUpTo } from '../../src/lib/bytes.ts'

/** Chunks of two bytes, which count how many of them were asked for. */
function twos(count: number) {
  const counted = {
    asked: 0,
    async *[Symbol.asyncIterator]() {
      for (let n = 0; n < count; n++) {
        counted.asked += 1
        yield Buffer.from([n, n])
      }
    },
  }
  return counted
}

test('bytes up to the limit are read in one piece', async () => {
  expect(await readUpTo(4, new Headers(), twos(2))).toEqual(Buffer.from([0, 0, 1, 1]))
  expect(await readUpTo(4, new Headers({ 'Content-Length': '4' }), twos(2))).toHaveLength(4)
})

test('bytes over the limit are refused after they were counted', async () => {
  const bytes = twos(9)
  expect(await readUpTo(4, new Headers(), bytes)).toBeUndefined()
  expect(bytes.asked).toBe(9)
})

test('bytes whose length is over the limit are not read', async () => {
  const bytes = twos(9)
  expect(await readUpTo(4, new Headers({ 'Content-Length': '18' }), bytes)).toBeUndefined()
  expect(bytes.asked).toBe(0)
})
