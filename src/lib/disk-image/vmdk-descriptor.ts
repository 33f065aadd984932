import { believableName } from './backing-name.ts'
import { refuse } from './image.ts'

/** The text part of a VMDK: `key=value` lines, and one line for each extent, a file with a part of the disk. */
export interface VmdkDescriptor {
  createType: string
  extents: VmdkExtent[]
  /** The file this disk holds the differences to; null when it stands alone. */
  parent: string | null
  encrypted: boolean
}

interface VmdkExtent {
  /** SPARSE, FLAT, ZERO, VMFS, VMFSSPARSE ... */
  type: string
  file: string
}

/** The first line of a descriptor, in a file of its own or in a sparse extent. */
export const DESCRIPTOR_START = '# Disk DescriptorFile'

/** The parent's content id of a disk that has no parent. */
const NO_PARENT = 'ffffffff'

/** @throws HeaderRefused when it is no descriptor of a known version, or a parent is said but not named. */
export function parseDescriptor(text: string): VmdkDescriptor {
  if (!text.startsWith(DESCRIPTOR_START))
    refuse('The VMDK file has no disk descriptor where its header says.')
  const lines = text.split('\n')
  const values = new Map(lines.flatMap(keyAndValue))
  const version = values.get('version') ?? ''
  if (!['1', '2', '3'].includes(version)) {
    refuse(`The VMDK descriptor has version "${quotable(version)}", which is not 1 to 3.`)
  }
  const createType = values.get('createtype')
  if (!createType) refuse('The VMDK descriptor has no createType.')
  const parentId = (values.get('parentcid') ?? NO_PARENT).toLowerCase()
  return {
    createType: quotable(createType),
    extents: lines.flatMap(extent),
    parent:
      parentId === NO_PARENT ? null : believableName(values.get('parentfilenamehint'), 'VMDK descriptor'),
    encrypted: [...values.keys()].some((key) => key.startsWith('encryption.')),
  }
}

// Split at characters and not matched with patterns: a hostile line must not cost more than its length.

/** `key = "value"`, the key in lower case, as VMware does not care. A comment's key starts with its #. */
function keyAndValue(line: string): [string, string][] {
  const equals = line.indexOf('=')
  if (equals < 0) return []
  const value = line.slice(equals + 1).trim()
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  return [[line.slice(0, equals).trim().toLowerCase(), quoted ? value.slice(1, -1) : value]]
}

/** `RW 512 SPARSE "disk.vmdk"`: access, sectors, type, file. */
function extent(line: string): VmdkExtent[] {
  const [access = '', , type = ''] = line.trim().split(/\s+/, 3)
  if (!['RW', 'RDONLY', 'NOACCESS'].includes(access)) return []
  const [, file = ''] = line.split('"', 2)
  return [{ type, file }]
}

/** Text of a file as it may stand in a message: short, and without characters that steer a terminal. */
export function quotable(text: string): string {
  return text.slice(0, 100).replaceAll(/[^ -~]/g, '?')
}
