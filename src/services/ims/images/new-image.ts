import type { RequestContext } from '../../../contract/call.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import { blankQcow2 } from '../../../lib/disk-image/qcow.ts'
import type { World } from '../../../simulation/world.ts'
import { DEFAULT_OS_VERSION, osAttributes, osVersions } from '../os-versions.ts'
import { checkEnterpriseProject } from '../own-projects.ts'
import { insertImage } from '../queries/images.ts'
import { checkImageQuota } from '../quotas.ts'
import type { TagRow } from '../tables.ts'
import { checkTags } from '../tags/tags.ts'

export const GIB = 2 ** 30

/** What a caller may say of any image that is made for it; memory in MB. */
export interface ImageWishes {
  name: string
  description?: string | undefined
  minRam?: number | undefined
  maxRam?: number | undefined
  tags: readonly TagRow[]
  enterpriseProjectId?: string | undefined
}

/** Bytes that lie in a blob, and the size of the disk in them; null when the file does not say it. */
export interface ImageBytes extends ReceivedBytes {
  blobId: string
  virtualSize: number | null
}

/** What an image is made of, whoever wished for it. */
export interface ImageSubstance {
  /** What it is for; a copy says it among its attributes. */
  environment?: 'FusionCompute' | 'Ironic' | 'DataImage' | 'IsoImage'
  diskFormat?: string
  /** GB. */
  minDisk: number
  bytes: ImageBytes
  /** Everything else the wire shows of it. */
  attributes: Readonly<Record<string, string>>
}

/** What every private image shows of itself; empty texts stand for what it does not have. */
export const PRIVATE_ATTRIBUTES: Readonly<Record<string, string>> = {
  __isregistered: 'true',
  __image_source_type: 'uds',
  __originalimagename: '',
  __backup_id: '',
  __productcode: '',
}

/** Refuses tags that an image may not have (IMG.0115, IMG.0116) and an enterprise project that is not the caller's (IMG.0155). */
export function checkWishes(context: RequestContext, { tags, enterpriseProjectId }: ImageWishes): void {
  const { world, caller } = context
  checkTags(context, tags)
  if (enterpriseProjectId !== undefined) checkEnterpriseProject(world, caller, enterpriseProjectId)
}

/** Writes a private image that a job is going to fill, and answers its id. The caller has checked the quota. */
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
export function byteColumns({ blobId, size, md5, sha512, virtualSize }: ImageBytes) {
  return { blobId, size, virtualSize, checksum: md5, hashAlgorithm: 'sha512', hashValue: sha512 }
}

function wishedAttributes({ description, maxRam, enterpriseProjectId }: ImageWishes): Record<string, string> {
  return {
    ...(description !== undefined && description !== '' && { __description: description }),
    ...(maxRam !== undefined && { max_ram: String(maxRam) }),
    ...(enterpriseProjectId !== undefined && { enterprise_project_id: enterpriseProjectId }),
  }
}

/** The bytes of a disk whose content nobody knows: servers and volumes of a world have none. In GB. */
export function blankDisk(world: World, gigabytes: number): ImageBytes {
  const blobId = world.chance.uuid('blob')
  const virtualSize = gigabytes * GIB
  return { ...world.blobs.keep(blobId, blankQcow2(virtualSize)), blobId, virtualSize }
}

/** The name of the n-th data disk of something that has a name: the server, the file or the whole image it came with. */
export function dataDiskName(name: string, n: number): string {
  const suffix = `-data-${n}`
  return `${name.slice(0, 128 - suffix.length)}${suffix}`
}

/** An image that is only described so far; its bytes are uploaded or registered later. */
export interface DescribeImage {
  /** One of its own that nobody had before; otherwise it is drawn. */
  id?: string | undefined
  name: string
  osVersion?: string | undefined
  protected: boolean
  containerFormat: string
  diskFormat: string
  minDisk: number
  minRam: number
  tags: readonly TagRow[]
  /** Attributes of one's own. */
  attributes: Readonly<Record<string, string>>
}

/** Creates the description of an image, waiting for its bytes, and answers its id. It counts against the quota (IMG.0015). */
export function describeImage(context: RequestContext, request: DescribeImage): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkImageQuota(context)
    const id = request.id ?? world.chance.uuid('image')
    const now = world.clock.now()
    const os = osVersions().get(request.osVersion ?? DEFAULT_OS_VERSION)
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
          ...(os && osAttributes(os)),
          virtual_env_type: 'FusionCompute',
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
