import { z } from 'zod'
import type { Filters } from '../images/list-filters.ts'

/** One value, or several when the parameter is repeated. */
export const Values = z.union([z.string(), z.array(z.string())])

/** Filters that are documented; any other attribute filters as well (images-list.md, "Query parameters"). */
const FILTERS =
  `id name owner status visibility __imagetype __isregistered protected __whole_image __system__cmkid
  container_format disk_format min_ram min_disk __os_bit __os_type __platform virtual_env_type enterprise_project_id
  flavor_id architecture tag member_status created_at updated_at __support_kvm __support_xen __support_largememory
  __support_diskintensive __support_highperformance __support_xen_hana __support_kvm_infiniband __support_xen_gpu_type
  __support_kvm_gpu_type limit marker`.split(/\s+/)

/** The query of a call that filters images, with what the call adds to it. */
export function listQuery(...more: string[]) {
  return z
    .object(Object.fromEntries([...FILTERS, ...more].map((name) => [name, Values.optional()])))
    .catchall(Values)
}

export function toFilters(query: Record<string, string | string[] | undefined>): Filters {
  return new Map(
    Object.entries(query).flatMap(([name, value]): [string, string[]][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value : [value]]],
    ),
  )
}
