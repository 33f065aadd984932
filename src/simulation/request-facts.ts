import type { FlowPoint } from './flow.ts'
import type { QuotaName } from './scenario/quotas.ts'

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
  /** Limits in place of those of the scenario and of the project, by name. */
  readonly quotas?: Readonly<Partial<Record<QuotaName, number>>>
}
