import type { BlobStore } from '../database/blobs.ts'
import type { Db } from '../database/open.ts'
import type { Buckets } from '../services/obs/buckets.ts'
import type { Auth } from './auth.ts'
import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'
import type { Cloud } from './cloud.ts'
import type { FlowPoint } from './flow.ts'
import type { Scenario } from './scenario/schema.ts'

/** How a job goes another way than its operation says. */
export interface JobOrder {
  /** The flow of the scenario that it follows instead of its own. */
  flow?: string | undefined
  failure?: { code: string; at: FlowPoint } | undefined
  stuck?: FlowPoint | undefined
}

/** One isolated cloud: a database, a clock, a scenario, the bytes of its images and the buckets it can reach. */
export interface World {
  readonly name: string
  /** The services of this cloud, as far as the simulation looks at them. */
  readonly cloud: Cloud
  readonly db: Db
  readonly clock: Clock
  readonly chance: Chance
  readonly scenario: Scenario
  readonly auth: Auth
  /** What a rule makes of the jobs of the request that is being answered. */
  readonly jobOrder?: JobOrder
  /** How far reads lag behind, ms: images that were made since are not there yet. */
  readonly lag?: number | undefined
  readonly blobs: BlobStore
  readonly buckets: Buckets
}
