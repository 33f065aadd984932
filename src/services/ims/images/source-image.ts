import type { ImageReader, SourceImage } from '../../../simulation/cloud.ts'
import type { World } from '../../../simulation/world.ts'
import { findSharingStatus } from '../queries/account-members.ts'
import { findImage, type Image } from '../queries/images.ts'
import { bytesOf, copyOfBytes } from './new-image.ts'

/** The environments that an image can be for, as `virtual_env_type` has them. */
const ENVIRONMENTS = ['FusionCompute', 'Ironic', 'DataImage', 'IsoImage'] as const

/**
 * Finds an image that a project may make servers and disks of: a public one, its own, or one that is shared with it and
 * accepted.
 */
export function findSourceImage(world: World, reader: ImageReader, id: string): SourceImage | undefined {
  const image = findImage(world.db, id)
  if (image === undefined) return undefined
  const own = image.owner === reader.projectId
  if (image.visibility !== 'public' && !own && findSharingStatus(world.db, id, reader) !== 'accepted')
    return undefined
  const { attributes } = image
  const { hw_firmware_type: firmware, __backup_id: backupId = '' } = attributes
  return {
    id,
    name: image.name ?? '',
    status: image.status,
    imageType: image.visibility === 'public' || own ? image.imageType : 'shared',
    environment: ENVIRONMENTS.find((name) => name === attributes.virtual_env_type) ?? 'FusionCompute',
    backupId: attributes.__whole_image === 'true' && backupId !== '' ? backupId : undefined,
    osVersion: attributes.__os_version ?? null,
    osType: attributes.__os_type,
    osBit: attributes.__os_bit,
    firmware: firmware === 'uefi' || firmware === 'bios' ? firmware : null,
    architecture: attributes.__support_arm === 'true' ? 'arm' : 'x86',
    minDisk: image.minDisk,
    minRam: image.minRam,
    keyId: attributes.__system__cmkid,
    attributes,
    bytes: () => copyOfImageBytes(world, image),
  }
}

function copyOfImageBytes(world: World, image: Image) {
  const { blobId } = image
  return blobId === null || !world.blobs.has(blobId)
    ? undefined
    : copyOfBytes(world, bytesOf({ ...image, blobId }))
}
