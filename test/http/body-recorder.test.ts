import { expect, test } from 'vitest'
import { keptText, openBodyRecorder } from '../../src/http/body-recorder.ts'

/** So much is kept, bytes. */
const LONGEST = 16_384

test('of a body that comes in pieces the beginning is kept over their ends, and its whole length', () => {
  const recorder = openBodyRecorder()
  for (const letter of ['a', 'b', 'c']) recorder.take(Buffer.from(letter.repeat(10_000)))
  expect(recorder.kept()).toEqual({
    size: 30_000,
    text: 'a'.repeat(10_000) + 'b'.repeat(LONGEST - 10_000),
    cut: true,
  })
})

test('a piece is kept as it was when it came', () => {
  const recorder = openBodyRecorder()
  const chunk = Buffer.from('mine')
  recorder.take(chunk)
  chunk.fill('x')
  expect(recorder.kept()).toEqual({ size: 4, text: 'mine' })
})

test('nothing is kept of a body that never came, nor of one that is empty', () => {
  const recorder = openBodyRecorder()
  expect(recorder.kept()).toBeUndefined()
  recorder.take(Buffer.from(''))
  expect(recorder.kept()).toBeUndefined()
})

test('bytes that are no text are kept in base64 up to the last that is kept', () => {
  const recorder = openBodyRecorder()
  recorder.take(Buffer.alloc(LONGEST + 1, 0xff))
  expect(recorder.kept()).toEqual({
    size: LONGEST + 1,
    base64: Buffer.alloc(LONGEST, 0xff).toString('base64'),
    cut: true,
  })
})

test.each([LONGEST, LONGEST + 1])('a text of %i characters is told to be cut only when it is', (length) => {
  const text = 'ü'.repeat(length)
  expect(keptText(text)).toEqual({
    size: 2 * length,
    text: 'ü'.repeat(LONGEST),
    ...(length > LONGEST && { cut: true }),
  })
})
