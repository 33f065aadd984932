import type { BlobStore } from '../database/blobs.ts'
import type { Buckets } from '../database/buckets.ts'
import type { Db } from '../database/open.ts'
import type { Auth } from './auth.ts'
import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'
import type { Cloud } from './cloud.ts'
import type { Scenario } from './scenario/schema.ts'

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
  readonly blobs: BlobStore
  readonly buckets: Buckets
}
