import { findAgency } from '../../../accounts/queries/enterprise.ts'
import { projectsIn } from '../../../accounts/queries/projects.ts'
import type { ProjectRow } from '../../../accounts/tables.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { addVaultUse, backupSize, findBackup, findBackupCopy, insertBackups } from '../../cbr/queries.ts'
import type { BackupRow } from '../../cbr/tables.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE } from '../job-types.ts'
import { wholeImageJobs } from '../jobs.ts'
import { type Image, imagesOfBackup } from '../queries/images.ts'
import { checkConcurrentRegionCopies, checkImageQuota } from '../quotas.ts'
import { vaultForReplica } from '../sources/backups.ts'
import { LARGEST_FILE } from '../sources/objects.ts'
import { attributesOfCopy, substanceOfCopy } from './copy.ts'
import { checkActive, checkOwnImage, namedImage } from './find.ts'
import { dataDiskName, type ImageWishes, insertNewImage } from './new-image.ts'

/** A copy in another region, made through an agency that the account has given to the image service. */
export interface CopyAcrossRegions {
  imageId: string
  name: string
  description?: string | undefined
  region: string
  /** Needed only where the account has several projects in that region. */
  projectName?: string | undefined
  agencyName: string
  /** Where the backup behind a whole image goes. */
  vaultId?: string | undefined
}

/**
 * Submits a job that copies an image into a project of another region; it belongs to the source project.
 * @returns the id of the job.
 */
export function copyImageAcrossRegions(context: RequestContext, request: CopyAcrossRegions): string {
  const { world, caller } = context
  return world.db.transaction(() => {
    const image = travellingImage(context, request.imageId)
    const target = targetProject(context, request)
    checkAgency(context, request.agencyName, target)
    const whole = image.attributes.__whole_image === 'true'
    const replica = whole ? replicateBackup(world, image, target, request.vaultId) : undefined
    const disks = replica === undefined ? [] : dataDisksOf(world, image)
    checkImageQuota(context, disks.length + 1, target.id)
    checkConcurrentRegionCopies(context)
    const wishes = { name: request.name, description: request.description, tags: [], minRam: image.minRam }
    const insert = (source: Image, wished: ImageWishes) =>
      insertCopy(context, target, { source, wished, backupId: replica?.id })
    const imageId = insert(image, wishes)
    const disksOfCopy = disks.map((disk, index) =>
      insert(disk, { name: dataDiskName(request.name, index + 1), tags: [], minRam: disk.minRam }),
    )
    return submitJob(context, wholeImageJobs, {
      type: JOB_TYPE.copyAcrossRegions,
      flow: 'copy-image-across-regions',
      projectId: caller.projectId,
      imageId,
      imageName: request.name,
      resources: disksOfCopy,
      payload: replica === undefined ? null : { backupId: replica.id },
    })
  })
}

/**
 * Finds the image of a copy into another region.
 * @throws CodedRefusal IMG.0105 for a public image, IMG.0047 for one of another project, IMG.0167 for an ISO, IMG.0046 unless
 * it is active, IMG.0143 for an encrypted one, IMG.0146 above 128 GB.
 */
function travellingImage(context: RequestContext, imageId: string): Image {
  const { caller } = context
  const image = namedImage(context, imageId)
  checkOwnImage(caller, image, 'IMG.0105')
  if (image.attributes.virtual_env_type === 'IsoImage') throw fail('IMG.0167', { imageId })
  checkActive(image)
  if (image.attributes.__system__cmkid !== undefined) throw fail('IMG.0143', { imageId })
  if ((image.size ?? 0) > LARGEST_FILE) throw fail('IMG.0146', { imageId, size: image.size })
  return image
}

/**
 * Finds the target project. Without a name it is the only project of the account in the region.
 * @throws CodedRefusal IMG.0142 for the caller's own region, IMG.0147 for an unknown one, IMG.0145 for a project that the
 * account does not have there, IMG.0104 without a name when it has several.
 */
function targetProject(context: RequestContext, { region, projectName }: CopyAcrossRegions): ProjectRow {
  const { world, caller } = context
  if (region === caller.region) throw fail('IMG.0142', { region })
  const inRegion = projectsIn(world.db, region)
  if (inRegion.length === 0) throw fail('IMG.0147', { region })
  const own = inRegion.filter(({ domainId }) => domainId === caller.domainId)
  if (projectName === undefined && own.length > 1) throw fail('IMG.0104', { region })
  const target = own.find(({ name }) => projectName === undefined || name === projectName)
  if (target === undefined) throw fail('IMG.0145', { region, projectName })
  return target
}

/** Checks that an agency exists and covers the target project. @throws CodedRefusal IMG.0179, IMG.0151 */
function checkAgency(context: RequestContext, name: string, target: ProjectRow): void {
  const { world, caller } = context
  const agency = findAgency(world.db, caller.domainId, name)
  if (agency === undefined) throw fail('IMG.0179', { agency: name })
  if (agency.projects !== null && !agency.projects.includes(target.id))
    throw fail('IMG.0151', { agency: name, project: target.id })
}

/**
 * Copies the backup of a whole image into a vault of the other region.
 * @throws CodedRefusal IMG.0130 for a backup that is not of CBR, IMG.0152 for one that is not complete, IMG.0150 for one that
 * has a copy in the other project; IMG.0184, IMG.0188, IMG.0189 and IMG.0182 for the vault.
 */
function replicateBackup(
  world: World,
  image: Image,
  target: ProjectRow,
  vaultId: string | undefined,
): BackupRow {
  const backup = findBackup(world.db, image.attributes.__backup_id ?? '')
  if (backup?.kind !== 'CBR') throw fail('IMG.0130', { imageId: image.id })
  if (backup.status === 'creating') throw fail('IMG.0152', { backup: backup.id })
  if (findBackupCopy(world.db, backup.id, target.id) !== undefined)
    throw fail('IMG.0150', { backup: backup.id })
  const vault = vaultForReplica(world, target.id, vaultId, backupSize(backup))
  const replica: BackupRow = {
    ...backup,
    id: world.chance.uuid('backup'),
    projectId: target.id,
    status: 'creating',
    vaultId: vault.id,
    copyOf: backup.id,
  }
  insertBackups(world.db, [replica])
  addVaultUse(world.db, vault.id, backupSize(replica))
  return replica
}

/** The images of the data disks that came with a whole image. */
function dataDisksOf(world: World, image: Image): Image[] {
  const together = imagesOfBackup(world.db, image.attributes.__backup_id ?? '', image.owner ?? '')
  return together.filter(({ id, status }) => id !== image.id && status === 'active')
}

interface Travel {
  source: Image
  wished: ImageWishes
  backupId: string | undefined
}

function insertCopy(
  context: RequestContext,
  target: ProjectRow,
  { source, wished, backupId }: Travel,
): string {
  const { world, caller } = context
  return insertNewImage(context, target.id, wished, {
    ...substanceOfCopy(world, source),
    attributes: {
      ...attributesOfCopy(caller.region, source),
      ...(backupId !== undefined && { __backup_id: backupId }),
      ...(source.attributes.__whole_image === 'true' && { __whole_image: 'true' }),
    },
  })
}
