import type { Db } from '../database/open.ts'
import type { World } from '../simulation/world.ts'
import { PolicyDocument } from './policy/document.ts'
import { type CompiledPolicy, compilePolicy } from './policy/statements.ts'
import { findSystemRole } from './policy/system-roles.ts'
import { findAgency } from './queries/enterprise.ts'
import { findPolicy, groupsOf } from './queries/groups-and-policies.ts'
import { findUser, identityRevision } from './queries/identity.ts'
import { listCreatedRoles } from './queries/roles.ts'
import type { Grant } from './tables.ts'

/** A user in a project, in its own right or through an agency of another domain. */
export interface Subject {
  userId: string
  userDomainId: string
  domainId: string
  projectId: string
  agency?: string | undefined
  /** True for a token of the domain, in which roles that were granted for such tokens have an effect. */
  domainScoped?: boolean
}

/** A policy that applies to a subject, and the user, group or agency to which it was granted. */
export interface AttachedPolicy {
  role: string
  /** `user alice`, `group readers`, `agency partners`. */
  source: string
  policy: CompiledPolicy
  enterpriseProject?: string | undefined
}

/** The roles and policies that apply to a subject in its project. */
export interface Rights {
  /** Names of the roles that apply to the whole project. */
  roles: readonly string[]
  attached: readonly AttachedPolicy[]
  /** The policies for every resource of the project. */
  everywhere: readonly CompiledPolicy[]
  /** Further policies for the resources of one enterprise project, by its id. */
  inEnterpriseProject: ReadonlyMap<string, readonly CompiledPolicy[]>
}

/** Rights by subject, valid for one revision of the identities. */
interface RightsCache {
  revision: number
  rights: Map<string, Rights>
}

const caches = new WeakMap<Db, RightsCache>()

/** Returns the rights of a subject. They are cached until a user, group or policy changes. */
export function rightsOf(world: World, subject: Subject): Rights {
  const revision = identityRevision(world.db)
  let cache = caches.get(world.db)
  if (cache?.revision !== revision) {
    cache = { revision, rights: new Map() }
    caches.set(world.db, cache)
  }
  const key = `${subject.userId} ${subject.projectId} ${subject.domainId} ${subject.agency ?? ''} ${subject.domainScoped ?? false}`
  const cached = cache.rights.get(key)
  if (cached !== undefined) return cached
  const rights = computeRights(world, subject)
  cache.rights.set(key, rights)
  return rights
}

/** Returns the names of the roles that a subject has in the whole project. */
export function roleNames(world: World, subject: Subject): readonly string[] {
  return rightsOf(world, subject).roles
}

interface SourcedGrant extends Grant {
  source: string
}

function computeRights(world: World, subject: Subject): Rights {
  const grants = grantsOf(world, subject).filter((grant) => counts(grant, subject))
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

/** Tells whether a grant counts where a subject acts. One for a whole domain counts in no other domain. */
function counts({ project, domain }: Grant, subject: Subject): boolean {
  if (domain !== undefined) return domain === subject.domainId && subject.domainScoped === true
  if (project !== undefined) return project === subject.projectId
  return subject.agency !== undefined || subject.domainId === subject.userDomainId
}

/** Lists the grants of the assumed agency, or else those of the user and its groups. */
function grantsOf({ db }: World, { userId, domainId, agency }: Subject): SourcedGrant[] {
  const from = (source: string, grants: readonly Grant[]) => grants.map((grant) => ({ ...grant, source }))
  if (agency !== undefined) return from(`agency ${agency}`, findAgency(db, domainId, agency)?.grants ?? [])
  const user = findUser(db, userId)
  if (user === undefined) return []
  const groups = groupsOf(db, userId).flatMap(({ name, grants }) => from(`group ${name}`, grants))
  return [...from(`user ${user.name}`, user.grants), ...groups]
}

/** Compiles the policy of a role. Some system roles have an effect only beside others that are granted in the same project. */
function policyOf(
  { db }: World,
  domainId: string,
  role: string,
  beside: ReadonlySet<string>,
): CompiledPolicy | undefined {
  const system = findSystemRole(role)
  if (system !== undefined) {
    const complete = system.requires.every((name) => beside.has(findSystemRole(name)?.name ?? name))
    return complete ? compilePolicy(system.displayName, system.document) : undefined
  }
  const custom = findPolicy(db, domainId, role)
  return custom && compilePolicy(role, PolicyDocument.parse(custom.document))
}

/** Describes the first grant of a role that is neither a system role nor a policy of the domain; undefined without one. */
export function checkGrants({ db }: World, domainId: string, grants: readonly Grant[]): string | undefined {
  const unknown = grants.find(
    ({ role }) =>
      findSystemRole(role) === undefined &&
      findPolicy(db, domainId, role) === undefined &&
      !listCreatedRoles(db).some(({ name }) => name === role),
  )
  if (unknown === undefined) return undefined
  return `is granted ${unknown.role}, which is neither a system role nor a policy of its domain`
}
