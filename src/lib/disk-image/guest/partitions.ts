import { HeaderBytes } from '../bounded-file.ts'
import type { GuestDisk } from './guest-disk.ts'

/** The partition table of a disk, as far as it tells how a machine starts from the disk. */
export interface PartitionTable {
  kind: 'mbr' | 'gpt'
  /** Bytes. */
  sectorSize: 512 | 4096
  hasEfiSystemPartition: boolean
  /**
   * True when a BIOS can start from the disk: its MBR has boot code, or its GPT a partition for that. The code in front of a GPT
   * says nothing, because Windows puts it there too.
   */
  startsFromBios: boolean
}

/** Bytes at the start of a disk in which its partition table lies: of sectors of 4 KiB, six and the entries of a GPT. */
const START = 64 * 1024
const GPT_ENTRIES = 128
const ENTRY_LENGTH = 128
/** The attribute of a partition whose code a BIOS may start. */
const LEGACY_BIOS_BOOTABLE = 1 << 2
const SECTOR_SIZES = [512, 4096] as const

const EFI_SYSTEM = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
/** The partition with GRUB's code for a BIOS. */
const BIOS_BOOT = '21686148-6449-6e6f-744e-656564454649'

const MBR_TYPE = { efiSystem: 0xef, gpt: 0xee } as const
/** Boot code comes before the partition table of an MBR. */
const BOOT_CODE_END = 440

/** Reads the partition table of a disk; undefined when it has none. @throws HeaderRefused as `extents` */
export async function readPartitions(disk: GuestDisk): Promise<PartitionTable | undefined> {
  const start = new HeaderBytes(await readStart(disk, Math.min(START, disk.size)), 'start of the disk')
  if (start.length < 512) return undefined
  return readGpt(start) ?? readMbr(start)
}

async function readStart(disk: GuestDisk, length: number): Promise<Uint8Array> {
  const start = new Uint8Array(length)
  for await (const { offset, data } of disk.extents()) {
    if (offset >= length) break
    if (data !== null) start.set(data.subarray(0, length - offset), offset)
  }
  return start
}

function readGpt(start: HeaderBytes): PartitionTable | undefined {
  const sectorSize = SECTOR_SIZES.find((size) => start.matches(size, 'EFI PART'))
  if (sectorSize === undefined || start.length < 2 * sectorSize) return undefined
  const first = start.u32le(sectorSize + 72) * sectorSize
  const count = Math.min(start.u32le(sectorSize + 80), GPT_ENTRIES)
  const length = start.u32le(sectorSize + 84)
  const types = new Set<string>()
  let isLegacyBootable = false
  for (let entry = 0; entry < count && length >= ENTRY_LENGTH; entry++) {
    const at = first + entry * length
    if (at + ENTRY_LENGTH > start.length) break
    types.add(start.guid(at))
    isLegacyBootable ||= (start.u8(at + 48) & LEGACY_BIOS_BOOTABLE) !== 0
  }
  return {
    kind: 'gpt',
    sectorSize,
    hasEfiSystemPartition: types.has(EFI_SYSTEM),
    startsFromBios: types.has(BIOS_BOOT) || isLegacyBootable,
  }
}

function readMbr(start: HeaderBytes): PartitionTable | undefined {
  if (!start.matches(510, '\x55\xaa')) return undefined
  const types = [446, 462, 478, 494].map((entry) => start.u8(entry + 4))
  const isEmpty = types.every((type) => type === 0)
  if (isEmpty || types.includes(MBR_TYPE.gpt)) return undefined
  return {
    kind: 'mbr',
    sectorSize: 512,
    hasEfiSystemPartition: types.includes(MBR_TYPE.efiSystem),
    startsFromBios: !start.filled(0, BOOT_CODE_END, 0),
  }
}
