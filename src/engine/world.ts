import type { BlobStore } from '../store/blobs.ts'
import type { Buckets } from '../store/buckets.ts'
import type { Db } from '../store/open.ts'
import type { Auth } from './auth.ts'
import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'
import type { Scenario } from './scenario/schema.ts'

/** One isolated cloud: a database, a clock, a scenario, the bytes of its images and the buckets it can reach. */
export interface World {
  readonly name: string
  readonly db: Db
  readonly clock: Clock
  readonly chance: Chance
  readonly scenario: Scenario
  readonly auth: Auth
  readonly blobs: BlobStore
  readonly buckets: Buckets
}
