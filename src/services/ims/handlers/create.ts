import { type Call, contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import type { World } from '../../../simulation/world.ts'
import {
  type CreateImageBody,
  createDataImage,
  createImage,
  createWholeImage,
  importImageQuick,
  type QuickImportBody,
} from '../contract/create.ts'
import { fail } from '../errors.ts'
import { createDataImages, createFromServer, createFromVolume } from '../images/create-from-disks.ts'
import { createWholeFromBackup, createWholeFromServer } from '../images/create-whole.ts'
import {
  type CheckedFile,
  checkImport,
  type ImportFile,
  importFiles,
  pullFiles,
  type ReceivedFile,
} from '../images/import.ts'
import { dataDiskName, type ImageWishes } from '../images/new-image.ts'
import { osTypeOf } from '../os-versions.ts'
import { readDisk } from '../sources/objects.ts'
import { examineDisk } from '../sources/stored-disks.ts'
import type { TagRow } from '../tables.ts'
import { inSafeMode } from './safe-mode.ts'
import { readSystem } from './systems.ts'

interface TagFields {
  tags?: TagRow[] | undefined
  image_tags?: TagRow[] | undefined
}

/** The tags of a new image, from the one field that has them. @throws CodedRefusal IMG.0115 for both fields */
function readTags({ tags, image_tags }: TagFields): TagRow[] {
  if (tags !== undefined && image_tags !== undefined) throw fail('IMG.0115', { forms: 2 })
  return tags ?? image_tags ?? []
}

type OptionFields = TagFields & {
  description?: string | undefined
  min_ram?: number | undefined
  max_ram?: number | undefined
  enterprise_project_id?: string | undefined
}

/**
 * The name and options of a new image. A maximum memory of 0 MB means no limit.
 * @throws CodedRefusal IMG.0055 for a minimum memory above the maximum
 */
function readOptions(name: string, body: OptionFields): ImageWishes {
  const { min_ram: minRam = 0, max_ram: maxRam } = body
  if (maxRam !== undefined && maxRam > 0 && minRam > maxRam) throw fail('IMG.0055', { minRam, maxRam })
  return {
    name,
    description: body.description,
    minRam,
    maxRam,
    tags: readTags(body),
    enterpriseProjectId: body.enterprise_project_id,
  }
}

/** Imports files: checks them, copies their bytes into blobs, makes the images and starts the job. Returns the job's id. */
async function importFromBucket(call: Call, requests: readonly ImportFile[]): Promise<string> {
  const { world } = call
  const context = contextOf(call)
  const received: ReceivedFile[] = []
  using _pulled = await pullFiles(context, requests)
  try {
    for (const file of checkImport(context, requests)) received.push(await receive(world, file))
    return importFiles(context, received)
  } catch (error) {
    for (const { bytes } of received) world.blobs.remove(bytes.blobId)
    throw error
  }
}

async function receive(world: World, file: CheckedFile): Promise<ReceivedFile> {
  const blobId = world.chance.uuid('blob')
  const bytes = await world.blobs.receive(blobId, readDisk(world, file.located))
  try {
    const stored = await examineDisk(world, blobId, file.located.disk)
    return { ...file, bytes: { ...bytes, ...stored, blobId } }
  } catch (error) {
    world.blobs.remove(blobId)
    throw error
  }
}

/**
 * Makes images of the one source that a request names and returns the job's id.
 * @throws CodedRefusal IMG.0001 for several sources, IMG.0012 for none
 */
async function createFrom(call: Call, body: CreateImageBody): Promise<string> {
  const { instance_id, volume_id, image_url, data_images } = body
  const sources = [instance_id, volume_id, image_url].filter((source) => source !== undefined).length
  const onlyDataDisks = sources === 0 && data_images.length > 0
  if (body.name === undefined && !onlyDataDisks) throw fail('IMG.0013')
  if (sources > 1 || (image_url === undefined && sources > 0 && data_images.length > 0))
    throw fail('IMG.0001', { sources, dataImages: data_images.length })
  if (image_url !== undefined) return importFromBucket(call, readFiles(call.world, body, image_url))
  const context = contextOf(call)
  if (instance_id !== undefined)
    return createFromServer(context, { ...readOptions(body.name ?? '', body), serverId: instance_id })
  if (volume_id !== undefined) return createFromVolume(context, readVolume(body, volume_id))
  if (!onlyDataDisks) throw fail('IMG.0012')
  return createDataImages(context, readDataVolumes(body))
}

/** The environment (`virtual_env_type`) of an image by the type that a request gives it. */
const ENVIRONMENTS = {
  ECS: 'FusionCompute',
  FusionCompute: 'FusionCompute',
  BMS: 'Ironic',
  Ironic: 'Ironic',
  IsoImage: 'IsoImage',
} as const

/** A system disk from a volume: its system must be named (IMG.0056), and it cannot become an ISO (IMG.0024). */
function readVolume(body: CreateImageBody, volumeId: string) {
  const environment = ENVIRONMENTS[body.type]
  if (body.os_version === undefined) throw fail('IMG.0056', { missing: 'os_version' })
  if (environment === 'IsoImage') throw fail('IMG.0024', { type: body.type })
  return { ...readOptions(body.name ?? '', body), volumeId, osVersion: body.os_version, environment }
}

/** Data disks from volumes: each has a name (IMG.0013), a volume (IMG.0120) and no file (IMG.0001). */
function readDataVolumes(body: CreateImageBody) {
  const images = body.data_images.map((item) => {
    if (item.name === undefined) throw fail('IMG.0013')
    if (item.image_url !== undefined) throw fail('IMG.0001', { file: item.image_url })
    if (item.volume_id === undefined) throw fail('IMG.0120', { missing: 'volume_id' })
    return {
      name: item.name,
      description: item.description,
      tags: readTags(item),
      volumeId: item.volume_id,
    }
  })
  return { images, enterpriseProjectId: body.enterprise_project_id }
}

/** The most data disks that one import takes. */
const MOST_DATA_FILES = 3

/** The file of the system disk, then those of its data disks; each file once (IMG.0123). */
function readFiles(world: World, body: CreateImageBody, source: ImportFile['source']): ImportFile[] {
  const files = [readSystemFile(body, source), ...readDataFiles(world, body)]
  const urls = files.map(({ source: { bucket, key } }) => `${bucket}:${key}`)
  if (new Set(urls).size < urls.length) throw fail('IMG.0123', { urls })
  return files
}

/** The file of a system disk, checked in the order of the fields. @throws CodedRefusal for fields that exclude each other */
function readSystemFile(body: CreateImageBody, source: ImportFile['source']): ImportFile {
  const { min_disk: minDisk, os_version: osVersion, hw_firmware_type: firmware, cmk_id: keyId } = body
  if (minDisk === undefined) throw fail('IMG.0055', { missing: 'min_disk' })
  const environment = ENVIRONMENTS[body.type]
  if (environment === 'IsoImage') checkIso(source.key, osVersion)
  if (body.is_quick_import && osVersion === undefined) throw fail('IMG.0159')
  if (body.architecture === 'arm' && firmware === 'bios') throw fail('IMG.0141', { firmware })
  return {
    ...readOptions(body.name ?? '', body),
    source,
    minDisk,
    quick: body.is_quick_import,
    keyId,
    environment,
    osType: body.os_type,
    osVersion,
    architecture: body.architecture,
    firmware,
    configure: body.is_config,
  }
}

/** An ISO names its system (IMG.0166), and is called `*.iso` in letters, digits, - and _ (IMG.0075). */
function checkIso(key: string, osVersion: string | undefined): void {
  if (osVersion === undefined) throw fail('IMG.0166')
  const file = key.slice(key.lastIndexOf('/') + 1)
  if (!/^[A-Za-z0-9_-]+\.iso$/i.test(file)) throw fail('IMG.0075', { file })
}

/** Data disks have the system type of the system disk; one without a name is called after it, with a number. */
function readDataFiles({ db }: World, body: CreateImageBody): ImportFile[] {
  if (body.data_images.length > MOST_DATA_FILES)
    throw fail('IMG.0001', { dataImages: body.data_images.length })
  return body.data_images.map((item, index): ImportFile => {
    if (item.image_url === undefined) throw fail('IMG.0017', { missing: 'image_url' })
    if (item.min_disk === undefined) throw fail('IMG.0055', { missing: 'min_disk' })
    return {
      name: item.name ?? dataDiskName(body.name ?? '', index + 1),
      description: item.description,
      tags: readTags(item),
      enterpriseProjectId: body.enterprise_project_id,
      source: item.image_url,
      minDisk: item.min_disk,
      quick: item.is_quick_import,
      keyId: body.cmk_id,
      environment: 'DataImage',
      osType: body.os_type ?? osTypeOf(db, body.os_version ?? null),
    }
  })
}

/** A system disk names its system (IMG.0159), and ARM starts from UEFI only (IMG.0141). */
function readQuickImport(body: QuickImportBody): ImportFile {
  const { os_version: osVersion, type, architecture, hw_firmware_type: firmware } = body
  const file = { source: body.image_url, minDisk: body.min_disk, quick: true }
  if (type === 'DataImage')
    return { ...readOptions(body.name, body), ...file, environment: 'DataImage', osType: body.os_type }
  if (osVersion === undefined) throw fail('IMG.0159')
  if (architecture === 'arm' && firmware === 'bios') throw fail('IMG.0141', { firmware })
  return {
    ...readOptions(body.name, body),
    ...file,
    environment: ENVIRONMENTS[type],
    osVersion,
    architecture,
    firmware,
    configure: false,
  }
}

/**
 * Replaces the system that a body names by the spelling that the image will have.
 * @throws CodedRefusal IMG.0056 for a system that the world does not know.
 */
function withKnownSystem<Body extends { os_version?: string | undefined }>(call: Call, body: Body): Body {
  const { os_version } = body
  if (os_version === undefined) return body
  const found = readSystem(call, 'body.os_version', os_version)
  if (found === undefined) throw fail('IMG.0056', { os_version })
  return { ...body, os_version: found.spelling }
}

const create = handle(createImage, async (call, { body }) =>
  ok({ job_id: await createFrom(call, withKnownSystem(call, body)) }),
)

const createData = handle(createDataImage, async (call, { body }) => {
  const file: ImportFile = {
    ...readOptions(body.name, body),
    source: body.image_url,
    minDisk: body.min_disk,
    quick: false,
    keyId: body.cmk_id,
    environment: 'DataImage',
    osType: body.os_type,
  }
  return ok({ job_id: await importFromBucket(call, [file]) })
})

/**
 * From a server or from a backup of it. Both are refused with IMG.0001; neither with IMG.0019 when the request names a kind
 * of backup, else with IMG.0012.
 */
const createWhole = handle(createWholeImage, (call, { body }) => {
  const { backup_id: backupId, vault_id: vaultId, whole_image_type: kind } = body
  const serverId = body.instance_id === '' ? undefined : body.instance_id
  if (serverId !== undefined && backupId !== undefined) throw fail('IMG.0001', { sources: 2 })
  const options = readOptions(body.name, body)
  if (serverId !== undefined)
    return ok({ job_id: createWholeFromServer(contextOf(call), { ...options, serverId, vaultId }) })
  if (backupId === undefined) throw fail(kind === undefined ? 'IMG.0012' : 'IMG.0019')
  return ok({
    job_id: createWholeFromBackup(contextOf(call), { ...options, backupId, kind: kind ?? 'CSBS' }),
  })
})

const importQuick = handle(importImageQuick, async (call, { body }) =>
  ok({ job_id: await importFromBucket(call, [readQuickImport(withKnownSystem(call, body))]) }),
)

/** Calls that make images of servers, volumes, backups and files. */
export const createOperations: readonly Operation[] = [
  create,
  inSafeMode(create),
  createData,
  inSafeMode(createData),
  createWhole,
  importQuick,
  inSafeMode(importQuick),
]
