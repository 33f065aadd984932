import type { World } from '../../engine/world.ts'
import { openByteSource } from '../../kernel/disk-image/file-source.ts'
import { type DiskImage, inspectDiskImage } from '../../kernel/disk-image/inspect.ts'
import { CloudError } from '../../kernel/errors.ts'
import type { ReceivedBytes } from '../../store/blobs.ts'
import { insertImage } from '../../store/images.ts'
import type { TagRow } from '../../store/schema.ts'
import type { Caller } from '../identity/caller.ts'
import { submitJob } from '../jobs/submit.ts'
import { DEFAULT_OS_VERSION, osAttributes, osVersions } from '../os-versions.ts'
import { checkConcurrentImports, checkImageQuota } from '../quotas.ts'
import { checkTags } from '../tags/tag.ts'

export interface ObjectUrl {
  bucket: string
  key: string
}

/** A system or ISO image to be made from a file in a bucket; sizes in GB (disk) and MB (memory). */
export interface ImportImage {
  name: string
  description?: string | undefined
  source: ObjectUrl
  minDisk: number
  minRam: number
  maxRam?: number | undefined
  osType?: 'Linux' | 'Windows' | 'Other' | undefined
  osVersion?: string | undefined
  environment: 'FusionCompute' | 'Ironic' | 'IsoImage'
  architecture: 'x86' | 'arm'
  firmware?: 'bios' | 'uefi' | undefined
  quick: boolean
  tags: readonly TagRow[]
  enterpriseProjectId?: string | undefined
}

const GIB = 2 ** 30
/** A file for a plain import may have 128 GB. */
const LARGEST_FILE = 128 * GIB
/** How far an import gets before the cloud has unpacked enough of the file to see that it cannot use it. */
const HEADER_CHECK = 0.2

/** An import that passed every check the cloud makes at once. */
export interface CheckedImport {
  /** Where the object's bytes are. */
  path: string
  size: number
  disk: DiskImage
  /** The code with which the job is going to fail, for what the cloud finds out later. */
  failure?: string
}

/**
 * Everything that is checked at once: quota (IMG.0015, IMG.0194), the bucket (IMG.0069), the object (IMG.0057), its size
 * (IMG.0059) and that it is a disk image at all (IMG.0057). What a header says about the disk is found out by the job.
 */
export function checkImport(world: World, caller: Caller, request: ImportImage): CheckedImport {
  checkTags(world, request.tags)
  checkImageQuota(world, caller.projectId)
  checkConcurrentImports(world, caller.projectId)
  const { bucket, key } = request.source
  if (!world.buckets.exists(bucket)) throw new CloudError('IMG.0069', { bucket })
  const path = world.buckets.find(bucket, key)
  if (path === undefined) throw new CloudError('IMG.0057', { bucket, key, found: 'no such object' })
  using file = openByteSource(path)
  if (file.size > LARGEST_FILE) throw new CloudError('IMG.0059', { size: file.size, limit: LARGEST_FILE })
  const inspection = inspectDiskImage(file)
  if (!inspection.ok) throw new CloudError('IMG.0057', { bucket, key, found: inspection.reason })
  const disk = inspection.image
  const isIso = request.environment === 'IsoImage'
  if ((disk.format === 'iso') !== isIso)
    throw new CloudError('IMG.0057', { bucket, key, found: `${disk.format} file` })
  if (request.quick && disk.format !== 'raw') throw new CloudError('IMG.0158', { found: disk.format })
  const failure = lateFailure(request, disk)
  return { path, size: file.size, disk, ...(failure && { failure }) }
}

/** What the cloud finds only while it unpacks the file: disks that need another file or a key, or are too large. */
function lateFailure(request: ImportImage, disk: DiskImage): string | undefined {
  if (disk.encrypted || disk.backingFile !== null) return 'IMG.0057'
  if (disk.virtualSize > request.minDisk * GIB) return 'IMG.0055'
  return undefined
}

/** Makes the image and its job out of a checked import whose bytes have arrived in a blob; answers the job's id. */
export function importImage(
  world: World,
  caller: Caller,
  request: ImportImage,
  checked: CheckedImport,
  bytes: ReceivedBytes & { blobId: string },
): string {
  return world.db.transaction(() => {
    checkImageQuota(world, caller.projectId)
    const id = world.chance.uuid('image')
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
        protected: false,
        containerFormat: 'bare',
        diskFormat: request.environment === 'IsoImage' ? 'iso' : 'zvhd2',
        minDisk: request.minDisk,
        minRam: request.minRam,
        size: bytes.size,
        virtualSize: checked.disk.virtualSize,
        checksum: bytes.md5,
        hashAlgorithm: 'sha512',
        hashValue: bytes.sha512,
        blobId: bytes.blobId,
        createdAt: now,
        updatedAt: now,
        attributes: importedAttributes(request, bytes.size),
      },
      checkTags(world, request.tags),
    )
    return submitJob(world, {
      type: 'imsImportImageJob',
      flow: 'import-image',
      projectId: caller.projectId,
      imageId: id,
      imageName: request.name,
      ...(checked.failure && { failure: { code: checked.failure, at: HEADER_CHECK } }),
    })
  })
}

function importedAttributes(request: ImportImage, size: number): Record<string, string> {
  const { osVersion, osType, architecture, firmware, description, maxRam, enterpriseProjectId, source } =
    request
  const unnamed = osType === 'Windows' || osType === 'Other' ? 'Other(64 bit)' : DEFAULT_OS_VERSION
  const os = osVersions().get(osVersion ?? unnamed)
  const boot = architecture === 'arm' ? 'uefi' : firmware
  return {
    ...(os && osAttributes(os)),
    ...(osType !== undefined && osVersion === undefined && { __os_type: osType }),
    virtual_env_type: request.environment,
    __isregistered: 'true',
    __image_source_type: 'uds',
    __originalimagename: '',
    __backup_id: '',
    __productcode: '',
    __root_origin: 'file',
    __data_origin: `file,${source.bucket}:${source.key}`,
    __image_size: String(size),
    __support_kvm: 'true',
    __support_arm: String(architecture === 'arm'),
    ...(description !== undefined && description !== '' && { __description: description }),
    ...(request.quick && { __lazyloading: 'false' }),
    ...(boot !== undefined && { hw_firmware_type: boot }),
    ...(maxRam !== undefined && { max_ram: String(maxRam) }),
    ...(enterpriseProjectId !== undefined && { enterprise_project_id: enterpriseProjectId }),
  }
}
