import type { Caller } from '../../../accounts/caller.ts'
import {
  DEFAULT_ENTERPRISE_PROJECT,
  findEnterpriseProject,
  listEnterpriseProjects,
} from '../../../accounts/queries/enterprise.ts'
import type { EnterpriseProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'

/** No account says when it was opened; this is older than anything else in it. ms since the epoch: 2018-01-01. */
const OPENED = 1_514_764_800_000

/** The enterprise project that every account has, which stands in no table. */
function defaultProject({ domainId }: Caller): EnterpriseProjectRow {
  return {
    id: DEFAULT_ENTERPRISE_PROJECT,
    domainId,
    name: 'default',
    description: 'The default enterprise project.',
    enabled: true,
    createdAt: OPENED,
    updatedAt: OPENED,
  }
}

/** The enterprise projects of the caller's account, the default one first. */
export function enterpriseProjectsOf(world: World, caller: Caller): EnterpriseProjectRow[] {
  return [defaultProject(caller), ...listEnterpriseProjects(world.db, caller.domainId)]
}

/** One of the caller's account. @throws CodedRefusal EPS.0005 when it has none with this id. */
export function ownEnterpriseProject(world: World, caller: Caller, id: string): EnterpriseProjectRow {
  if (id === DEFAULT_ENTERPRISE_PROJECT) return defaultProject(caller)
  const project = findEnterpriseProject(world.db, id)
  if (project?.domainId !== caller.domainId) throw fail('EPS.0005', { enterpriseProject: id })
  return project
}
