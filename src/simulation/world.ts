import type { BlobStore } from '../database/blobs.ts'
import type { BucketFolder } from '../database/bucket-folder.ts'
import type { ObjectStore } from '../database/object-store/object-store.ts'
import type { Db } from '../database/open.ts'
import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'
import type { Cloud } from './cloud.ts'
import type { FlowPoint } from './flow.ts'
import type { QuotaName } from './scenario/quotas.ts'
import type { Scenario } from './scenario/schema.ts'

/** One isolated cloud: a database, a clock, a scenario, and the bytes of its images and objects. */
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
  /** The files that every world begins with, beneath the objects of its own. */
  readonly bucketFolder: BucketFolder
  /** The server that has the buckets; it is the lowest layer of `bucketFolder`. Most emulators have none. */
  readonly objectStore: ObjectStore | undefined
  /** True for the world whose exports are also written as files of `bucketFolder`. */
  readonly writesFiles: boolean
}

/**
 * How a world identifies callers. `lenient` takes any token and access key and allows everything. `strict` verifies tokens
 * and signatures and enforces roles and policies.
 */
type AuthMode = Scenario['auth']['mode']

/** The identity rules of one world. They start as in the scenario and can be changed while the world runs. */
export interface Auth {
  mode: AuthMode
  /** Life of a new token, virtual ms. */
  tokenLife: number
}

export function openAuth({ auth }: Scenario): Auth {
  return { mode: auth.mode, tokenLife: auth.token_life }
}

/** The changes of a rule to the jobs of a request. */
export interface JobOrder {
  /** The flow of the scenario that they follow instead of their own. */
  flow?: string | undefined
  /** Without a code the job fails with the usual one of its kind. */
  failure?: { code?: string | undefined; at: FlowPoint } | undefined
  stuck?: FlowPoint | undefined
}

/** What the scenario's rules change for one request alone. */
export interface RequestFacts {
  /** The lag of reads in virtual ms: images that were made within it are not visible yet. */
  readonly lagMs?: number
  readonly jobOrder?: JobOrder
  /** What those answer at once that an image is shared with. */
  readonly memberStatus?: 'accepted' | 'rejected'
  /** Limits in place of those of the scenario and of the project, by name. */
  readonly quotas?: Readonly<Partial<Record<QuotaName, number>>>
}
