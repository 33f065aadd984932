import { wireSeconds } from '../../../lib/time.ts'
import type { World } from '../../../simulation/world.ts'
import { type Condition, listImages } from '../queries/image-list.ts'
import type { Image } from '../queries/images.ts'
import { ownImages } from './list.ts'

/** The two lists of the console. */
type ImageList = 'private' | 'public'

/** A list as the console exports it: the names of the columns, and the cells of each image as text. */
export interface ImageTable {
  header: readonly string[]
  rows: readonly (readonly string[])[]
}

type Column = readonly [name: string, cell: (image: Image) => string]

const GIB = 2 ** 30

/** `1.5 GB`, with the unit that the console takes: KB, MB or GB of 1024 each. */
function sizeInWords(bytes: number): string {
  const [unit, size] = bytes >= GIB ? ['GB', GIB] : bytes >= 2 ** 20 ? ['MB', 2 ** 20] : ['KB', 1024]
  return `${Math.round((bytes / size) * 100) / 100} ${unit}`
}

/** The words of the console for the states of an image; another state is shown as it is. */
const STATUSES: ReadonlyMap<string, string> = new Map([
  ['active', 'Normal'],
  ['queued', 'Creating'],
  ['saving', 'Creating'],
  ['killed', 'Error'],
])

/** The words of the console for `virtual_env_type`. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['FusionCompute', 'ECS system disk image'],
  ['DataImage', 'ECS data disk image'],
  ['Ironic', 'BMS system disk image'],
  ['IsoImage', 'ISO image'],
])

function typeInWords({ virtual_env_type: type = '', __whole_image: whole }: Image['attributes']): string {
  return whole === 'true' ? 'Full-ECS image' : (TYPES.get(type) ?? type)
}

const NAME: Column = ['Name', ({ name }) => name ?? '']
const STATUS: Column = ['Status', ({ status }) => STATUSES.get(status) ?? status]
const SYSTEM: Column = ['OS', ({ attributes }) => attributes.__os_version ?? attributes.__os_type ?? '']
const TYPE: Column = ['Image Type', ({ attributes }) => typeInWords(attributes)]
const CREATED: Column = ['Created', ({ createdAt }) => wireSeconds(createdAt)]
const disk = (name: string): Column => [name, ({ minDisk }) => (minDisk === 0 ? '' : `${minDisk} GB`)]

/**
 * The columns of the console, in its order. No image here shares a disk.
 * @see https://docs.otc.t-systems.com/image-management-service/umn/managing_private_images/exporting_image_list.html
 */
const COLUMNS: Readonly<Record<ImageList, readonly Column[]>> = {
  private: [
    NAME,
    ['ID', ({ id }) => id],
    STATUS,
    SYSTEM,
    TYPE,
    CREATED,
    disk('Disk Capacity'),
    ['Shared Disks', () => ''],
    ['Image Size', ({ size }) => (size === null ? '' : sizeInWords(size))],
    ['Encryption', ({ attributes }) => (attributes.__system__cmkid === undefined ? 'No' : 'Yes')],
  ],
  public: [
    NAME,
    STATUS,
    SYSTEM,
    TYPE,
    CREATED,
    disk('System Disk'),
    ['Minimum Memory', ({ minRam }) => (minRam === 0 ? '' : `${minRam} MB`)],
  ],
}

/** The images of a list: the private ones of a project, or all public ones. */
export interface ListedImages {
  list: ImageList
  projectId: string
  /** The selected images; undefined for all. */
  ids: readonly string[] | undefined
}

/**
 * Makes the table that the console exports, the latest image first.
 * @returns the table, and the ids that are no images of the list.
 */
export function imageListTable(
  { db }: Pick<World, 'db'>,
  { list, projectId, ids }: ListedImages,
): { table: ImageTable; unknown: readonly string[] } {
  const where: Condition[] = [list === 'public' ? { imageType: 'gold' } : ownImages({ projectId })]
  if (ids !== undefined) where.push({ column: 'id', oneOf: ids })
  const images = listImages(db, { where, sort: [{ by: 'created_at', direction: 'desc' }] })
  const found = new Set(images.map(({ id }) => id))
  const columns = COLUMNS[list]
  return {
    table: {
      header: columns.map(([name]) => name),
      rows: images.map((image) => columns.map(([, cell]) => cell(image))),
    },
    unknown: (ids ?? []).filter((id) => !found.has(id)),
  }
}
