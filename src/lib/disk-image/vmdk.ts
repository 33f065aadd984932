import { type BoundedFile, type HeaderBytes, refuse } from './bounded-file.ts'
import { believableName, believableSize, type FormatReader, isPowerOfTwo, unitsFor } from './format.ts'
import { vmdkPieces } from './guest/vmdk-pieces.ts'

// The layout is VMware's "Virtual Disk Format 5.0"; all numbers have the least significant byte first.
const NAME = 'VMDK header'
const SECTOR = 512
const MAGIC = 'KDMV'

/** The line at the start of a descriptor, in a file of its own or in a sparse extent; other comments may stand before it. */
const DESCRIPTOR_START = '# Disk DescriptorFile'

const CHECKED_LINE_ENDS = 1 << 0
const REDUNDANT_DIRECTORY = 1 << 1
const ZERO_GRAINS = 1 << 2
const COMPRESSED = 1 << 16
/** The footer of a stream: a marker of this type, the header again, an end marker; a sector each. */
const FOOTER_MARKER = 3

/** Reads VMware disks in one file: a sparse extent with its descriptor inside, or a compressed stream. */
export const vmdk: FormatReader = {
  recognises: ({ head }) =>
    head.matches(0, MAGIC) || head.matches(0, 'COWD') || head.matches(0, DESCRIPTOR_START),

  read(file) {
    if (file.head.matches(0, 'COWD')) {
      refuse('The file is one extent of an ESX snapshot (COWD), not a whole VMDK disk.')
    }
    if (!file.head.matches(0, MAGIC)) return refuseDescriptorAlone(file)
    const header = file.section(0, SECTOR, NAME)
    const version = header.u32le(4)
    if (version < 1 || version > 3) refuse(`The VMDK header has version ${version}, which is not 1 to 3.`)
    const flags = header.u32le(8)
    if (flags & CHECKED_LINE_ENDS && !header.matches(73, '\n \r\n')) {
      refuse('The VMDK file was damaged by a transfer that changed line ends.')
    }
    if (header.u16le(77) !== (flags & COMPRESSED ? 1 : 0)) {
      refuse('The VMDK header contradicts itself on how grains are compressed.')
    }
    const virtualSize = believableSize(header.u64le(12, 'capacity') * SECTOR, NAME)
    const directoryOffset = checkDirectories(file, header, virtualSize)
    const { encrypted, parent } = readDescriptor(file, header)
    return {
      image: { format: 'vmdk', version, virtualSize, encrypted, backingFile: parent },
      pieces: vmdkPieces({
        virtualSize,
        grainSize: header.u64le(20, 'grain size') * SECTOR,
        tableEntries: header.u32le(44),
        directoryOffset,
        compressed: (flags & COMPRESSED) !== 0,
        zeroGrains: (flags & ZERO_GRAINS) !== 0,
      }),
    }
  },
}

/** Refuses a descriptor in a file of its own, because its extents are other files. */
function refuseDescriptorAlone(file: BoundedFile): never {
  const { createType, extents } = parseDescriptor(file.head.text(0, file.head.length))
  const named = extents.find((extent) => extent.file !== '')
  const where = named ? `"${quotable(named.file)}"` : 'other files'
  refuse(`The VMDK file is only a descriptor (${createType}): its data is in ${where}.`)
}

/** The types of disks in one file; tools write "custom" for disks that they changed. */
const WHOLE_DISKS = ['monolithicSparse', 'streamOptimized', 'custom']

function readDescriptor(file: BoundedFile, header: HeaderBytes): VmdkDescriptor {
  const offset = header.u64le(28, 'descriptor offset') * SECTOR
  const length = header.u64le(36, 'descriptor size') * SECTOR
  const text = offset === 0 ? '' : file.section(offset, length, 'VMDK descriptor').text(0, length)
  // The parts of a split disk keep room for a descriptor and leave it empty.
  if (text === '')
    refuse('The VMDK file has no descriptor: it is one part of a disk split into several files.')
  const descriptor = parseDescriptor(text)
  const { createType, extents } = descriptor
  if (!WHOLE_DISKS.includes(createType)) {
    refuse(`The VMDK disk is of type ${createType}, which is not one file that holds the whole disk.`)
  }
  // A descriptor is text that anyone can edit: an extent elsewhere would be a file of another user.
  const [extent] = extents
  if (extents.length !== 1 || extent?.type !== 'SPARSE' || /[/\\]/.test(extent.file)) {
    refuse('The VMDK descriptor names extents other than the file itself.')
  }
  return descriptor
}

/**
 * Grain directories must be in the file. A stream has its directory behind the data, where its footer says.
 * @returns the place of the directory, bytes.
 */
