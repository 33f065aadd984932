import type { RequestContext } from '../../../contract/call.ts'
import type { ReceivedBytes } from '../../../database/blobs.ts'
import type { Db } from '../../../database/open.ts'
import { submitJob, submitJobOfParts } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import type { ObjectUrl } from '../../obs/objects.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE } from '../job-types.ts'
import { imageJobs, type NewImageJob } from '../jobs.ts'
import {
  DEFAULT_OS_VERSION,
  type DiskSystem,
  dataAttributes,
  keyAttribute,
  systemAttributes,
} from '../os-versions.ts'
import { checkConcurrentCreations, checkConcurrentImports, checkImageQuota } from '../quotas.ts'
import { checkKey } from '../sources/keys.ts'
import { pullObjects } from '../sources/object-store.ts'
import {
  bitmapOf,
  diskInObject,
  disksInOva,
  type FileDisk,
  hasBitmap,
  isOva,
  LARGEST_FILE,
  LARGEST_QUICK_FILE,
  type LocatedDisk,
} from '../sources/objects.ts'
import type { StoredDisk } from '../sources/stored-disks.ts'
import { checkWishes, dataDiskName, GIB, type ImageWishes, insertNewImage } from './new-image.ts'

/** One image to be made of a file in a bucket; `minDisk` in GB. */
export type ImportFile = ImageWishes & {
  source: ObjectUrl
  minDisk: number
  /** True to import the file without unpacking it. */
  quick: boolean
  keyId?: string | undefined
} & (ImportSystem | ImportData)

interface ImportSystem extends DiskSystem {
  environment: 'FusionCompute' | 'Ironic' | 'IsoImage'
  osType?: 'Linux' | 'Windows' | 'Other' | undefined
  /** True when the cloud adds drivers and settings of its own to the operating system. */
  configure: boolean
}

interface ImportData {
  environment: 'DataImage'
  osType: string
}

/** Most data disks that come with one system disk. */
const MOST_DATA_DISKS = 3
/** Largest data disk in GB. */
const LARGEST_DATA_DISK = 2048
/** Part of an import's time (0 to 1) after which the cloud has unpacked enough of the file to find it unusable. */
export const HEADER_CHECK = 0.2

/** A file that has passed the checks that the cloud makes before it answers. */
export interface CheckedFile {
  request: ImportFile
  located: LocatedDisk
  /** The code with which the job will fail, for defects that the cloud finds later. */
  failure: string | undefined
}

/**
 * Makes the checks of an import that come before the answer: tags, enterprise projects, keys and quotas, then file by file
 * that it exists and is a disk image. Defects in the header of a disk are found by the job.
 * @returns one entry for each image; an OVA has several.
 * @throws CodedRefusal IMG.0015, IMG.0194 and IMG.0060 for the quotas.
 */
export function checkImport(context: RequestContext, requests: readonly ImportFile[]): CheckedFile[] {
  checkRequests(context, requests)
  return requests.flatMap((request) =>
    isOva(request.source) && request.environment !== 'DataImage'
      ? checkOva(context, request)
      : checkFile(context, request),
  )
}

/** Makes the checks of an import that need no file. */
function checkRequests(context: RequestContext, requests: readonly ImportFile[]): void {
  for (const request of requests) {
    checkWishes(context, request)
    if (request.keyId !== undefined) checkKey(context, request.keyId)
  }
  checkLimits(context, requests.length)
}

/**
 * Fetches the files of an import from the object store, where there is one, after the checks that need none of them.
 * @throws CodedRefusal as `checkImport`, and as `pullObjects`.
 */
export async function pullFiles(
  context: RequestContext,
  requests: readonly ImportFile[],
): Promise<Disposable> {
  const { world } = context
  if (world.objectStore !== undefined) checkRequests(context, requests)
  const wanted = requests.flatMap(({ source: url, quick }) => {
    const file = { url, largest: quick ? LARGEST_QUICK_FILE : LARGEST_FILE }
    return quick ? [file, { url: bitmapOf(url), largest: LARGEST_FILE }] : [file]
  })
  return await pullObjects(world, wanted)
}

function checkLimits(context: RequestContext, images: number): void {
  checkImageQuota(context, images)
  checkConcurrentImports(context)
  checkConcurrentCreations(context)
}

function checkFile(context: RequestContext, request: ImportFile): CheckedFile {
  const { world } = context
  const { source, quick, environment } = request
  const located = diskInObject(context, source, { largest: quick ? LARGEST_QUICK_FILE : LARGEST_FILE })
  const { format } = located.disk
  if ((format === 'iso') !== (environment === 'IsoImage'))
    throw fail('IMG.0057', { ...source, found: `${format} file` })
  if (quick && !(format === 'zvhd2' || (format === 'raw' && hasBitmap(world, source))))
    throw fail('IMG.0158', { ...source, found: format })
  return { request, located, failure: lateFailure(located.disk, request.minDisk) }
}

