import { expect, test } from 'vitest'
import { blankQcow2 } from '../../../src/lib/disk-image/write/qcow2.ts'
import { inspect } from './byte-sources.ts'

const GIB = 2 ** 30

test.each([1, 40, 1024, 32768])('blank qcow2 of %d GiB is inspected as a disk of that size', (gigabytes) => {
  expect(inspect(blankQcow2(gigabytes * GIB))).toEqual({
    ok: true,
    image: { format: 'qcow2', version: 3, virtualSize: gigabytes * GIB, encrypted: false, backingFile: null },
  })
})

test('blank qcow2 has 256 KiB for disks up to 4 TiB', () => {
  expect(blankQcow2(1 * GIB).length).toBe(2 ** 18)
  expect(blankQcow2(4096 * GIB).length).toBe(2 ** 18)
})
