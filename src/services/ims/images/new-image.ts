import type { RequestContext } from '../../../contract/call.ts'
import type { DiskBytes } from '../../../database/blobs.ts'
import { blankQcow2 } from '../../../lib/disk-image/write/qcow2.ts'
import type { World } from '../../../simulation/world.ts'
import { DEFAULT_OS_VERSION, osAttributes } from '../os-versions.ts'
import { checkEnterpriseProject } from '../own-projects.ts'
import { type Image, insertImage } from '../queries/images.ts'
import { checkImageQuota } from '../quotas.ts'
import type { TagRow } from '../tables.ts'
import { checkTags } from '../tags/change.ts'

export const GIB = 2 ** 30

/** The fields that a request can give to any new image. Memory is in MB. */
export interface ImageWishes {
  name: string
  description?: string | undefined
  minRam?: number | undefined
  maxRam?: number | undefined
  tags: readonly TagRow[]
  enterpriseProjectId?: string | undefined
}

/** The fields that a new image gets from its source. */
export interface ImageSubstance {
  /** The environment it is for; a copy has it among its attributes. */
  environment?: 'FusionCompute' | 'Ironic' | 'DataImage' | 'IsoImage'
  diskFormat?: string
  /** GB. */
  minDisk: number
  bytes: DiskBytes
  /** All other attributes on the wire. */
  attributes: Readonly<Record<string, string>>
}

/** Attributes of every private image; an empty text stands for none. */
export const PRIVATE_ATTRIBUTES: Readonly<Record<string, string>> = {
  __isregistered: 'true',
  __image_source_type: 'uds',
  __originalimagename: '',
  __backup_id: '',
  __productcode: '',
}

/** Checks the tags and the enterprise project of a new image. @throws CodedRefusal IMG.0115, IMG.0116, IMG.0155 */
export function checkWishes(context: RequestContext, { tags, enterpriseProjectId }: ImageWishes): void {
  const { world, caller } = context
  checkTags(context, tags)
  if (enterpriseProjectId !== undefined) checkEnterpriseProject(world, caller, enterpriseProjectId)
}

/**
 * Writes a private image that a job is going to fill. The quota has to be checked before.
 * @returns the id of the image.
 */
export function insertNewImage(
  context: RequestContext,
  owner: string,
  wishes: ImageWishes,
  { environment, diskFormat = 'zvhd2', minDisk, bytes, attributes }: ImageSubstance,
): string {
  const { world } = context
  const id = world.chance.uuid('image')
  const now = world.clock.now()
  insertImage(
    world.db,
    {
      id,
      owner,
      name: wishes.name,
      status: world.scenario.machine.initial,
      visibility: 'private',
      imageType: 'private',
      protected: false,
      containerFormat: 'bare',
      diskFormat,
      minDisk,
      minRam: wishes.minRam ?? 0,
      ...byteColumns(bytes),
      createdAt: now,
      updatedAt: now,
      attributes: {
        ...PRIVATE_ATTRIBUTES,
        ...(environment !== undefined && { virtual_env_type: environment }),
        __image_size: String(bytes.size),
        ...attributes,
        ...wishedAttributes(wishes),
      },
    },
    checkTags(context, wishes.tags),
  )
  return id
}

/** The columns of an image that follow from its bytes. */
export function byteColumns({ blobId, size, md5, sha512, virtualSize }: DiskBytes) {
  return { blobId, size, virtualSize, checksum: md5, hashAlgorithm: 'sha512', hashValue: sha512 }
}

function wishedAttributes({ description, maxRam, enterpriseProjectId }: ImageWishes): Record<string, string> {
  return {
    ...(description !== undefined && description !== '' && { __description: description }),
    ...(maxRam !== undefined && { max_ram: String(maxRam) }),
    ...(enterpriseProjectId !== undefined && { enterprise_project_id: enterpriseProjectId }),
  }
}

/** The bytes that the columns of an image tell of. */
export function bytesOf({
  blobId,
  size,
  virtualSize,
  checksum,
  hashValue,
}: Image & { blobId: string }): DiskBytes {
  return { blobId, size: size ?? 0, virtualSize, md5: checksum ?? '', sha512: hashValue ?? '' }
}

/** Puts bytes into a second blob, which takes no space. */
export function copyOfBytes(world: World, bytes: DiskBytes): DiskBytes {
  const blobId = world.chance.uuid('blob')
  world.blobs.duplicate(blobId, bytes.blobId)
  return { ...bytes, blobId }
}

/**
 * The bytes of an image of a disk: those that the disk was made from, or those of an empty disk. No program runs on the servers
 * of a world, so a disk stays as it was made.
 * @param disk its size in GB, and what it was made from.
 */
export function bytesOfDisk(
  world: World,
  { size, content }: { size: number; content?: DiskBytes | null | undefined },
): DiskBytes {
  if (content == null || !world.blobs.has(content.blobId)) return blankDisk(world, size)
  return copyOfBytes(world, content)
}

/** Makes the bytes of an empty disk. */
export function blankDisk(world: World, gigabytes: number): DiskBytes {
  const blobId = world.chance.uuid('blob')
  const virtualSize = gigabytes * GIB
  return { ...world.blobs.keep(blobId, blankQcow2(virtualSize)), blobId, virtualSize }
}

/** The name of the image of the n-th data disk (from 1) that comes with a server, a file or a whole image. */
export function dataDiskName(name: string, n: number): string {
  const suffix = `-data-${n}`
  return `${name.slice(0, 128 - suffix.length)}${suffix}`
}

/** An image without bytes; they are uploaded or registered later. */
export interface DescribeImage {
  /** An id that was never used; drawn when it is left out. */
  id?: string | undefined
  name: string
  osVersion?: string | undefined
  protected: boolean
  containerFormat: string
  diskFormat: string
  minDisk: number
  minRam: number
  tags: readonly TagRow[]
  /** Attributes of the client's own. */
  attributes: Readonly<Record<string, string>>
}

/**
 * Writes an image that waits for its bytes.
 * @returns its id.
 * @throws CodedRefusal IMG.0015 beyond the quota of images.
 */
export function describeImage(context: RequestContext, request: DescribeImage): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkImageQuota(context)
    const id = request.id ?? world.chance.uuid('image')
    const now = world.clock.now()
    insertImage(
      world.db,
      {
        id,
        owner: caller.projectId,
        name: request.name,
        status: world.scenario.machine.initial,
        visibility: 'private',
        imageType: 'private',
        protected: request.protected,
        containerFormat: request.containerFormat,
        diskFormat: request.diskFormat,
        minDisk: request.minDisk,
        minRam: request.minRam,
        createdAt: now,
        updatedAt: now,
        attributes: {
          ...request.attributes,
          ...osAttributes(world.db, request.osVersion ?? DEFAULT_OS_VERSION),
          virtual_env_type: request.diskFormat === 'iso' ? 'IsoImage' : 'FusionCompute',
          __isregistered: 'true',
          __image_source_type: 'uds',
          __originalimagename: '',
          __backup_id: '',
          __productcode: '',
          __image_size: '0',
        },
      },
      request.tags,
    )
    return id
  })
}
