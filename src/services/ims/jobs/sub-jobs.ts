import type { JobRow } from '../../../simulation/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { subJobsOf, updateJob } from '../queries/jobs.ts'

const ENDED: ReadonlySet<JobRow['status']> = new Set(['SUCCESS', 'FAIL'])

/**
 * Brings a job that has parts to where they are: it runs from the moment that one of them does, and ends with the last
 * one, in failure when one of them failed. What the others made stays.
 */
export function followParts(world: World, parentId: string, at: number): void {
  const parts = subJobsOf(world.db, parentId)
  const progress = Math.floor(parts.reduce((sum, part) => sum + part.progress, 0) / parts.length)
  if (parts.every((part) => ENDED.has(part.status))) {
    const failed = parts.find((part) => part.status === 'FAIL')
    updateJob(world.db, parentId, {
      status: failed === undefined ? 'SUCCESS' : 'FAIL',
      progress,
      endAt: at,
      errorCode: failed?.errorCode ?? null,
      failReason: failed?.failReason ?? null,
    })
  } else if (parts.some((part) => part.status !== 'INIT')) {
    updateJob(world.db, parentId, { status: 'RUNNING', progress })
  }
}