function checkDirectories(file: BoundedFile, header: HeaderBytes, virtualSize: number): number {
  const grain = header.u64le(20, 'grain size')
  if (!isPowerOfTwo(grain) || grain < 8 || grain > 2 ** 21) {
    refuse(`The VMDK header has grains of ${grain} sectors, which cannot be.`)
  }
  const tableEntries = header.u32le(44)
  if (tableEntries < 1 || tableEntries > 512) {
    refuse(`The VMDK header has grain tables of ${tableEntries} entries, which is not in 1 to 512.`)
  }
  const length = unitsFor(virtualSize, grain * SECTOR * tableEntries) * 4
  const last = header.filled(56, 8, 0xff) ? readFooter(file) : header
  const directory = last.u64le(56, 'grain directory offset')
  const places = [directory]
  if (last.u32le(8) & REDUNDANT_DIRECTORY) places.push(last.u64le(48, 'redundant grain directory offset'))
  for (const sector of places) {
    if (sector === 0 || !file.holds(sector * SECTOR, length)) {
      refuse('The VMDK header has a grain directory that is not inside the file.')
    }
  }
  return directory * SECTOR
}

function readFooter(file: BoundedFile): HeaderBytes {
  const length = 3 * SECTOR
  const end = file.size >= length ? file.section(file.size - length, length, 'VMDK footer') : undefined
  if (!end || end.u32le(12) !== FOOTER_MARKER || !end.matches(SECTOR, MAGIC)) {
    refuse('The VMDK stream ends without its footer: it is not complete.')
  }
  return end.within(SECTOR, SECTOR, 'VMDK footer')
}

/** The text part of a VMDK: `key=value` lines, and one line for each extent, a file with a part of the disk. */
interface VmdkDescriptor {
  createType: string
  extents: VmdkExtent[]
  /** The file to which this disk holds the differences; null when there is none. */
  parent: string | null
  encrypted: boolean
}

interface VmdkExtent {
  /** SPARSE, FLAT, ZERO, VMFS, VMFSSPARSE ... */
  type: string
  file: string
}

/** The parent's content id of a disk that has no parent. */
const NO_PARENT = 'ffffffff'

/** Parses a descriptor; refuses one of an unknown version, and one with a parent that it does not name. */
function parseDescriptor(text: string): VmdkDescriptor {
  const lines = text.split('\n')
  if (!startsDescriptor(lines)) refuse('The VMDK file has no disk descriptor where its header says.')
  const values = new Map(lines.flatMap(parseKeyAndValue))
  const version = values.get('version') ?? ''
  if (!['1', '2', '3'].includes(version)) {
    refuse(`The VMDK descriptor has version "${quotable(version)}", which is not 1 to 3.`)
  }
  const createType = values.get('createtype')
  if (!createType) refuse('The VMDK descriptor has no createType.')
  const parentId = (values.get('parentcid') ?? NO_PARENT).toLowerCase()
  return {
    createType: quotable(createType),
    extents: lines.flatMap(parseExtent),
    parent:
      parentId === NO_PARENT ? null : believableName(values.get('parentfilenamehint'), 'VMDK descriptor'),
    encrypted: [...values.keys()].some((key) => key.startsWith('encryption.')),
  }
}

/** True when the comments and blank lines at the start have the line that begins a descriptor, in any case. */
function startsDescriptor(lines: readonly string[]): boolean {
  const trimmed = lines.map((line) => line.trim())
  const end = trimmed.findIndex((line) => line !== '' && !line.startsWith('#'))
  const comments = end < 0 ? trimmed : trimmed.slice(0, end)
  return comments.some((line) => line.toLowerCase().startsWith(DESCRIPTOR_START.toLowerCase()))
}

// Lines are split at characters, not matched with patterns, so that a hostile line costs no more than its length.

/** Parses `key = "value"`. VMware ignores the case of keys, so they become lower case; a comment's key starts with its #. */
function parseKeyAndValue(line: string): [string, string][] {
  const equals = line.indexOf('=')
  if (equals < 0) return []
  const value = line.slice(equals + 1).trim()
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  return [[line.slice(0, equals).trim().toLowerCase(), quoted ? value.slice(1, -1) : value]]
}

/** Parses `RW 512 SPARSE "disk.vmdk"`: access, sectors, type, file. */
function parseExtent(line: string): VmdkExtent[] {
  const [access = '', , type = ''] = line.trim().split(/\s+/, 3)
  if (!['RW', 'RDONLY', 'NOACCESS'].includes(access)) return []
  const [, file = ''] = line.split('"', 2)
  return [{ type, file }]
}

/** Makes text from a file safe for a message: at most 100 characters, and none that controls a terminal. */
function quotable(text: string): string {
  return text.slice(0, 100).replaceAll(/[^ -~]/g, '?')
}
