import type { Call } from '../../../contract/operation.ts'
import { toFilters } from '../contract/images.ts'
import { type Filters, unknownFilters } from '../images/list-filters.ts'
import { readSystem } from './systems.ts'

/** Reads the filters of a query. Parameters that are none are ignored, and listed in the journal as unread. */
export function readFilters(call: Call, query: Record<string, string | string[] | undefined>): Filters {
  const filters = toFilters(query)
  const unknown = new Set(unknownFilters(call.world, filters.keys()))
  for (const name of unknown) call.unread(`query.${name}`)
  for (const value of filters.get('__os_version') ?? []) readSystem(call, 'query.__os_version', value)
  return new Map([...filters].filter(([name]) => !unknown.has(name)))
}
