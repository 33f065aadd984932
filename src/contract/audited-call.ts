import type { Caller } from '../accounts/caller.ts'
import type { TraceName } from '../simulation/trace-name.ts'

/** An answered call that leaves a trace, as the pipeline tells it to the audit of the cloud. */
export interface AuditedCall {
  trace: TraceName
  /** Id of the operation, e.g. `CreateImage`. */
  operation: string
  caller: Caller
  /** The access key that signed the call; undefined for a token. */
  accessKey: string | undefined
  /** Path and query without secrets. */
  path: string
  /** Virtual time at which it came, ms since the epoch. */
  at: number
  requestId: string
  status: number
  /** The resource that the call named or made. A failed call tells only the id. */
  resource: AuditedResource
  /** The bodies as text; undefined for none, for bytes, for long ones and for those with a secret. */
  sent: string | undefined
  answered: string | undefined
  /** The address that it came from, when it is known. */
  sourceIp: string | undefined
}

/** The resource of an audited call, as far as the call tells it. */
export interface AuditedResource {
  id?: string | undefined
  name?: string | undefined
  enterpriseProject?: string | undefined
}
