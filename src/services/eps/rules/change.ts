import type { Caller } from '../../../accounts/caller.ts'
import {
  DEFAULT_ENTERPRISE_PROJECT,
  insertEnterpriseProjects,
  listEnterpriseProjects,
  updateEnterpriseProject,
} from '../../../accounts/queries/enterprise.ts'
import type { EnterpriseProjectRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { fail } from '../errors.ts'
import { enterpriseProjectsOf, ownEnterpriseProject } from './find.ts'

/** How many an account may have beside the default one; the cloud's own figure. */
const MOST_ENTERPRISE_PROJECTS = 100

/** How many enterprise projects the caller's account has beside the default one, and may have. */
export function enterpriseProjectQuota(world: World, { domainId }: Caller): { used: number; quota: number } {
  return { used: listEnterpriseProjects(world.db, domainId).length, quota: MOST_ENTERPRISE_PROJECTS }
}

/** Makes an enterprise project in the caller's account. @throws CodedRefusal EPS.0010, EPS.0009 */
export function createEnterpriseProject(
  world: World,
  caller: Caller,
  { name, description = '' }: { name: string; description?: string | undefined },
): EnterpriseProjectRow {
  return world.db.transaction(() => {
    checkNameIsFree(world, caller, name)
    const { used, quota } = enterpriseProjectQuota(world, caller)
    if (used >= quota) throw fail('EPS.0009', { used, quota })
    const now = world.clock.now()
    const id = world.chance.uuid('enterprise-project')
    const times = { createdAt: now, updatedAt: now }
    const row = { id, domainId: caller.domainId, name, description, enabled: true, ...times }
    insertEnterpriseProjects(world.db, [row])
    return row
  })
}

/** Gives an enterprise project another name or description; a description that is not said stays. */
export function renameEnterpriseProject(
  world: World,
  caller: Caller,
  id: string,
  { name, description }: { name: string; description?: string | undefined },
): EnterpriseProjectRow {
  return world.db.transaction(() => {
    if (id === DEFAULT_ENTERPRISE_PROJECT) throw fail('EPS.0012')
    const project = ownEnterpriseProject(world, caller, id)
    if (!project.enabled) throw fail('EPS.0014', { id })
    if (name !== project.name) checkNameIsFree(world, caller, name)
    const change = { name, description: description ?? project.description, updatedAt: world.clock.now() }
    updateEnterpriseProject(world.db, id, change)
    return { ...project, ...change }
  })
}

/** Puts an enterprise project into or out of use; one that is there already stays as it is. */
export function setEnterpriseProjectEnabled(
  world: World,
  caller: Caller,
  id: string,
  enabled: boolean,
): void {
  if (id === DEFAULT_ENTERPRISE_PROJECT) throw fail('EPS.0015')
  const project = ownEnterpriseProject(world, caller, id)
  if (project.enabled === enabled) return
  updateEnterpriseProject(world.db, id, { enabled, updatedAt: world.clock.now() })
}

function checkNameIsFree(world: World, caller: Caller, name: string): void {
  if (enterpriseProjectsOf(world, caller).some((project) => project.name === name))
    throw fail('EPS.0010', { name })
}
