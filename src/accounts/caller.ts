import type { World } from '../simulation/world.ts'
import { gatewayError } from './gateway-errors.ts'
import { findAgency } from './queries/enterprise.ts'
import { firstUser, type Identity } from './queries/identity.ts'
import { findProject, findRegionalProject } from './queries/projects.ts'
import { roleNames } from './roles.ts'
import type { DomainRow, ProjectRow, UserRow } from './tables.ts'

/** The user behind a request, and the project and domain in which it acts. */
export interface Caller {
  userId: string
  userName: string
  /** The project that the request is about; the user's own project when the credential is scoped to a domain. */
  projectId: string
  projectName: string
  region: string
  domainId: string
  domainName: string
  /** The domain of the user; it differs from `domainId` when the user has assumed an agency. */
  userDomainId: string
  /** Name of the agency that the user has assumed; the agency belongs to the domain `domainId`. */
  agency?: string | undefined
  /** Names of the roles that apply to the whole project. */
  roles: readonly string[]
  /** False when the credential was unknown, so that the demo user took its place. */
  known: boolean
  /** True for a token that is scoped to a domain and to no project. */
  domainScoped: boolean
  /** Ids of the enterprise projects whose images a list may show; undefined for all. */
  enterpriseProjects?: readonly string[] | undefined
}

interface CallerParts {
  user: UserRow
  project: ProjectRow
  domain: DomainRow
  agency?: string | undefined
  domainScoped?: boolean
}

/** Builds the caller for a user in a project. `known` is false when the user takes the place of an unknown credential. */
export function toCaller(
  world: World,
  { user, project, domain, agency, domainScoped = false }: CallerParts,
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
 * Returns true when a credential may be used in a project. A credential with a project is limited to that one, an agency
 * that lists projects to those; any other credential may be used in all projects of its domain.
 */
export function isGoodFor(world: World, { credential, domain }: Identity, project: ProjectRow): boolean {
  if (project.domainId !== domain.id) return false
  if (credential.projectId !== null) return credential.projectId === project.id
  if (credential.agencyName === null) return true
  const reach = findAgency(world.db, domain.id, credential.agencyName)?.projects
  return reach === undefined || reach === null || reach.includes(project.id)
}

/** The project that a request names, or else the region whose host it was sent to. */
export interface NamedPlace {
  projectId?: string | undefined
  region?: string | undefined
}

/**
 * Builds the caller of a credential. The project that a request names replaces the credential's own when the credential may be
 * used in it, and is ignored otherwise. So does the project of the region, when no project is named.
 */
export function callerOf(world: World, identity: Identity, place: NamedPlace = {}): Caller {
  const { credential, user, domain } = identity
  const named = projectAt(world, identity, place)
  const project = named !== undefined && isGoodFor(world, identity, named) ? named : identity.project
  const domainScoped = credential.kind === 'token' && credential.projectId === null
  return toCaller(
    world,
    { user, project, domain, agency: credential.agencyName ?? undefined, domainScoped },
    true,
  )
}

function projectAt(
  world: World,
  { project, domain }: Pick<Identity, 'project' | 'domain'>,
  { projectId, region }: NamedPlace,
): ProjectRow | undefined {
  if (projectId !== undefined) return findProject(world.db, projectId)
  if (region === undefined || project.region === region) return undefined
  return findRegionalProject(world.db, domain.id, region)
}

/**
 * Builds the caller for the demo user of a world, its first user.
 * @param region the region whose host a request was sent to.
 * @throws GatewayError APIGW.0301 for a world without users
 */
export function demoCaller(world: World, region?: string): Caller {
  const demo = firstUser(world.db)
  if (demo === undefined) throw gatewayError('APIGW.0301')
  return toCaller(world, { ...demo, project: projectAt(world, demo, { region }) ?? demo.project }, false)
}
