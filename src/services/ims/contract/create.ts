import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import {
  Architecture,
  DataOsType,
  Description,
  EnterpriseProjectId,
  Firmware,
  Flag,
  ImageName,
  ImportUrl,
  JobCreated,
  KeyId,
  MinDataDisk,
  MinDisk,
  OsVersion,
  Ram,
  ServerId,
  tagFields,
  VaultId,
  VolumeId,
} from './fields.ts'
import { BACKS_UP, READS_BACKUP, READS_FILE, READS_SERVER, READS_VOLUMES } from './needed-rights.ts'
import { imsTrace } from './trace.ts'

/** Fields beside the name that most calls take which make an image. */
const optionFields = {
  description: Description.optional(),
  min_ram: Ram.optional(),
  max_ram: Ram.optional(),
  ...tagFields,
  enterprise_project_id: EnterpriseProjectId.optional(),
}

/** Clients send it; the cloud documents no effect. */
const LicenseType = z.string(orFail('IMG.0001'))

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

export const CreateImageBody = z.object({
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
  license_type: LicenseType.optional(),
  ...optionFields,
})
export type CreateImageBody = z.output<typeof CreateImageBody>

/**
 * Creates images from a server, its data disks, a volume, or a file in a bucket.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0603.html Creating an Image
 */
export const createImage = contract({
  id: 'CreateImage',
  method: 'POST',
  path: '/v2/cloudimages/action',
  summary: 'Create images from a server, from volumes, or from files in a bucket',
  trace: imsTrace('createImage'),
  actions: ['ims:serverImages:create'],
  conditionalActions: [
    { ...READS_SERVER, applies: ({ body }) => body.instance_id !== undefined },
    {
      ...READS_VOLUMES,
      applies: ({ body }) =>
        body.volume_id !== undefined || body.data_images.some(({ volume_id }) => volume_id !== undefined),
    },
    READS_FILE,
  ],
  byEnterpriseProject: true,
  request: z.object({ body: CreateImageBody }),
  responses: { 200: JobCreated },
})

/**
 * Creates a data disk image from a file in a bucket.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0606.html Creating a Data Disk Image Using an External Image File
 */
export const createDataImage = contract({
  id: 'CreateDataImage',
  method: 'POST',
  path: '/v1/cloudimages/dataimages/action',
  summary: 'Create a data disk image from a file in a bucket',
  trace: imsTrace('createImage'),
  actions: ['ims:dataImages:create'],
  conditionalActions: [READS_FILE],
  byEnterpriseProject: true,
  request: z.object({
    body: z.object({
      name: ImageName,
      description: Description.optional(),
      image_url: ImportUrl,
      min_disk: MinDataDisk,
      os_type: DataOsType,
      cmk_id: KeyId.optional(),
      ...tagFields,
      enterprise_project_id: EnterpriseProjectId.optional(),
    }),
  }),
  responses: { 200: JobCreated },
})

export const createWholeImage = contract({
  id: 'CreateWholeImage',
  method: 'POST',
  path: '/v1/cloudimages/wholeimages/action',
  summary: 'Create an image of a whole server, from the server or from a backup of it',
  trace: imsTrace('createImage'),
  actions: ['ims:wholeImages:create'],
  conditionalActions: [
    { ...READS_SERVER, applies: ({ body }) => (body.instance_id ?? '') !== '' },
    {
      ...BACKS_UP,
      applies: ({ body }) => (body.instance_id ?? '') !== '' && body.vault_id !== undefined,
    },
    {
      ...READS_BACKUP,
      applies: ({ body }) => body.backup_id !== undefined && body.whole_image_type !== 'CSBS',
    },
  ],
  byEnterpriseProject: true,
  request: z.object({
    body: z.object({
      name: ImageName,
      /** An empty id names no server: clients whose model requires the field send it beside a backup. */
      instance_id: z.union([z.literal(''), ServerId], orFail('IMG.0012')).optional(),
      backup_id: z.string(orFail('IMG.0019')).min(1, orFail('IMG.0019')).optional(),
      vault_id: VaultId.optional(),
      whole_image_type: z.enum(['CBR', 'CSBS'], orFail('IMG.0021')).optional(),
      ...optionFields,
    }),
  }),
  responses: { 200: JobCreated },
})

export const QuickImportBody = z.object({
  name: ImageName,
  description: Description.optional(),
  os_version: OsVersion.optional(),
  image_url: ImportUrl,
  min_disk: MinDisk,
  type: z.enum(['ECS', 'BMS', 'DataImage'], orFail('IMG.0157')).default('ECS'),
  os_type: DataOsType,
  architecture: Architecture,
  hw_firmware_type: Firmware.optional(),
  license_type: LicenseType.optional(),
  ...tagFields,
  enterprise_project_id: EnterpriseProjectId.optional(),
})
export type QuickImportBody = z.output<typeof QuickImportBody>

/**
 * Creates an image from a large file in a bucket, in one of the two formats that need no conversion.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0605.html Importing an Image File Quickly
 */
export const importImageQuick = contract({
  id: 'ImportImageQuick',
  method: 'POST',
  path: '/v2/cloudimages/quickimport/action',
  summary: 'Create a system or data disk image from a file that needs no unpacking',
  trace: imsTrace('createImage'),
  conditionalActions: [
    {
      action: 'ims:dataImages:create',
      when: 'type is DataImage',
      applies: ({ body }) => body.type === 'DataImage',
    },
    {
      action: 'ims:serverImages:create',
      when: 'type is ECS or BMS',
      applies: ({ body }) => body.type !== 'DataImage',
    },
    READS_FILE,
  ],
  byEnterpriseProject: true,
  request: z.object({ body: QuickImportBody }),
  responses: { 200: JobCreated },
})
