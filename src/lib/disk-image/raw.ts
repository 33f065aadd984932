import { type BoundedFile, type HeaderBytes, LARGEST_READ, refuse } from './bounded-file.ts'
import { believableSize, type FormatReader, type FoundDisk } from './format.ts'
import { flatPieces } from './guest/flat-pieces.ts'

const SECTOR = 512
const LUKS = 'LUKS\xba\xbe'
const LVM_LABEL_SECTORS = [0, 1, 2, 3]
/** Page sizes in bytes: Linux puts the mark of a swap area at the end of its first page. */
const PAGE_SIZES = [4096, 8192, 16384, 32768, 65536]
const BTRFS_MARK = { place: 0x10040, magic: '_BHRfS_M' }

/** Contents that identify a raw disk; `name` is for messages. */
const CONTENTS: { name: string; at: (start: HeaderBytes, file: BoundedFile) => boolean }[] = [
  { name: 'LUKS volume', at: isLuks },
  {
    name: 'GUID partition table',
    at: (start) => start.matches(512, 'EFI PART') || start.matches(4096, 'EFI PART'),
  },
  // NTFS and FAT end their boot sector with the same mark as the master boot record.
  { name: 'boot sector', at: (start) => start.matches(510, '\x55\xaa') },
  { name: 'NTFS file system', at: (start) => start.matches(3, 'NTFS    ') },
  { name: 'FAT file system', at: (start) => start.matches(54, 'FAT1') || start.matches(82, 'FAT32   ') },
  { name: 'ext file system', at: isExt },
  { name: 'XFS file system', at: (start) => start.matches(0, 'XFSB') },
  {
    name: 'btrfs file system',
    at: (_, file) => file.available(BTRFS_MARK.place, 8, 'btrfs mark').matches(0, BTRFS_MARK.magic),
  },
  { name: 'LVM physical volume', at: isLvm },
  { name: 'swap area', at: isSwap },
  { name: 'blank disk', at: (start) => start.filled(0, start.length, 0) },
]

/** Starts of archives and packed files: what is in them may be a disk, they are none. */
const ARCHIVES: { name: string; at: number; magic: string }[] = [
  { name: 'gzip', at: 0, magic: '\x1f\x8b' },
  { name: 'xz', at: 0, magic: '\xfd7zXZ\0' },
  { name: 'bzip2', at: 0, magic: 'BZh' },
  { name: 'Zstandard', at: 0, magic: '\x28\xb5\x2f\xfd' },
  { name: 'zip', at: 0, magic: 'PK\x03\x04' },
  { name: '7-Zip', at: 0, magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'tar', at: 257, magic: 'ustar' },
]

/**
 * Reads a disk that its owner calls raw, whatever its content is, as QEMU does: not every file system is on the list above.
 * Only archives are refused.
 */
export const calledRaw: FormatReader = {
  recognises: () => true,

  read(file) {
    const start = file.section(0, Math.min(file.size, LARGEST_READ), 'first 64 KiB')
    const archive = ARCHIVES.find(({ at, magic }) => start.matches(at, magic))
    if (archive) refuse(`The file is a ${archive.name} archive, not a disk image.`)
    if (file.size % SECTOR !== 0) {
      refuse(`The file is called a raw disk, but its ${file.size} bytes are not whole sectors.`)
    }
    return rawDisk(file, start)
  },
}

/** Reads a disk without a format of its own. It is tried last, and accepted only with content that a disk has. */
export const raw: FormatReader = {
  recognises: () => true,

  read(file) {
    const start = file.section(0, Math.min(file.size, LARGEST_READ), 'first 64 KiB')
    const content = CONTENTS.find(({ at }) => at(start, file))
    if (!content) {
      refuse('The file is not a disk image: it has no known header, partition table or file system.')
    }
    if (file.size % SECTOR !== 0) {
      refuse(
        `The file starts like a raw disk (${content.name}), but its ${file.size} bytes are not whole sectors.`,
      )
    }
    return rawDisk(file, start)
  },
}

function rawDisk(file: BoundedFile, start: HeaderBytes): FoundDisk {
  const virtualSize = believableSize(file.size, 'raw file')
  return {
    image: { format: 'raw', version: null, virtualSize, encrypted: isLuks(start), backingFile: null },
    pieces: flatPieces(0, virtualSize),
  }
}

/** LUKS versions 1 and 2 share magic and place. */
function isLuks(start: HeaderBytes): boolean {
  return start.matches(0, `${LUKS}\0\x01`) || start.matches(0, `${LUKS}\0\x02`)
}

/** The mark of ext2, ext3 and ext4 has only two bytes, so the block size (1 to 64 KiB) must be valid too. */
function isExt(start: HeaderBytes): boolean {
  return start.matches(1024 + 56, '\x53\xef') && start.u32le(1024 + 24) <= 6
}

/** The label is in one of the first four sectors. */
function isLvm(start: HeaderBytes): boolean {
  return LVM_LABEL_SECTORS.some(
    (sector) => start.matches(sector * SECTOR, 'LABELONE') && start.matches(sector * SECTOR + 24, 'LVM2 001'),
  )
}

function isSwap(start: HeaderBytes): boolean {
  return PAGE_SIZES.some((size) => start.matches(size - 10, 'SWAPSPACE2'))
}
