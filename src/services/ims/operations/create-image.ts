import { z } from 'zod'
import { type Answer, type Call, contextOf, ok, operation } from '../../../contract/operation.ts'
import { fail, orFail } from '../errors.ts'
import { createFromServer } from '../images/create-from-server.ts'
import { createDataImages, createFromVolume } from '../images/create-from-volumes.ts'
import type { ImportFile } from '../images/import.ts'
import { dataDiskName } from '../images/new-image.ts'
import { osTypeOf } from '../images/system.ts'
import {
  Architecture,
  Description,
  Firmware,
  Flag,
  ImageName,
  ImportUrl,
  JobCreated,
  KeyId,
  MinDataDisk,
  MinDisk,
  OsVersion,
  ServerId,
  VolumeId,
} from './fields.ts'
import { importInto } from './import-files.ts'
import { readTags, readWishes, tagFields, wishFields } from './wishes.ts'

const ENVIRONMENTS = {
  ECS: 'FusionCompute',
  FusionCompute: 'FusionCompute',
  BMS: 'Ironic',
  Ironic: 'Ironic',
  IsoImage: 'IsoImage',
} as const

/** A data disk: a volume of a server, or a file that comes with the file of a system disk. */
const DataDisk = z.object(
  {
    name: ImageName.optional(),
    description: Description.optional(),
    volume_id: VolumeId.optional(),
    image_url: ImportUrl.optional(),
    min_disk: MinDataDisk.optional(),
    is_quick_import: Flag.default(false),
    ...tagFields,
  },
  orFail('IMG.0001'),
)

const CreateImageBody = z.object({
  name: ImageName.optional(),
  image_url: ImportUrl.optional(),
  instance_id: ServerId.optional(),
  volume_id: VolumeId.optional(),
  data_images: z.array(DataDisk, orFail('IMG.0001')).default([]),
  min_disk: MinDisk.optional(),
  os_type: z.enum(['Linux', 'Windows', 'Other'], orFail('IMG.0122')).optional(),
  os_version: OsVersion.optional(),
  type: z.enum(['ECS', 'FusionCompute', 'BMS', 'Ironic', 'IsoImage'], orFail('IMG.0024')).default('ECS'),
  is_config: Flag.default(false),
  is_quick_import: Flag.default(false),
  cmk_id: KeyId.optional(),
  hw_firmware_type: Firmware.optional(),
  architecture: Architecture,
  license_type: z.string(orFail('IMG.0001')).optional(),
  ...wishFields,
})
type CreateImageBody = z.output<typeof CreateImageBody>

export const createImage = operation({
  id: 'CreateImage',
  method: 'POST',
  path: '/v2/cloudimages/action',
  summary: 'Create images from a server, from volumes, or from files in a bucket',
  actions: ['ims:serverImages:create'],
  byEnterpriseProject: true,
  request: z.object({ body: CreateImageBody }),
  responses: { 200: JobCreated },
  handle: (call, { body }) => createFrom(call, body),
})

/** Which source it is: one, not several (IMG.0001), and at least one (IMG.0012). */
function createFrom(call: Call, body: CreateImageBody): Answer | Promise<Answer> {
  const { instance_id, volume_id, image_url, data_images } = body
  const sources = [instance_id, volume_id, image_url].filter((source) => source !== undefined).length
  const onlyDataDisks = sources === 0 && data_images.length > 0
  if (body.name === undefined && !onlyDataDisks) throw fail('IMG.0013')
  if (sources > 1 || (image_url === undefined && sources > 0 && data_images.length > 0))
    throw fail('IMG.0001', { sources, dataImages: data_images.length })
  if (image_url !== undefined) return importInto(call, readFiles(body, image_url))
  const context = contextOf(call)
  if (instance_id !== undefined) {
    const wishes = readWishes(body.name ?? '', body)
    return ok({ job_id: createFromServer(context, { ...wishes, serverId: instance_id }) })
  }
  if (volume_id !== undefined) return ok({ job_id: createFromVolume(context, readVolume(body, volume_id)) })
  if (!onlyDataDisks) throw fail('IMG.0012')
  return ok({ job_id: createDataImages(context, readDataVolumes(body)) })
}

/** A volume with a system: which one must be said (IMG.0056), and an ISO it cannot be (IMG.0024). */
function readVolume(body: CreateImageBody, volumeId: string) {
  const environment = ENVIRONMENTS[body.type]
  if (body.os_version === undefined) throw fail('IMG.0056', { missing: 'os_version' })
  if (environment === 'IsoImage') throw fail('IMG.0024', { type: body.type })
  return { ...readWishes(body.name ?? '', body), volumeId, osVersion: body.os_version, environment }
}

/** Each data disk has a name (IMG.0013) and a volume (IMG.0120) of its own, and no file (IMG.0001). */
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

/** Most data disks in one import. */
const MOST_DATA_FILES = 3

/** The file of the system disk and those of its data disks, each file once (IMG.0123). */
function readFiles(body: CreateImageBody, source: ImportFile['source']): ImportFile[] {
  const files = [readSystemFile(body, source), ...readDataFiles(body)]
  const urls = files.map(({ source: { bucket, key } }) => `${bucket}:${key}`)
  if (new Set(urls).size < urls.length) throw fail('IMG.0123', { urls })
  return files
}

/** Rules between the fields of an import, in the order of the fields (images-create.md, "From a file in a bucket"). */
function readSystemFile(body: CreateImageBody, source: ImportFile['source']): ImportFile {
  const { min_disk: minDisk, os_version: osVersion, hw_firmware_type: firmware, cmk_id: keyId } = body
  if (minDisk === undefined) throw fail('IMG.0055', { missing: 'min_disk' })
  const environment = ENVIRONMENTS[body.type]
  if (environment === 'IsoImage') checkIso(source.key, osVersion, keyId)
  if (body.is_quick_import && osVersion === undefined) throw fail('IMG.0159')
  if (keyId !== undefined && environment === 'Ironic') throw fail('IMG.0118', { keyId })
  if (body.architecture === 'arm' && firmware === 'bios') throw fail('IMG.0141', { firmware })
  return {
    ...readWishes(body.name ?? '', body),
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

/** An ISO must say its system (IMG.0166), be called `*.iso` in letters, digits, - and _ (IMG.0075), and takes no key (IMG.0167). */
function checkIso(key: string, osVersion: string | undefined, keyId: string | undefined): void {
  if (osVersion === undefined) throw fail('IMG.0166')
  const file = key.slice(key.lastIndexOf('/') + 1)
  if (!/^[A-Za-z0-9_-]+\.iso$/i.test(file)) throw fail('IMG.0075', { file })
  if (keyId !== undefined) throw fail('IMG.0167', { keyId })
}

/** Data disks follow the system disk in the type of their system; one without a name gets its name and a number. */
function readDataFiles(body: CreateImageBody): ImportFile[] {
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
      osType: body.os_type ?? osTypeOf(body.os_version ?? null),
    }
  })
}
