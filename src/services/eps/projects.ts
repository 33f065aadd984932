import {
  DEFAULT_ENTERPRISE_PROJECT,
  findEnterpriseProject,
  insertEnterpriseProjects,
  listEnterpriseProjects as storedEnterpriseProjects,
  updateEnterpriseProject as storeEnterpriseProject,
} from '../../accounts/queries/enterprise.ts'
import type { EnterpriseProjectRow } from '../../accounts/tables.ts'
import type { RequestContext } from '../../contract/call.ts'
import { fail } from './errors.ts'

/**
 * When the default enterprise project was made: no account tells when it was opened, and this is older than anything else in
 * it. ms since the epoch: 2018-01-01.
 */
const OPENED = 1_514_764_800_000

/** The enterprise project that every account has; it has no row. */
function defaultProject({ caller }: RequestContext): EnterpriseProjectRow {
  return {
    id: DEFAULT_ENTERPRISE_PROJECT,
    domainId: caller.domainId,
    name: 'default',
    description: 'The default enterprise project.',
    enabled: true,
    createdAt: OPENED,
    updatedAt: OPENED,
  }
}

/** The enterprise projects of the caller's account, the default one first. */
function enterpriseProjectsOf(context: RequestContext): EnterpriseProjectRow[] {
  const { world, caller } = context
  return [defaultProject(context), ...storedEnterpriseProjects(world.db, caller.domainId)]
}

/** Finds an enterprise project of the caller's account. @throws CodedRefusal EPS.0005 when the account has none with the id. */
export function ownEnterpriseProject(context: RequestContext, id: string): EnterpriseProjectRow {
  if (id === DEFAULT_ENTERPRISE_PROJECT) return defaultProject(context)
  const project = findEnterpriseProject(context.world.db, id)
  if (project?.domainId !== context.caller.domainId) throw fail('EPS.0005', { enterpriseProject: id })
  return project
}

type SortKey = 'created_at' | 'updated_at' | 'name'

/** Filters, order and page of a list of enterprise projects. */
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

/** One page of a list, and the number of items on all pages. */
export interface Page<Item> {
  items: Item[]
  total: number
}

/** Lists the enterprise projects of the caller's account that the caller may see. */
export function listEnterpriseProjects(
  context: RequestContext,
  { id, name, enabled, sortKey, descending, offset, limit }: EnterpriseProjectListing,
): Page<EnterpriseProjectRow> {
  const visible = context.caller.enterpriseProjects
  const found = enterpriseProjectsOf(context)
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

/** How many enterprise projects an account may have beside the default one: the quota of the cloud. */
const LARGEST_NUMBER = 100

/** Counts the enterprise projects of the caller's account without the default one, which the quota does not count either. */
export function enterpriseProjectQuota({ world, caller }: RequestContext): { used: number; quota: number } {
  return { used: storedEnterpriseProjects(world.db, caller.domainId).length, quota: LARGEST_NUMBER }
}

/** Fields of an enterprise project that clients set. */
interface EnterpriseProjectFields {
  name: string
  description?: string | undefined
}

/** Makes an enterprise project in the caller's account. @throws CodedRefusal EPS.0010 for a taken name, EPS.0009 at the quota. */
export function createEnterpriseProject(
  context: RequestContext,
  { name, description = '' }: EnterpriseProjectFields,
): EnterpriseProjectRow {
  const { world, caller } = context
  return world.db.transaction(() => {
    checkNameIsFree(context, name)
    const { used, quota } = enterpriseProjectQuota(context)
    if (used >= quota) throw fail('EPS.0009', { used, quota })
    const now = world.clock.now()
    const id = world.chance.uuid('enterprise-project')
    const times = { createdAt: now, updatedAt: now }
    const row = { id, domainId: caller.domainId, name, description, enabled: true, ...times }
    insertEnterpriseProjects(world.db, [row])
    return row
  })
}

/**
 * Changes the name and the description of an enterprise project; without a description the old one stays.
 * @throws CodedRefusal EPS.0012 for the default one, EPS.0005 for an unknown one, EPS.0014 for a disabled one, EPS.0010 for a
 * taken name.
 */
export function updateEnterpriseProject(
  context: RequestContext,
  id: string,
  { name, description }: EnterpriseProjectFields,
): EnterpriseProjectRow {
  const { world } = context
  return world.db.transaction(() => {
    if (id === DEFAULT_ENTERPRISE_PROJECT) throw fail('EPS.0012')
    const project = ownEnterpriseProject(context, id)
    if (!project.enabled) throw fail('EPS.0014', { id })
    if (name !== project.name) checkNameIsFree(context, name)
    const change = { name, description: description ?? project.description, updatedAt: world.clock.now() }
    storeEnterpriseProject(world.db, id, change)
    return { ...project, ...change }
  })
}

/** Enables or disables an enterprise project. @throws CodedRefusal EPS.0015 for the default one, EPS.0005 for an unknown one. */
export function setEnterpriseProjectEnabled(context: RequestContext, id: string, enabled: boolean): void {
  const { world } = context
  if (id === DEFAULT_ENTERPRISE_PROJECT) throw fail('EPS.0015')
  const project = ownEnterpriseProject(context, id)
  if (project.enabled === enabled) return
  storeEnterpriseProject(world.db, id, { enabled, updatedAt: world.clock.now() })
}

function checkNameIsFree(context: RequestContext, name: string): void {
  if (enterpriseProjectsOf(context).some((project) => project.name === name)) throw fail('EPS.0010', { name })
}
