import type { RequestContext } from '../../contract/call.ts'
import type { World } from '../../simulation/world.ts'
import { fail } from './errors.ts'
import { findTraceRow, listTraceRows, type TraceFilter, userNamesIn } from './queries.ts'
import type { TraceRow } from './tables.ts'

const HOUR = 3_600_000
/** The cloud keeps a trace for seven days. */
const KEPT = 7 * 24 * HOUR

/** Filters and page of a list of traces; times are virtual ms. */
export interface TraceListing {
  filter: TraceFilter
  /** Exclusive; an hour ago when it is undefined. */
  from: number | undefined
  /** Exclusive; undefined for no end. */
  to: number | undefined
  /** The trace after which the page before ended. */
  next: string | undefined
  limit: number
}

/** Traces with the latest first, and whether older ones are left. */
export interface TracePage {
  traces: TraceRow[]
  more: boolean
}

/**
 * Lists traces of the caller's project. The id of a trace is looked up whatever else is asked for.
 * @throws CodedRefusal CTS.0300 when `next` is no trace of the project.
 */
export function listTraces(context: RequestContext, listing: TraceListing): TracePage {
  const { world, caller } = context
  const { filter, from, to, next, limit } = listing
  const { projectId } = caller
  const oldest = world.clock.now() - KEPT
  if (filter.id !== undefined)
    return {
      traces: listTraceRows(world.db, { id: filter.id, projectId }, { after: oldest }, 1),
      more: false,
    }
  const before = next === undefined ? undefined : findTraceRow(world.db, projectId, next)
  if (next !== undefined && before === undefined) throw fail('CTS.0300', { next })
  const after = Math.max(from ?? world.clock.now() - HOUR, oldest)
  const range = { after, before: to, below: before?.number }
  const found = listTraceRows(world.db, { ...filter, projectId }, range, limit + 1)
  return { traces: found.slice(0, limit), more: found.length > limit }
}

/** Lists the kept traces of every project of a world, the oldest first. */
export function allTraces({ db, clock }: World, filter: TraceFilter, limit: number): TraceRow[] {
  return listTraceRows(db, filter, { after: clock.now() - KEPT }, limit).reverse()
}

/** Lists the names of the users that left traces in the caller's project. */
export function tracedUsers({ world, caller }: RequestContext): string[] {
  return userNamesIn(world.db, caller.projectId, world.clock.now() - KEPT)
}
