import type { RequestContext } from '../../contract/call.ts'
import { countRunningJobs } from '../../simulation/queries/jobs.ts'
import type { QuotaName } from '../../simulation/scenario/quotas.ts'
import { fail, type ImsCode } from './errors.ts'
import { CREATION_JOBS, IMPORT_JOBS, JOB_TYPE } from './job-types.ts'
import { countImagesOf } from './queries/images.ts'
import { countAcceptedImages, mostMembers } from './queries/members.ts'

/**
 * The limit that counts for a request: that of a rule that fired for it, else the project's own, else everybody's.
 * @param projectId the project whose limit it is; the caller's unless something is made in another one.
 */
export function quotaOf(
  { world, caller, facts }: RequestContext,
  name: QuotaName,
  projectId = caller.projectId,
): number {
  const { projects, requests: _, ...everybody } = world.scenario.quotas
  const own = Object.hasOwn(projects, projectId) ? projects[projectId] : undefined
  return facts.quotas?.[name] ?? own?.[name] ?? everybody[name]
}

/** Checks that a project may have `wanted` more private images. @throws CodedRefusal IMG.0015 */
export function checkImageQuota(
  context: RequestContext,
  wanted = 1,
  projectId = context.caller.projectId,
): void {
  const limit = quotaOf(context, 'private_images', projectId)
  const used = countImagesOf(context.world.db, projectId)
  if (used + wanted > limit) throw fail('IMG.0015', { limit, used, wanted })
}

/** Checks that an image may have `found` tags. @throws CodedRefusal IMG.0116 */
export function checkTagQuota(context: RequestContext, found: number): void {
  const limit = quotaOf(context, 'tags_per_image')
  if (found > limit) throw fail('IMG.0116', { limit, found })
}

function checkRunning(
  context: RequestContext,
  { quota, jobs, code }: { quota: QuotaName; jobs: readonly string[]; code: ImsCode },
): void {
  const { world, caller } = context
  const limit = quotaOf(context, quota)
  const running = countRunningJobs(world.db, caller.projectId, jobs)
  if (running >= limit) throw fail(code, { limit, running })
}

/** Checks that the caller's project may create one more image at once. @throws CodedRefusal IMG.0060 */
export function checkConcurrentCreations(context: RequestContext): void {
  checkRunning(context, { quota: 'concurrent_creations', jobs: CREATION_JOBS, code: 'IMG.0060' })
}

/** Checks that the caller's project may import one more file at once. @throws CodedRefusal IMG.0194 */
export function checkConcurrentImports(context: RequestContext): void {
  checkRunning(context, { quota: 'concurrent_imports', jobs: IMPORT_JOBS, code: 'IMG.0194' })
}

/** Checks that the caller's project may make one more copy at once. @throws CodedRefusal IMG.0060 */
export function checkConcurrentCopies(context: RequestContext): void {
  checkRunning(context, { quota: 'concurrent_copies', jobs: [JOB_TYPE.copy], code: 'IMG.0060' })
}

/**
 * Checks that one more copy may leave the caller's project for another region at once.
 * @throws CodedRefusal IMG.0149
 */
export function checkConcurrentRegionCopies(context: RequestContext): void {
  checkRunning(context, {
    quota: 'concurrent_region_copies',
    jobs: [JOB_TYPE.copyAcrossRegions],
    code: 'IMG.0149',
  })
}

/** A quota of a project with its use. */
export interface Quota {
  type: 'image' | 'image_shared' | 'image_member'
  used: number
  quota: number
  /** The bounds within which the quota can be set. */
  min: number
  max: number
}

const MIN = 1
const MAX = 1000

/**
 * Lists the quotas of the caller's project with their use: private images in any state, shared images that a member has
 * accepted, and members of one image, where the image with the most members counts.
 */
export function listQuotas(context: RequestContext): Quota[] {
  const { world, caller } = context
  const { projectId } = caller
  const row = (type: Quota['type'], name: QuotaName, used: number): Quota => {
    const quota = quotaOf(context, name)
    return { type, used, quota, min: MIN, max: Math.max(MAX, quota) }
  }
  return [
    row('image', 'private_images', countImagesOf(world.db, projectId)),
    row('image_shared', 'shared_images', countAcceptedImages(world.db, projectId)),
    row('image_member', 'members_per_image', mostMembers(world.db, projectId)),
  ]
}
