import type { DomainRow, ProjectRow, UserRow } from '../database/tables.ts'
import { CloudError } from '../lib/errors.ts'
import type { World } from '../simulation/world.ts'
import { findAgency } from './queries/enterprise.ts'
import { firstUser, type Identity } from './queries/identity.ts'
import { findProject } from './queries/projects.ts'
import { roleNames } from './roles.ts'

/** Who calls, and for which project. */
export interface Caller {
  userId: string
  userName: string
  /** The project that the request is about; the user's own when the credential is one of a domain alone. */
  projectId: string
  projectName: string
  region: string
  domainId: string
  domainName: string
  /** The domain that the user is of; another one than the caller's when an agency was assumed. */
  userDomainId: string
  /** The agency of the caller's domain that the user has assumed. */
  agency?: string | undefined
  /** Names of the roles that count in the project. */
  roles: readonly string[]
  /** False when the credential was unknown and stands for the demo user. */
  known: boolean
  /** True for a token that is good for a domain and for none of its projects. */
  domainScoped: boolean
  /** The enterprise projects whose images a listing may show; all of them when it is not said. */
  enterpriseProjects?: readonly string[] | undefined
}

interface Found {
  user: UserRow
  project: ProjectRow
  domain: DomainRow
  agency?: string | undefined
  domainScoped?: boolean
}

/** The caller that somebody is in a project; `known` is false for one that stands for whoever called. */
export function toCaller(
  world: World,
  { user, project, domain, agency, domainScoped = false }: Found,
  known: boolean,
): Caller {
  const caller = {
    userId: user.id,
    userName: user.name,
    projectId: project.id,
    projectName: project.name,
    region: project.region,
    domainId: domain.id,
    domainName: domain.name,
    userDomainId: user.domainId,
    agency,
    known,
    domainScoped,
  }
  return { ...caller, roles: roleNames(world, caller) }
}

/**
 * Whether a credential is good for a project: a temporary key of a project for that one, an agency for those it names,
 * every other for all of its domain.
 */
export function isGoodFor(world: World, { credential, domain }: Identity, project: ProjectRow): boolean {
  if (project.domainId !== domain.id) return false
  if (credential.projectId !== null) return credential.projectId === project.id
  if (credential.agencyName === null) return true
  const reach = findAgency(world.db, domain.id, credential.agencyName)?.projects
  return reach === undefined || reach === null || reach.includes(project.id)
}

/** The caller of a credential; `projectId` is another project that the request names, and that counts if it may be used. */
export function callerOf(world: World, identity: Identity, projectId?: string): Caller {
  const { credential, user, domain } = identity
  const named = projectId === undefined ? undefined : findProject(world.db, projectId)
  const project = named !== undefined && isGoodFor(world, identity, named) ? named : identity.project
  const domainScoped = credential.kind === 'token' && credential.projectId === null
  return toCaller(
    world,
    { user, project, domain, agency: credential.agencyName ?? undefined, domainScoped },
    true,
  )
}

/** The demo user of a world: its first user. */
export function demoCaller(world: World): Caller {
  const demo = firstUser(world.db)
  if (demo === undefined) throw new CloudError('APIGW.0301')
  return toCaller(world, demo, false)
}

/**
 * The project in a path must be the caller's (IMG.0030). An unknown credential stands for the demo user whatever project
 * it names, so nothing is compared for it.
 */
export function checkProject(caller: Caller, projectId: string): void {
  if (caller.known && caller.projectId !== projectId) throw new CloudError('IMG.0030', { projectId })
}
