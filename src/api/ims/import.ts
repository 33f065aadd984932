import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { checkImport, type ImportImage, importImage } from '../../cloud/images/import.ts'
import { CloudError } from '../../kernel/errors.ts'
import { callerOf, ok, operation } from '../../operations/operation.ts'
import {
  Description,
  DottedTags,
  EnterpriseProjectId,
  Flag,
  ImageName,
  ImportUrl,
  JobCreated,
  KeyValueTags,
  MinDisk,
  OsVersion,
  Ram,
} from './fields.ts'

const ENVIRONMENTS = {
  ECS: 'FusionCompute',
  FusionCompute: 'FusionCompute',
  BMS: 'Ironic',
  Ironic: 'Ironic',
  IsoImage: 'IsoImage',
} as const

const CreateImageBody = z.object({
  name: ImageName,
  description: Description.optional(),
  image_url: ImportUrl.optional(),
  instance_id: z.string('IMG.0005').optional(),
  volume_id: z.string('IMG.0120').optional(),
  min_disk: MinDisk.optional(),
  os_type: z.enum(['Linux', 'Windows', 'Other'], 'IMG.0122').optional(),
  os_version: OsVersion.optional(),
  type: z.enum(['ECS', 'FusionCompute', 'BMS', 'Ironic', 'IsoImage'], 'IMG.0024').default('ECS'),
  is_config: Flag.default(false),
  is_quick_import: Flag.default(false),
  cmk_id: z.string('IMG.0095').optional(),
  min_ram: Ram.default(0),
  max_ram: Ram.optional(),
  hw_firmware_type: z.enum(['bios', 'uefi'], 'IMG.0141').optional(),
  architecture: z.enum(['x86', 'arm'], 'IMG.0212').default('x86'),
  tags: DottedTags.optional(),
  image_tags: KeyValueTags.optional(),
  enterprise_project_id: EnterpriseProjectId.optional(),
})

/** Rules between the fields of an import, in the order of the fields (images-create.md, "From a file in a bucket"). */
function readImport(body: z.output<typeof CreateImageBody>): ImportImage {
  const { image_url: source, min_disk: minDisk, os_version: osVersion, hw_firmware_type: firmware } = body
  if (source === undefined) throw new CloudError('IMG.0012')
  if (minDisk === undefined) throw new CloudError('IMG.0055', { missing: 'min_disk' })
  const environment = ENVIRONMENTS[body.type]
  if (environment === 'IsoImage') checkIso(source.key, osVersion, body.cmk_id)
  if (body.is_quick_import && osVersion === undefined) throw new CloudError('IMG.0159')
  if (body.cmk_id !== undefined)
    throw new CloudError(environment === 'Ironic' ? 'IMG.0118' : 'IMG.0095', { cmk: body.cmk_id })
  if (body.max_ram !== undefined && body.max_ram > 0 && body.min_ram > body.max_ram)
    throw new CloudError('IMG.0055')
  if (body.architecture === 'arm' && firmware === 'bios') throw new CloudError('IMG.0141')
  if (body.tags !== undefined && body.image_tags !== undefined) throw new CloudError('IMG.0115')
  return {
    name: body.name,
    description: body.description,
    source,
    minDisk,
    minRam: body.min_ram,
    maxRam: body.max_ram,
    osType: body.os_type,
    osVersion,
    environment,
    architecture: body.architecture,
    firmware,
    quick: body.is_quick_import,
    tags: body.tags ?? body.image_tags ?? [],
    enterpriseProjectId: body.enterprise_project_id,
  }
}

/** An ISO must say its system (IMG.0166), be called `*.iso` in letters, digits, - and _ (IMG.0075), and takes no key (IMG.0167). */
function checkIso(key: string, osVersion: string | undefined, cmkId: string | undefined): void {
  if (osVersion === undefined) throw new CloudError('IMG.0166')
  const file = key.slice(key.lastIndexOf('/') + 1)
  if (!/^[A-Za-z0-9_-]+\.iso$/i.test(file)) throw new CloudError('IMG.0075', { file })
  if (cmkId !== undefined) throw new CloudError('IMG.0167')
}

/**
 * Makes an image out of a file in a bucket. The world has no servers and volumes to make one from: naming one answers
 * that it does not exist.
 */
export const createImage = operation({
  id: 'CreateImage',
  face: 'ims',
  method: 'POST',
  path: '/v2/cloudimages/action',
  summary: 'Create an image from a file in a bucket',
  action: 'ims:serverImages:create',
  request: z.object({ body: CreateImageBody }),
  responses: { 200: JobCreated },
  async handle(call, { body }) {
    const { world } = call
    const caller = callerOf(call)
    const sources = [body.image_url, body.instance_id, body.volume_id].filter(
      (source) => source !== undefined,
    )
    if (sources.length > 1) throw new CloudError('IMG.0001', { sources: sources.length })
    if (body.instance_id !== undefined) throw new CloudError('IMG.0005', { server: body.instance_id })
    if (body.volume_id !== undefined) throw new CloudError('IMG.0120', { volume: body.volume_id })
    const request = readImport(body)
    const checked = checkImport(world, caller, request)
    const blobId = world.chance.uuid('blob')
    const received = await world.blobs.receive(blobId, createReadStream(checked.path))
    return ok({ job_id: importImage(world, caller, request, checked, { ...received, blobId }) })
  },
})
