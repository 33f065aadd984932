import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPartitions } from '../../../src/lib/disk-image/guest/partitions.ts'
import { fixture, latin1, le, patched } from './byte-sources.ts'
import { sparseDisk } from './made-disks.ts'

const EFI_SYSTEM = Buffer.from('28732ac11ff8d211ba4b00a0c93ec93b', 'hex')
const BIOS_BOOT = Buffer.from('4861682149646f6e744e656564454649', 'hex')
const BLANK = new Uint8Array(64 * 1024)

const tableOf = (start: Uint8Array) => readPartitions(sparseDisk(2 ** 30, [[0, start]]))

/** A GPT whose entries have these types, on a disk with sectors of this size. */
function gpt(sectorSize: number, types: readonly Uint8Array[]): Uint8Array {
  return patched(
    BLANK,
    [sectorSize, latin1('EFI PART')],
    [sectorSize + 72, le(8, 2)],
    [sectorSize + 80, le(4, 128)],
    [sectorSize + 84, le(4, 128)],
    ...types.map((type, entry) => [2 * sectorSize + entry * 128, type] as const),
  )
}

describe('the partition table of a disk', () => {
  test.each([512, 4096] as const)('is a GPT with sectors of %d bytes', async (sectorSize) => {
    const found = { kind: 'gpt', sectorSize, startsFromBios: false }
    expect(await tableOf(gpt(sectorSize, []))).toEqual({ ...found, hasEfiSystemPartition: false })
    expect(await tableOf(gpt(sectorSize, [new Uint8Array(16).fill(1), EFI_SYSTEM]))).toEqual({
      ...found,
      hasEfiSystemPartition: true,
    })
  })

  test('says that a BIOS starts from it when a partition is for GRUB or marked for a BIOS', async () => {
    expect(await tableOf(gpt(512, [EFI_SYSTEM, BIOS_BOOT]))).toMatchObject({ startsFromBios: true })
    const marked = patched(gpt(512, [EFI_SYSTEM]), [1024 + 48, Uint8Array.of(4)])
    expect(await tableOf(marked)).toMatchObject({ startsFromBios: true })
    const withCode = patched(gpt(512, [EFI_SYSTEM]), [0, latin1('\xeb\x63')])
    expect(await tableOf(withCode)).toMatchObject({ startsFromBios: false })
  })

  test('is an MBR, whose type 0xef is an EFI system partition', async () => {
    expect(await tableOf(fixture('tiny.raw'))).toEqual({
      kind: 'mbr',
      sectorSize: 512,
      hasEfiSystemPartition: false,
      startsFromBios: true,
    })
    const efi = patched(BLANK, [450, Uint8Array.of(0xef)], [510, latin1('\x55\xaa')])
    expect(await tableOf(efi)).toMatchObject({
      kind: 'mbr',
      hasEfiSystemPartition: true,
      startsFromBios: false,
    })
  })

  test('is missing on a blank disk and on one with a boot sector alone', async () => {
    expect(await tableOf(BLANK)).toBe(undefined)
    expect(await tableOf(patched(BLANK, [510, latin1('\x55\xaa')]))).toBe(undefined)
  })

  test('never fails, whatever it says', async () => {
    const someField = fc.tuple(fc.nat(127), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(512, 4096), fc.array(someField), async (sectorSize, fields) => {
        const patches = fields.map(([at, value]) => [sectorSize + 8 + at, le(8, value)] as const)
        await tableOf(patched(gpt(sectorSize, [EFI_SYSTEM]), ...patches))
      }),
      { numRuns: 200 },
    )
  })
})
