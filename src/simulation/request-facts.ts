import type { QuotaName } from './scenario/schema.ts'
import type { JobOrder } from './world.ts'

/** What rules change for one request alone. */
export interface RequestFacts {
  /** How far reads lag behind, virtual ms: images that were made since are not there yet. */
  readonly lagMs?: number
  /** How the jobs of the request go another way than their operations say. */
  readonly jobOrder?: JobOrder
  /** Limits in place of those of the scenario and of the project. */
  readonly quotas?: Readonly<Partial<Record<QuotaName, number>>>
}
