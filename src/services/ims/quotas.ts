import type { QuotaName } from '../../simulation/scenario/schema.ts'
import type { World } from '../../simulation/world.ts'
import { fail, type ImsCode } from './errors.ts'
import { CREATION_JOBS, IMPORT_JOBS, JOB_TYPE } from './jobs/types.ts'
import { countImagesOf } from './queries/images.ts'
import { countRunningJobs } from './queries/jobs.ts'

/** What a project may have of something: its own quota where the scenario gives it one, else everybody's. */
export function quotaOf(world: World, projectId: string, name: QuotaName): number {
  const { projects, requests: _, ...everybody } = world.scenario.quotas
  return projects[projectId]?.[name] ?? everybody[name]
}

/** Refuses with IMG.0015 when the project cannot have so many more private images. */
export function checkImageQuota(world: World, projectId: string, wanted = 1): void {
  const limit = quotaOf(world, projectId, 'private_images')
  const used = countImagesOf(world.db, projectId)
  if (used + wanted > limit) throw fail('IMG.0015', { limit, used, wanted })
}

function checkRunning(
  world: World,
  projectId: string,
  { quota, jobs, code }: { quota: QuotaName; jobs: readonly string[]; code: ImsCode },
): void {
  const limit = quotaOf(world, projectId, quota)
  const running = countRunningJobs(world.db, projectId, jobs)
  if (running >= limit) throw fail(code, { limit, running })
}

/** Refuses with IMG.0060 when as many images are being created in the project as may be at once. */
export function checkConcurrentCreations(world: World, projectId: string): void {
  checkRunning(world, projectId, { quota: 'concurrent_creations', jobs: CREATION_JOBS, code: 'IMG.0060' })
}

/** Refuses with IMG.0194 when as many files are being imported into the project as may be at once. */
export function checkConcurrentImports(world: World, projectId: string): void {
  checkRunning(world, projectId, { quota: 'concurrent_imports', jobs: IMPORT_JOBS, code: 'IMG.0194' })
}

/** Refuses with IMG.0060 when as many copies are under way in the project as may be at once. */
export function checkConcurrentCopies(world: World, projectId: string): void {
  checkRunning(world, projectId, { quota: 'concurrent_copies', jobs: [JOB_TYPE.copy], code: 'IMG.0060' })
}

/** Refuses with IMG.0149 when as many copies leave the project for other regions as may at once. */
export function checkConcurrentRegionCopies(world: World, projectId: string): void {
  checkRunning(world, projectId, {
    quota: 'concurrent_region_copies',
    jobs: [JOB_TYPE.copyAcrossRegions],
    code: 'IMG.0149',
  })
}
