import { z } from 'zod'
import type { Matter } from '../accounts/access.ts'
import type { Caller } from '../accounts/caller.ts'
import { explainAccess, idleGrants, type SourcedFinding } from '../accounts/explain-access.ts'
import { elementsOf } from '../accounts/policy/mistakes.ts'
import { findEnterpriseProject } from '../accounts/queries/enterprise.ts'
import { ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { namedResources } from '../simulation/resource-kinds.ts'
import type { World } from '../simulation/world.ts'
import { type AskedCaller, askedCaller, ShortText, whoFields } from './asked-caller.ts'
import { type AskedOperation, askedOperation, whatFields } from './asked-operation.ts'
import { controlOperation } from './operation.ts'

const aboutFields = {
  image_id: ShortText.optional(),
  enterprise_project_id: ShortText.optional(),
  source_ip: z.union([z.ipv4(), z.ipv6()], 'write an address, such as 10.0.0.7').optional(),
}

const FIELDS = { ...whoFields, ...whatFields, ...aboutFields }
const given = (...values: readonly unknown[]) => values.filter((value) => value !== undefined).length

/** Who wants to do what, and to what. */
const Question = z
  .strictObject(FIELDS, elementsOf('a question', Object.keys(FIELDS)))
  .refine(
    ({ user, token, access_key }) => given(user, token, access_key) === 1,
    'say who: send exactly one of user (id or name), token and access_key',
  )
  .refine(
    ({ action, operation: id, method, path }) => given(method, path) !== 1 && given(action, id, method) === 1,
    'say what: send exactly one of action, operation, and method with path',
  )
type Question = z.output<typeof Question>

const StatementWire = z.strictObject({
  policy: z.string(),
  /** Through what it was granted: `user alice`, `group readers`, `agency partners`. */
  source: z.string(),
  /** Place of the statement in the policy, from 0. */
  index: z.int(),
  sid: z.string().optional(),
  effect: z.enum(['Allow', 'Deny']),
  applies: z.boolean(),
  why: z.string(),
})

const ActionWire = z.strictObject({
  action: z.string(),
  /** For an action that only some requests need: when they do. It does not count for `allowed` of the whole. */
  when: z.string().optional(),
  allowed: z.boolean(),
  because: z.enum(['allowed', 'denied', 'not allowed', 'allowed in enterprise projects']),
  by: StatementWire.optional(),
  /** What a list is cut down to. */
  enterprise_projects: z.array(z.string()).optional(),
  statements: z.array(StatementWire),
})

const AnswerWire = z.strictObject({
  /** What a strict world would say. */
  allowed: z.boolean(),
  mode: z.enum(['lenient', 'strict']),
  would_be_refused_now: z.boolean(),
  /** Why a strict world refuses the request before it looks at rights. */
  refused_first: z.string().optional(),
  caller: z.strictObject({
    user_id: z.string(),
    user_name: z.string(),
    project_id: z.string(),
    domain_id: z.string(),
    roles: z.array(z.string()),
  }),
  actions: z.array(ActionWire),
  /** Roles that were granted and do not count here. */
  without_effect: z.array(z.strictObject({ role: z.string(), source: z.string(), why: z.string() })),
})

export const explainAuthorization = controlOperation({
  id: 'ControlAuthorize',
  method: 'POST',
  path: '/_ims/authorize',
  summary: 'Why a request would be allowed or refused, statement by statement',
  request: z.object({ body: Question }),
  responses: { 200: AnswerWire },
  async handle(call, { body }) {
    const { world } = call
    const what = await askedOperation(call, body)
    const who = askedCaller(world, body, what.params.project_id)
    return ok(renderAnswer(world, who, what, matterOf(world, who.caller, what, body)))
  },
})

function renderAnswer(
  world: World,
  who: AskedCaller,
  what: AskedOperation,
  matter: Matter,
): z.input<typeof AnswerWire> {
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

/** Rights are checked only once a request is let in, and only where its project is the caller's. */
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

/** What the request is about. @throws ControlError for an image or an enterprise project that there is not. */
function matterOf(
  world: World,
  caller: Caller,
  { byEnterpriseProject, listing, params, enterpriseProject: inQuery }: AskedOperation,
  about: Question,
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

function renderAction(explained: ReturnType<typeof explainAccess>): z.input<typeof ActionWire> {
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

function renderStatement(found: SourcedFinding): z.input<typeof StatementWire> {
  const { policy, source, index, sid, effect, applies, why } = found
  return { policy, source, index, ...(sid !== undefined && { sid }), effect, applies, why }
}
