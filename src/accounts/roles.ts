import type { Db } from '../database/open.ts'
import type { World } from '../simulation/world.ts'
import { type CompiledPolicy, compilePolicy } from './policy/compile.ts'
import { PolicyDocument } from './policy/document.ts'
import { findSystemRole } from './policy/system-roles.ts'
import { findAgency } from './queries/enterprise.ts'
import type { Grant } from './queries/grant.ts'
import { findPolicy, groupsOf } from './queries/groups-and-policies.ts'
import { findUser } from './queries/identity.ts'
import { identityRevision } from './queries/identity-revision.ts'

/** Whose roles are looked at: a user, as itself or in the agency of another domain, in a project. */
export interface Subject {
  userId: string
  userDomainId: string
  domainId: string
  projectId: string
  agency?: string | undefined
}

/** A policy that counts for a subject, and through what it was granted. */
export interface AttachedPolicy {
  role: string
  /** `user alice`, `group readers`, `agency partners`. */
  source: string
  policy: CompiledPolicy
  enterpriseProject?: string | undefined
}

/** What counts for a subject in its project. */
export interface Rights {
  /** Names of the roles that count in all of the project. */
  roles: readonly string[]
  attached: readonly AttachedPolicy[]
  /** The policies that count for every resource of the project. */
  everywhere: readonly CompiledPolicy[]
  /** The further ones that count for resources of one enterprise project alone. */
  inEnterpriseProject: ReadonlyMap<string, readonly CompiledPolicy[]>
}

interface Kept {
  revision: number
  rights: Map<string, Rights>
}

const kept = new WeakMap<Db, Kept>()

/** What counts for a subject; worked out once, and anew after a change of users, groups, policies or agencies. */
export function rightsOf(world: World, subject: Subject): Rights {
  const revision = identityRevision(world.db)
  let known = kept.get(world.db)
  if (known?.revision !== revision) {
    known = { revision, rights: new Map() }
    kept.set(world.db, known)
  }
  const key = `${subject.userId} ${subject.projectId} ${subject.domainId} ${subject.agency ?? ''}`
  const found = known.rights.get(key)
  if (found !== undefined) return found
  const rights = workOut(world, subject)
  known.rights.set(key, rights)
  return rights
}

/** Names of the roles that count for a subject in all of its project. */
export function roleNames(world: World, subject: Subject): readonly string[] {
  return rightsOf(world, subject).roles
}

interface SourcedGrant extends Grant {
  source: string
}

function workOut(world: World, subject: Subject): Rights {
  const grants = grantsOf(world, subject).filter(
    ({ project }) => project === undefined || project === subject.projectId,
  )
  const everywhere = grants.filter(({ enterpriseProject }) => enterpriseProject === undefined)
  const names = new Set(everywhere.map(({ role }) => findSystemRole(role)?.name ?? role))
  const attached = grants.flatMap((grant): AttachedPolicy[] => {
    const policy = policyOf(world, subject.domainId, grant.role, names)
    if (policy === undefined) return []
    const { role, source, enterpriseProject } = grant
    return [{ role, source, policy, enterpriseProject }]
  })
  const inEnterpriseProject = Map.groupBy(
    attached.filter(({ enterpriseProject }) => enterpriseProject !== undefined),
    ({ enterpriseProject = '' }) => enterpriseProject,
  )
  return {
    roles: [...names],
    attached,
    everywhere: attached
      .filter(({ enterpriseProject }) => enterpriseProject === undefined)
      .map(({ policy }) => policy),
    inEnterpriseProject: new Map(
      [...inEnterpriseProject].map(([id, list]) => [id, list.map(({ policy }) => policy)]),
    ),
  }
}

/** The agency's own when one was assumed; otherwise the user's and those of its groups. */
function grantsOf({ db }: World, { userId, domainId, agency }: Subject): SourcedGrant[] {
  const from = (source: string, grants: readonly Grant[]) => grants.map((grant) => ({ ...grant, source }))
  if (agency !== undefined) return from(`agency ${agency}`, findAgency(db, domainId, agency)?.grants ?? [])
  const user = findUser(db, userId)
  if (user === undefined) return []
  const groups = groupsOf(db, userId).flatMap(({ name, grants }) => from(`group ${name}`, grants))
  return [...from(`user ${user.name}`, user.grants), ...groups]
}

/** The policy behind a role's name. Some system roles count only beside others in the same project. */
function policyOf(
  { db }: World,
  domainId: string,
  role: string,
  beside: ReadonlySet<string>,
): CompiledPolicy | undefined {
  const system = findSystemRole(role)
  if (system !== undefined) {
    const counts = system.requires.every((name) => beside.has(findSystemRole(name)?.name ?? name))
    return counts ? compilePolicy(system.displayName, system.document) : undefined
  }
  const custom = findPolicy(db, domainId, role)
  return custom && compilePolicy(role, PolicyDocument.parse(custom.document))
}

/** What is wrong with grants: a role that is neither of the system nor a policy of the domain. */
export function checkGrants({ db }: World, domainId: string, grants: readonly Grant[]): string | undefined {
  const unknown = grants.find(
    ({ role }) => findSystemRole(role) === undefined && findPolicy(db, domainId, role) === undefined,
  )
  if (unknown === undefined) return undefined
  return `is granted ${unknown.role}, which is neither a system role nor a policy of its domain`
}
