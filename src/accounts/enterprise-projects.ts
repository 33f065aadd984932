import { CloudError } from '../lib/errors.ts'
import type { World } from '../simulation/world.ts'
import type { Caller } from './caller.ts'
import { findEnterpriseProject } from './queries/enterprise.ts'

/** The enterprise project that everybody has. */
export const DEFAULT_ENTERPRISE_PROJECT = '0'

/** Refuses an enterprise project that the caller's account does not have, or has put out of use (IMG.0155). */
export function checkEnterpriseProject(world: World, caller: Caller, id: string): void {
  if (id === DEFAULT_ENTERPRISE_PROJECT) return
  const project = findEnterpriseProject(world.db, id)
  if (project === undefined || project.domainId !== caller.domainId || !project.enabled)
    throw new CloudError('IMG.0155', { id })
}
