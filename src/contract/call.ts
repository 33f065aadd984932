import type { Caller } from '../accounts/caller.ts'
import type { RequestFacts, World } from '../simulation/world.ts'

/** What the rules of a service decide by, beside the parsed request: where it happens, who calls, and under which facts. */
export interface RequestContext {
  /** The world that the request is for. */
  readonly world: World
  readonly caller: Caller
  /** What the scenario's rules change for this request alone. */
  readonly facts: RequestFacts
}

/** What an operation gets beside its parsed request. */
export interface Call {
  /** The world that the request is for. */
  world: World
  /** What the scenario's rules change for this request alone. */
  facts: RequestFacts
  /** Undefined only for operations that answer without credentials. */
  caller: Caller | undefined
  requestId: string
  /** Checks a right that this request turns out to need. @throws AccessDenied when the caller does not have it. */
  authorize(action: string): void
  /** Lists a field in the journal as unread that the contract lets through and that turns out to have no meaning: `query.colour`. */
  unread(path: string): void
  /** Tells the journal which value a field stands for that is spelt otherwise: `body.os_version`, `CentOS 7.6 64bit`. */
  meant(path: string, value: string): void
  /** Scheme and host as the client sees them, without a slash at the end. */
  host: string
  /** The same with the path that leads to the world: the world's own paths are appended to it. */
  base: string
  /**
   * The address of a service in a region, for catalogues: its own name below the domain of the cloud when the client uses such
   * names, `base` otherwise.
   * @param service the first label of its name; @param region `*` for a service that is the same in all regions.
   */
  addressOf(service: string | undefined, region: string): string
  headers: Headers
  /** The query as it was sent, for operations that read more than they declare. */
  query: URLSearchParams
  /** The same text, without the question mark. */
  search: string
  /** The body as it streams in, for operations that take bytes or a document; empty for all others. */
  bytes: AsyncIterable<Uint8Array>
}

/** The caller of an operation that needs one: the pipeline has authenticated it. */
export function callerOf({ caller }: Call): Caller {
  if (caller === undefined)
    throw new Error('this operation was declared without credentials but needs a caller')
  return caller
}

/**
 * The context of an operation that needs a caller.
 * @example handle(listImages, (call, { query }) => ok(listCloudImages(contextOf(call), query)))
 * @throws Error when the operation was declared without credentials.
 */
export function contextOf(call: Call): RequestContext {
  return { world: call.world, caller: callerOf(call), facts: call.facts }
}
