import { describe, expect, test } from 'vitest'
import { fixture, inspect, le, type Patch, refused, utf16 } from './byte-sources.ts'

const whole = fixture('tiny.vhdx.gz')
const OK = { format: 'vhdx', version: 1, virtualSize: 262144, encrypted: false, backingFile: null }

// Where qemu-img put the metadata region and, behind its five entries and five items, free room.
const METADATA = 3 * 2 ** 20
const ITEMS = METADATA + 65536
const NEXT_ENTRY = METADATA + 192

function guid(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

describe('VHDX with a parent', () => {
  const LOCATOR_ID = guid('2d5fd3a80bb34d45abf7d3d84834ab0c')
  const LOCATOR_TYPE = guid('b7ef4ab09ed1814ab78925b8e9445913')
  const LOCATOR = 65536 + 4096
  const LENGTH = 4096

  /** Patches with the parent flag, a sixth entry, and a locator with one list entry and two strings for each pair. */
  function child(values: Record<string, string>, length = LENGTH): Patch[] {
    const pairs = Object.entries(values)
    const patches: Patch[] = [
      [ITEMS + 4, le(4, 2)],
      [METADATA + 10, le(2, 6)],
      [NEXT_ENTRY, LOCATOR_ID],
      [NEXT_ENTRY + 16, le(4, LOCATOR)],
      [NEXT_ENTRY + 20, le(4, length)],
      [METADATA + LOCATOR, LOCATOR_TYPE],
      [METADATA + LOCATOR + 18, le(2, pairs.length)],
    ]
    let free = 512
    pairs.forEach(([key, value], at) => {
      const entry = METADATA + LOCATOR + 20 + at * 12
      patches.push([entry, le(4, free)], [entry + 8, le(2, key.length * 2)])
      patches.push([METADATA + LOCATOR + free, utf16(key, 'le')])
      free += key.length * 2
      patches.push([entry + 4, le(4, free)], [entry + 10, le(2, value.length * 2)])
      patches.push([METADATA + LOCATOR + free, utf16(value, 'le')])
      free += value.length * 2
    })
    return patches
  }

  test('reports the relative path of its parent', () => {
    const paths = {
      absolute_win32_path: 'D:\\vm\\base.vhdx',
      relative_path: '..\\base.vhdx',
      parent_linkage: '{1}',
    }
    expect(inspect(whole, ...child(paths))).toEqual({
      ok: true,
      image: { ...OK, backingFile: '..\\base.vhdx' },
    })
  })

  test('reports the absolute path of its parent without a relative one', () => {
    expect(inspect(whole, ...child({ absolute_win32_path: 'D:\\vm\\base.vhdx' }))).toEqual({
      ok: true,
      image: { ...OK, backingFile: 'D:\\vm\\base.vhdx' },
    })
  })

  test('needs a bitmap entry in the block table after each 4096 blocks', () => {
    const parent = child({ relative_path: 'x' }, 32768)
    const size = 31 * 4096 * 2 ** 20
    expect(inspect(whole, ...parent, [ITEMS + 8, le(8, size)])).toEqual({
      ok: true,
      image: { ...OK, virtualSize: size, backingFile: 'x' },
    })
    expect(inspect(whole, ...parent, [ITEMS + 8, le(8, size + 512)])).toEqual(
      refused('The VHDX block allocation table is too small for its disk.'),
    )
  })

  test.each<[string, string, Patch[]]>([
    [
      'an empty locator',
      'The VHDX parent locator says there is a backing file, but does not name it.',
      child({}, 20),
    ],
    [
      'a locator of 19 bytes',
      'The VHDX parent locator has 19 bytes, which is not in 20 to 32768.',
      child({}, 19),
    ],
    [
      'no path',
      'The VHDX parent locator says there is a backing file, but does not name it.',
      child({ parent_linkage: '{1}' }),
    ],
    [
      'a path of 1024 characters',
      'The VHDX parent locator has a backing file name over 1023 characters.',
      child({ relative_path: 'x'.repeat(1024) }),
    ],
    [
      'a locator of 33 KiB',
      'The VHDX parent locator has 33792 bytes, which is not in 20 to 32768.',
      child({ relative_path: 'x' }, 33792),
    ],
    [
      'a locator of another type',
      'The VHDX parent locator is of a type that is not known.',
      [...child({ relative_path: 'x' }), [METADATA + LOCATOR, new Uint8Array(16)]],
    ],
    [
      'a list longer than the locator',
      'The VHDX list of parent locations lies outside the VHDX parent locator.',
      [...child({ relative_path: 'x' }), [METADATA + LOCATOR + 18, le(2, 65535)]],
    ],
    [
      'a path outside the locator',
      'The VHDX parent location lies outside the VHDX parent locator.',
      [...child({ relative_path: 'x' }), [METADATA + LOCATOR + 24, le(4, 0xffffffff)]],
    ],
  ])('is refused with %s', (_, reason, patches) => {
    expect(inspect(whole, ...patches)).toEqual(refused(reason))
  })
})
