import type { Caller } from '../../../accounts/caller.ts'
import type { EnterpriseProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { enterpriseProjectsOf } from './find.ts'

type SortKey = 'created_at' | 'updated_at' | 'name'

/** Which enterprise projects to list, and in what order. */
export interface EnterpriseProjectListing {
  id?: string | undefined
  /** Part of the name; letter case does not count. */
  name?: string | undefined
  enabled?: boolean | undefined
  sortKey: SortKey
  descending: boolean
  offset: number
  limit: number
}

/** A page of what was asked for, and how many there are on all pages. */
export interface Page<Item> {
  items: Item[]
  total: number
}

/** Lists those of the caller's account that it may see. */
export function listOwnEnterpriseProjects(
  world: World,
  caller: Caller,
  { id, name, enabled, sortKey, descending, offset, limit }: EnterpriseProjectListing,
): Page<EnterpriseProjectRow> {
  const visible = caller.enterpriseProjects
  const found = enterpriseProjectsOf(world, caller)
    .filter((project) => visible === undefined || visible.includes(project.id))
    .filter((project) => id === undefined || project.id === id)
    .filter((project) => name === undefined || contains(project.name, name))
    .filter((project) => enabled === undefined || project.enabled === enabled)
    .sort((a, b) => (descending ? -1 : 1) * (compare(a, b, sortKey) || order(a.id, b.id)))
  return { items: found.slice(offset, offset + limit), total: found.length }
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

function compare(a: EnterpriseProjectRow, b: EnterpriseProjectRow, key: SortKey): number {
  if (key === 'name') return order(a.name, b.name)
  return key === 'created_at' ? a.createdAt - b.createdAt : a.updatedAt - b.updatedAt
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