/** Checks an OVA. Its first disk is the system disk; each of the others is a data disk of its own size. */
function checkOva(
  context: RequestContext,
  request: ImportFile & { environment: ImportSystem['environment'] },
): CheckedFile[] {
  const { source, quick, keyId } = request
  const [system, ...data] = disksInOva(context, source)
  if (quick) throw fail('IMG.0158', { ...source, found: 'ova' })
  if (system === undefined || data.length > MOST_DATA_DISKS)
    throw fail('IMG.0057', { ...source, found: `${data.length} data disks` })
  const osType = request.osType === 'Windows' ? 'Windows' : 'Linux'
  const dataFiles = data.map((located, index): CheckedFile => {
    const minDisk = Math.max(1, Math.ceil((located.disk.virtualSize ?? 0) / GIB))
    const wishes: ImageWishes = {
      name: dataDiskName(request.name, index + 1),
      tags: [],
      enterpriseProjectId: request.enterpriseProjectId,
    }
    return {
      request: { ...wishes, source, minDisk, quick: false, keyId, environment: 'DataImage', osType },
      located,
      failure: minDisk > LARGEST_DATA_DISK ? 'IMG.0055' : lateFailure(located.disk, minDisk),
    }
  })
  checkLimits(context, dataFiles.length + 1)
  return [{ request, located: system, failure: lateFailure(system.disk, request.minDisk) }, ...dataFiles]
}

/**
 * The code of a defect that the cloud finds while it unpacks a file: the disk needs another file or a key, or is too
 * large.
 */
export function lateFailure(disk: FileDisk, minDisk: number): string | undefined {
  if (disk.encrypted || disk.backingFile !== null) return 'IMG.0057'
  if (disk.virtualSize !== null && disk.virtualSize > minDisk * GIB) return 'IMG.0055'
  return undefined
}

/** A checked file whose bytes have arrived in a blob. */
export interface ReceivedFile extends CheckedFile {
  bytes: ReceivedBytes & StoredDisk & { blobId: string }
}

/**
 * Submits the job of an import; several files make a job of parts. The quotas are checked again, because other calls may
 * have been answered while the bytes arrived.
 * @returns the id of the job.
 */
export function importFiles(context: RequestContext, files: readonly ReceivedFile[]): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkLimits(context, files.length)
    const jobs = files.map((file) => writeImage(context, file))
    const [only, ...others] = jobs
    if (only !== undefined && others.length === 0) return submitJob(context, imageJobs, only)
    return submitJobOfParts(
      context,
      { type: JOB_TYPE.importSeveral, projectId: caller.projectId },
      imageJobs,
      jobs,
    )
  })
}

function writeImage(
  context: RequestContext,
  { request, located, failure: checked, bytes }: ReceivedFile,
): NewImageJob {
  const failure = bytes.flaw === undefined ? checked : 'IMG.0057'
  const { caller } = context
  const { virtualSize } = located.disk
  const imageId = insertNewImage(context, caller.projectId, request, {
    environment: request.environment,
    diskFormat: request.environment === 'IsoImage' ? 'iso' : 'zvhd2',
    minDisk: request.minDisk,
    bytes: { ...bytes, virtualSize },
    attributes: importedAttributes(context.world, request, located.disk.format === 'zvhd2', bytes.needsUefi),
  })
  const data = request.environment === 'DataImage'
  return {
    type: data ? JOB_TYPE.importDataImage : JOB_TYPE.importImage,
    flow: request.quick ? 'quick-import' : data ? 'import-data-image' : 'import-image',
    projectId: caller.projectId,
    imageId,
    imageName: request.name,
    failure: failure === undefined ? undefined : { code: failure, at: HEADER_CHECK },
  }
}

/**
 * The attributes of an imported image. `lazy` is true for the cloud's own format, which alone can be loaded while it is
 * used. A disk from which only UEFI can start is for UEFI, unless the request says otherwise.
 */
function importedAttributes(
  { db }: World,
  request: ImportFile,
  lazy: boolean,
  needsUefi: boolean,
): Record<string, string> {
  const { source, quick, keyId } = request
  return {
    ...(request.environment === 'DataImage'
      ? dataAttributes(request.osType)
      : importedSystem(db, request, needsUefi)),
    ...keyAttribute(keyId),
    __root_origin: 'file',
    __data_origin: originOf(source),
    ...(quick && { __lazyloading: String(lazy) }),
  }
}

/** The `__data_origin` of an image that comes from a file. */
export function originOf({ bucket, key }: ObjectUrl): string {
  return `file,${bucket}:${key}`
}

/** The `__os_version` of a file whose system was not named, by its type. */
const UNNAMED_SYSTEM = {
  Linux: DEFAULT_OS_VERSION,
  Windows: 'Other_Windows (64_bit)',
  Other: 'Other(64 bit)',
} as const

function importedSystem(
  db: Db,
  { osType, configure, ...system }: ImportSystem,
  needsUefi: boolean,
): Record<string, string> {
  const unnamed = UNNAMED_SYSTEM[osType ?? 'Linux']
  return {
    ...systemAttributes(db, {
      ...system,
      firmware: system.firmware ?? (needsUefi ? 'uefi' : undefined),
      osVersion: system.osVersion ?? unnamed,
    }),
    ...(osType !== undefined && system.osVersion === undefined && { __os_type: osType }),
    ...(configure && { __is_config_init: 'true' }),
  }
}
