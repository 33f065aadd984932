import type { Resource } from '../resource-kinds.ts'
import type { NamedService } from './operations.ts'

/** What rules look at of a request, after it has been matched to its operation and its caller is known. */
export interface RuledRequest {
  /** Id of the operation. */
  operation: string
  /** The service that it belongs to. */
  service: NamedService
  method: string
  /** Without the path that leads to the world, and without the query. */
  path: string
  projectId?: string | undefined
  userId?: string | undefined
  userName?: string | undefined
  /** By name in any case; undefined when it was not sent. */
  header(name: string): string | undefined
  query: Readonly<Record<string, string | string[]>>
  /** Parsed JSON; undefined when there is none. */
  body: unknown
  /** The resource that the path names, looked up only when a rule asks; undefined when there is none. */
  resource(): Resource | undefined
}
