import type { World } from '../engine/world.ts'
import { CloudError } from '../kernel/errors.ts'
import { countImagesOf } from '../store/images.ts'
import { countRunningJobs } from '../store/jobs.ts'

/** Refuses with IMG.0015 when the project has as many private images as it may have. */
export function checkImageQuota(world: World, projectId: string): void {
  const limit = world.scenario.quotas.private_images
  const used = countImagesOf(world.db, projectId)
  if (used >= limit) throw new CloudError('IMG.0015', { limit, used })
}

/** Refuses with IMG.0194 when as many files are being imported into the project as may be at once. */
export function checkConcurrentImports(world: World, projectId: string): void {
  const limit = world.scenario.quotas.concurrent_imports
  const used = countRunningJobs(world.db, projectId, 'import-image')
  if (used >= limit) throw new CloudError('IMG.0194', { limit, used })
}
