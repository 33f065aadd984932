import { AccessDenied } from '../lib/errors.ts'
import type { World } from '../simulation/world.ts'
import {
  accessRequest,
  checkAccess,
  enterpriseProjectOf,
  type Matter,
  policiesFor,
  type Subject,
  subjectsOf,
} from './access.ts'
import type { Caller } from './caller.ts'
import { explain, type StatementFinding } from './policy/decide.ts'
import { findSystemRole } from './policy/system-roles.ts'
import { findAgency } from './queries/enterprise.ts'
import { groupsOf } from './queries/groups-and-policies.ts'
import { findUser } from './queries/identity.ts'
import { type AttachedPolicy, type Rights, rightsOf } from './roles.ts'
import type { Grant } from './tables.ts'

/** What one statement says of a request, and through what its policy was granted: `user alice`, `group readers`. */
export interface SourcedFinding extends StatementFinding {
  source: string
}

/** Whether a caller may do one action, and why. */
export interface ActionExplanation {
  action: string
  allowed: boolean
  /** `allowed in enterprise projects`: a list that is cut down to those in which the caller has the right. */
  because: 'allowed' | 'denied' | 'not allowed' | 'allowed in enterprise projects'
  /** The statement that decides. */
  by?: SourcedFinding
  enterpriseProjects?: readonly string[]
  statements: readonly SourcedFinding[]
}

/** Answers as a strict world would decide, whatever the mode of this one is. */
export function explainAccess(
  world: World,
  caller: Caller,
  action: string,
  matter: Matter,
): ActionExplanation {
  const verdict = verdictOn(world, caller, action, matter)
  const statements = statementsOn(world, caller, action, matter)
  const effect = verdict.because === 'denied' ? 'Deny' : 'Allow'
  const decides = verdict.because === 'allowed' || verdict.because === 'denied'
  const by = decides ? statements.find((found) => found.applies && found.effect === effect) : undefined
  return { action, ...verdict, ...(by && { by }), statements }
}

type Verdict = Pick<ActionExplanation, 'allowed' | 'because' | 'enterpriseProjects'>

/** What the check of a real request comes to. */
function verdictOn(world: World, caller: Caller, action: string, matter: Matter): Verdict {
  try {
    const enterpriseProjects = checkAccess(world, caller, action, matter)
    if (enterpriseProjects === undefined) return { allowed: true, because: 'allowed' }
    return { allowed: true, because: 'allowed in enterprise projects', enterpriseProjects }
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error
  }
  const [subject] = subjectsOf(world, matter)
  const policies = policiesFor(rightsOf(world, caller), matter, () => enterpriseProjectOf(matter, subject))
  const { because } = explain(policies, accessRequest(world, caller, action, matter, subject))
  return { allowed: false, because: because === 'denied' ? 'denied' : 'not allowed' }
}

/** Every statement of every policy of the caller; those of the whole project come first, as they do in a decision. */
function statementsOn(world: World, caller: Caller, action: string, matter: Matter): SourcedFinding[] {
  const [subject] = subjectsOf(world, matter)
  const request = accessRequest(world, caller, action, matter, subject)
  return inOrder(rightsOf(world, caller)).flatMap(({ policy, source, enterpriseProject }) => {
    const elsewhere = whyElsewhere(matter, subject, enterpriseProject)
    return explain([policy], request).statements.map((found) => {
      if (elsewhere === undefined) return { ...found, source }
      return { ...found, source, applies: false, why: elsewhere }
    })
  })
}

function inOrder({ attached }: Rights): AttachedPolicy[] {
  const everywhere = attached.filter(({ enterpriseProject }) => enterpriseProject === undefined)
  return [...everywhere, ...attached.filter(({ enterpriseProject }) => enterpriseProject !== undefined)]
}

/** Why a policy that was granted in an enterprise project does not count for a request; undefined when it does. */
function whyElsewhere(
  matter: Matter,
  subject: Subject | undefined,
  granted: string | undefined,
): string | undefined {
  if (granted === undefined) return undefined
  if (!matter.byEnterpriseProject)
    return `granted in the enterprise project ${granted}; roles in enterprise projects do not count for this call`
  const asked = enterpriseProjectOf(matter, subject)
  if (asked === granted) return undefined
  return `granted in the enterprise project ${granted}; the request is about ${asked}`
}

/** A role that was granted and does not count where the caller acts. */
export interface IdleGrant {
  role: string
  source: string
  why: string
}

/** The roles that a caller was granted and that do not count in its project. */
export function idleGrants(world: World, caller: Caller): IdleGrant[] {
  return grantsOf(world, caller).flatMap(({ role, source, project }) => {
    if (project !== undefined && project !== caller.projectId)
      return [
        { role, source, why: `granted in the project ${project}; the caller acts in ${caller.projectId}` },
      ]
    const missing = missingBeside(role, caller.roles)
    if (missing.length === 0) return []
    return [{ role, source, why: `counts only beside ${missing.join(', ')} in the same project` }]
  })
}

/** The further roles that a system role wants and that are not there. */
function missingBeside(role: string, roles: readonly string[]): string[] {
  const requires = findSystemRole(role)?.requires ?? []
  return requires.filter((name) => !roles.includes(findSystemRole(name)?.name ?? name))
}

function grantsOf({ db }: World, caller: Caller): (Grant & { source: string })[] {
  const from = (source: string, grants: readonly Grant[]) => grants.map((grant) => ({ ...grant, source }))
  const { agency, domainId, userId, userName } = caller
  if (agency !== undefined) return from(`agency ${agency}`, findAgency(db, domainId, agency)?.grants ?? [])
  const groups = groupsOf(db, userId).flatMap(({ name, grants }) => from(`group ${name}`, grants))
  return [...from(`user ${userName}`, findUser(db, userId)?.grants ?? []), ...groups]
}
