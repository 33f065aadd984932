import type { Caller } from '../../accounts/caller.ts'
import { gatewayError } from '../../accounts/gateway-errors.ts'
import { findAgency } from '../../accounts/queries/enterprise.ts'
import { firstUser, type Identity } from '../../accounts/queries/identity.ts'
import { findDomain, findProject, findProjectNamed } from '../../accounts/queries/projects.ts'
import type { ProjectRow, UserRow } from '../../accounts/tables.ts'
import type { World } from '../../simulation/world.ts'
import { disabledUser, noSuchProject, notAuthorized } from './errors.ts'

/** An authenticated user, or an agency that a user has assumed, before the scope of the new token is known. */
export interface Principal {
  userId: string
  /** The domain to act in: the user's own, or the domain of the assumed agency. */
  domainId: string
  /** The project of the user when a request names no project; undefined for an assumed agency. */
  homeProjectId?: string | undefined
  agency?: string | undefined
  /** The method of authentication, as the token will show it. */
  method: TokenMethod
  /** When the presented credential expires, ms since the epoch; null when it does not expire. */
  endsAt: number | null
  /** False for an unknown credential that a lenient world takes as the demo user's. */
  known: boolean
}

export type TokenMethod = 'password' | 'token' | 'hw_ak_sk' | 'assume_role'

/** Makes the principal of an authenticated user. @throws IamError 403 in a strict world when the user is disabled. */
export function principalOf(world: World, user: UserRow, method: TokenMethod): Principal {
  if (world.auth.mode === 'strict' && !user.enabled) throw disabledUser(user.name)
  return {
    userId: user.id,
    domainId: user.domainId,
    homeProjectId: user.projectId,
    method,
    endsAt: null,
    known: true,
  }
}

/** Makes the principal for an unknown credential in a lenient world: the demo user. @throws CodedRefusal APIGW.0301 */
export function standIn(world: World, method: TokenMethod): Principal {
  const demo = firstUser(world.db)
  if (demo === undefined) throw gatewayError('APIGW.0301')
  return { ...principalOf(world, demo.user, method), known: false }
}

/** Makes the principal of a credential. An agency that the credential has assumed stays assumed. */
export function principalBehind(
  world: World,
  { credential, user, domain }: Identity,
  method: TokenMethod,
): Principal {
  const principal = { ...principalOf(world, user, method), endsAt: credential.expiresAt }
  if (credential.agencyName === null) return principal
  return { ...principal, domainId: domain.id, homeProjectId: undefined, agency: credential.agencyName }
}

/** Makes the principal of a caller that asks for a credential of its own. */
export function principalCalling({ userId, domainId, projectId, agency, known }: Caller): Principal {
  return { userId, domainId, homeProjectId: projectId, agency, method: 'token', endsAt: null, known }
}

/** A domain or a project as clients refer to it: by id, or by name. */
export interface Reference {
  id?: string | undefined
  name?: string | undefined
}

/** The scope that a request asks for: one project, or the domain without any project. */
export interface RequestedScope {
  project?: (Reference & { domain?: Reference | undefined }) | undefined
  domain?: Reference | undefined
  /** True for a request that wants no project, not even the user's own. */
  unscoped?: boolean
}

/** What a new token is valid for: a project, or a domain without any project. */
export interface TokenScope {
  domainId: string
  project: ProjectRow | undefined
}

/**
 * Decides what a new token is valid for. Each edition has its own rule.
 * @throws IamError when the principal may not use the requested scope.
 */
export type ScopeRule = (world: World, principal: Principal, requested: RequestedScope) => TokenScope

/**
 * Finds the scope of a new token in the cloud, which is always the account of the principal. A token of the domain is also
 * issued when no scope is requested. The project decides when both are requested. A principal that is not known always gets
 * a project of the demo account.
 * @throws IamError 400 when the account has no such project, 403 when the principal may not use the domain or the project.
 */
export const scopeInAccount: ScopeRule = (world, principal, { project, domain }) => {
  const { domainId, known } = principal
  if (project !== undefined) return { domainId, project: requestedProject(world, principal, project) }
  if (domain !== undefined && known && !isDomain(world, domain, domainId)) throw notAuthorized()
  return { domainId, project: undefined }
}

function requestedProject(
  world: World,
  principal: Principal,
  { id, name, domain }: NonNullable<RequestedScope['project']>,
): ProjectRow | undefined {
  const { domainId, homeProjectId, known } = principal
  const found =
    id === undefined ? findProjectNamed(world.db, domainId, name ?? '') : findProject(world.db, id)
  const own = found?.domainId === domainId ? found : undefined
  if (!known) return own ?? (homeProjectId === undefined ? undefined : findProject(world.db, homeProjectId))
  if (id === undefined && domain !== undefined && !isDomain(world, domain, domainId)) throw notAuthorized()
  if (own === undefined) throw noSuchProject()
  if (!mayUse(world, principal, own.id)) throw notAuthorized()
  return own
}

/** Tells whether a reference names a domain; the id decides when both are given. */
function isDomain(world: World, { id, name }: Reference, domainId: string): boolean {
  return id === undefined ? findDomain(world.db, domainId)?.name === name : id === domainId
}

/** Tells whether a principal may use a project of its domain: an agency can be limited to some projects. */
function mayUse({ db }: World, { domainId, agency }: Principal, projectId: string): boolean {
  if (agency === undefined) return true
  const given = findAgency(db, domainId, agency)?.projects ?? null
  return given === null || given.includes(projectId)
}
