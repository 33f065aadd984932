import { expect, test } from 'vitest'
import { keptText, openBodyRecorder } from '../../src/http/body-recorder.ts'

/** Maximum length of a recorded body, bytes. */
const LONGEST = 16_384

test('a body in several chunks is recorded up to the limit, with its whole length', () => {
  const recorder = openBodyRecorder()
  for (const letter of ['a', 'b', 'c']) recorder.take(Buffer.from(letter.repeat(10_000)))
  expect(recorder.kept()).toEqual({
    size: 30_000,
    text: 'a'.repeat(10_000) + 'b'.repeat(LONGEST - 10_000),
    cut: true,
  })
})

test('a recorded chunk does not change when its buffer is reused', () => {
  const recorder = openBodyRecorder()
  const chunk = Buffer.from('mine')
  recorder.take(chunk)
  chunk.fill('x')
  expect(recorder.kept()).toEqual({ size: 4, text: 'mine' })
})

test('a missing body and an empty body are not recorded', () => {
  const recorder = openBodyRecorder()
  expect(recorder.kept()).toBeUndefined()
  recorder.take(Buffer.from(''))
  expect(recorder.kept()).toBeUndefined()
})

test('a binary body is recorded in base64 up to the limit', () => {
  const recorder = openBodyRecorder()
  recorder.take(Buffer.alloc(LONGEST + 1, 0xff))
  expect(recorder.kept()).toEqual({
    size: LONGEST + 1,
    base64: Buffer.alloc(LONGEST, 0xff).toString('base64'),
    cut: true,
  })
})

test.each([LONGEST, LONGEST + 1])(
  'a text of %i characters is marked as cut only if it exceeds the limit',
  (length) => {
    const text = 'ü'.repeat(length)
    expect(keptText(text)).toEqual({
      size: 2 * length,
      text: 'ü'.repeat(LONGEST),
      ...(length > LONGEST && { cut: true }),
    })
  },
)
