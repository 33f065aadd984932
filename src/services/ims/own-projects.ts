import type { Caller } from '../../accounts/caller.ts'
import { DEFAULT_ENTERPRISE_PROJECT, findEnterpriseProject } from '../../accounts/queries/enterprise.ts'
import { type Call, contextOf, type RequestContext } from '../../contract/call.ts'
import type { World } from '../../simulation/world.ts'
import type { Callers } from '../service.ts'
import { fail } from './errors.ts'

/** The image service takes callers of projects: it refuses a token of a domain, and a path with another project. */
export const imsCallers: Pick<Callers, 'refusal' | 'foreignProject'> = {
  refusal: ({ domainScoped }) => (domainScoped ? fail('IMG.0087', { scope: 'domain' }) : undefined),
  // An unknown credential stands for the demo user in any project, so there is nothing to compare.
  foreignProject: ({ known, projectId: own }, projectId) =>
    known && own !== projectId ? fail('IMG.0030', { projectId }) : undefined,
}

/** Checks that the project in a path is the caller's. @throws CodedRefusal IMG.0030 */
export function checkProject(caller: Caller, projectId: string): void {
  const refusal = imsCallers.foreignProject?.(caller, projectId)
  if (refusal !== undefined) throw refusal
}

/**
 * The context of a call whose path names a project, which must be the caller's.
 * @throws CodedRefusal IMG.0030
 */
export function contextIn(call: Call, projectId: string): RequestContext {
  const context = contextOf(call)
  checkProject(context.caller, projectId)
  return context
}

/** Checks that an enterprise project belongs to the caller's account and is enabled. @throws CodedRefusal IMG.0155 */
export function checkEnterpriseProject(world: World, caller: Caller, id: string): void {
  if (id === DEFAULT_ENTERPRISE_PROJECT) return
  const project = findEnterpriseProject(world.db, id)
  if (project === undefined || project.domainId !== caller.domainId || !project.enabled)
    throw fail('IMG.0155', { id })
}
