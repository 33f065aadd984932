import { expect, test } from 'vitest'
import { nearest } from '../../src/lib/nearest.ts'

test.each([
  ['nht', ['at', 'nth', 'to'], 'nth'],
  ['ListImage', ['ListImages', 'ListTags'], 'ListImages'],
  ['IMG.57', ['IMG.0057', 'IMG.0075'], 'IMG.0057'],
  ['BROWN-OUT', ['brown-out'], 'brown-out'],
  ['brown', ['slow'], undefined],
])('nearest of %s among %j is %s', (word, names, meant) => {
  expect(nearest(word, names)).toBe(meant)
})
