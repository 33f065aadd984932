import { findAgency } from '../../../accounts/queries/enterprise.ts'
import { projectsIn } from '../../../accounts/queries/projects.ts'
import type { ProjectRow } from '../../../accounts/tables.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import type { World } from '../../../simulation/world.ts'
import { addVaultUse, backupSize, findBackup, findBackupCopy, insertBackups } from '../../cbr/queries.ts'
import type { BackupRow } from '../../cbr/tables.ts'
import { fail } from '../errors.ts'
import { JOB_TYPE, wholeImageJobs } from '../jobs.ts'
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

/** Copies an image into a project of another region; the job belongs to the project it is copied from. Answers its id. */
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
 * What can be copied into another region: an active image (IMG.0046) of the caller (IMG.0105, IMG.0047), no ISO (IMG.0167),
 * not encrypted (IMG.0143), not over 128 GB (IMG.0146).
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
 * The project it goes to: in another region (IMG.0142) that there is (IMG.0147), of the caller's account and called as was
 * said (IMG.0145). Without a name it is the only one the account has there (IMG.0104 when it has several).
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

/** The agency must be there, or no token can be had for it (IMG.0179), and be good for the project (IMG.0151). */
function checkAgency(context: RequestContext, name: string, target: ProjectRow): void {
  const { world, caller } = context
  const agency = findAgency(world.db, caller.domainId, name)
  if (agency === undefined) throw fail('IMG.0179', { agency: name })
  if (agency.projects !== null && !agency.projects.includes(target.id))
    throw fail('IMG.0151', { agency: name, project: target.id })
}

/**
 * Copies the backup behind a whole image: one from CBR (IMG.0130) that is complete (IMG.0152) and not in the other region
 * already (IMG.0150), into a vault for such copies (IMG.0184, IMG.0188, IMG.0189, IMG.0182).
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
