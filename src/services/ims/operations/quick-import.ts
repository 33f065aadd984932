import { z } from 'zod'
import { operation } from '../../../contract/operation.ts'
import { fail, orFail } from '../errors.ts'
import type { ImportFile } from '../images/import.ts'
import {
  Architecture,
  DataOsType,
  Description,
  EnterpriseProjectId,
  Firmware,
  ImageName,
  ImportUrl,
  JobCreated,
  MinDisk,
  OsVersion,
} from './fields.ts'
import { importInto } from './import-files.ts'
import { readWishes, tagFields } from './wishes.ts'

const QuickImportBody = z.object({
  name: ImageName,
  description: Description.optional(),
  os_version: OsVersion.optional(),
  image_url: ImportUrl,
  min_disk: MinDisk,
  type: z.enum(['ECS', 'BMS', 'DataImage'], orFail('IMG.0157')).default('ECS'),
  os_type: DataOsType,
  architecture: Architecture,
  hw_firmware_type: Firmware.optional(),
  /** Clients send it; the cloud makes nothing of it. */
  license_type: z.string(orFail('IMG.0001')).optional(),
  ...tagFields,
  enterprise_project_id: EnterpriseProjectId.optional(),
})

export const importImageQuick = operation({
  id: 'ImportImageQuick',
  method: 'POST',
  path: '/v2/cloudimages/quickimport/action',
  summary: 'Create a system or data disk image from a file that needs no unpacking',
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
  ],
  byEnterpriseProject: true,
  request: z.object({ body: QuickImportBody }),
  responses: { 200: JobCreated },
  handle: (call, { body }) => importInto(call, [readQuickImport(body)]),
})

/** A system disk must say its system (IMG.0159), and ARM starts from UEFI only (IMG.0141). */
function readQuickImport(body: z.output<typeof QuickImportBody>): ImportFile {
  const { os_version: osVersion, type, architecture, hw_firmware_type: firmware } = body
  const file = { source: body.image_url, minDisk: body.min_disk, quick: true }
  if (type === 'DataImage')
    return { ...readWishes(body.name, body), ...file, environment: 'DataImage', osType: body.os_type }
  if (osVersion === undefined) throw fail('IMG.0159')
  if (architecture === 'arm' && firmware === 'bios') throw fail('IMG.0141', { firmware })
  return {
    ...readWishes(body.name, body),
    ...file,
    environment: type === 'BMS' ? 'Ironic' : 'FusionCompute',
    osVersion,
    architecture,
    firmware,
    configure: false,
  }
}
