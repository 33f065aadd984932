import type { Matter } from '../accounts/access.ts'
import type { Caller } from '../accounts/caller.ts'
import { explainAccess, idleGrants, type SourcedFinding } from '../accounts/explain-access.ts'
import { findEnterpriseProject } from '../accounts/queries/enterprise.ts'
import { handle, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { namedResources } from '../simulation/cloud.ts'
import type { World } from '../simulation/world.ts'
import { type AskedCaller, type AskedOperation, askedCaller, askedOperation } from './authorize-question.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/authorize.ts'

export const explainAuthorization = handle(
  contract.explainAuthorization,
  async (call: ControlCall, { body }) => {
    const { world } = call
    const what = await askedOperation(call, body)
    const who = askedCaller(world, body, what.params.project_id)
    return ok(renderExplanation(world, who, what, matterOf(world, who.caller, what, body)))
  },
)

function renderExplanation(
  world: World,
  who: AskedCaller,
  what: AskedOperation,
  matter: Matter,
): contract.ExplanationWire {
  const { caller } = who
  const explained = (action: string) => renderAction(explainAccess(world, caller, action, matter))
  const actions = what.actions.map(explained)
  const refusedFirst = needsCaller(what) ? whyRefusedFirst(who, what) : undefined
  const allowed = refusedFirst === undefined && actions.every((one) => one.allowed)
  return {
    allowed,
    mode: world.auth.mode,
    would_be_refused_now: world.auth.mode === 'strict' && !allowed,
    ...(refusedFirst !== undefined && { refused_first: refusedFirst }),
    caller: {
      user_id: caller.userId,
      user_name: caller.userName,
      project_id: caller.projectId,
      domain_id: caller.domainId,
      roles: [...caller.roles],
    },
    actions: [
      ...actions,
      ...what.conditionalActions.map(({ action, when }) => ({ ...explained(action), when })),
    ],
    without_effect: idleGrants(world, caller),
  }
}

function needsCaller({ called }: AskedOperation): boolean {
  return (called?.operation.authenticated ?? called?.service.callers.authenticated) !== false
}

/**
 * Why a request is refused before its rights are checked: the caller is not authenticated, its token is of a domain, or the
 * project in the path is another one.
 */
function whyRefusedFirst({ caller, keptOut }: AskedCaller, { called, params }: AskedOperation) {
  if (keptOut !== undefined) return keptOut
  const { refusal, foreignProject } = called?.service.callers ?? {}
  const refused = refusal?.(caller)
  if (refused !== undefined)
    return `the token is good for a domain and for none of its projects; it is answered ${refused.code}`
  const { project_id: projectId } = params
  const foreign = projectId === undefined ? undefined : foreignProject?.(caller, projectId)
  if (foreign === undefined) return undefined
  return `the path names the project ${projectId}, the caller acts in ${caller.projectId}; it is answered ${foreign.code}`
}

/** The resources and the enterprise project of the request. @throws ControlError for one that does not exist. */
function matterOf(
  world: World,
  caller: Caller,
  { byEnterpriseProject, listing, params, enterpriseProject: inQuery }: AskedOperation,
  about: contract.Question,
): Matter {
  const { resourceKinds } = world.cloud
  const named = about.image_id === undefined ? params : { image_id: about.image_id }
  const resources = namedResources(resourceKinds, { params: named })
  const missing = resources?.ids.find((id) => resources.kind.find(world, id) === undefined)
  if (missing !== undefined)
    throw new ControlError(
      404,
      `${resources?.kind.param}: there is no ${resources?.kind.type} ${missing}; leave it out to ask about none in particular`,
    )
  const enterpriseProject = about.enterprise_project_id ?? inQuery
  if (enterpriseProject !== undefined) checkEnterpriseProject(world, caller, enterpriseProject)
  return {
    resources,
    enterpriseProject,
    byEnterpriseProject,
    listing: listing && resources === undefined,
    sourceIp: about.source_ip,
  }
}

function checkEnterpriseProject(world: World, { domainId }: Caller, id: string): void {
  if (['', '0', 'all_granted_eps'].includes(id)) return
  if (findEnterpriseProject(world.db, id)?.domainId !== domainId)
    throw new ControlError(
      404,
      `enterprise_project_id: the domain ${domainId} has no enterprise project ${id}`,
    )
}

function renderAction(explained: ReturnType<typeof explainAccess>): contract.ActionWire {
  const { action, allowed, because, by, enterpriseProjects, statements } = explained
  return {
    action,
    allowed,
    because,
    ...(by && { by: renderStatement(by) }),
    ...(enterpriseProjects && { enterprise_projects: [...enterpriseProjects] }),
    statements: statements.map(renderStatement),
  }
}

function renderStatement(found: SourcedFinding): contract.StatementWire {
  const { policy, source, index, sid, effect, applies, why } = found
  return { policy, source, index, ...(sid !== undefined && { sid }), effect, applies, why }
}
