import type { Caller } from '../../../accounts/caller.ts'
import { gatewayError } from '../../../accounts/gateway-errors.ts'
import { firstUser, type Identity } from '../../../accounts/queries/identity.ts'
import { findDomain } from '../../../accounts/queries/projects.ts'
import type { UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { disabledUser } from './refusals.ts'

/** Somebody who has shown who he is, before it is said what a token shall be good for. */
export interface Principal {
  userId: string
  /** The domain to act in: the user's own, or the one of the agency that was assumed. */
  domainId: string
  /** The project that stands for the domain where none is named; none for one who has assumed an agency. */
  homeProjectId?: string | undefined
  agency?: string | undefined
  /** How it was shown, as the token will say. */
  method: TokenMethod
  /** When what was shown comes to its end (ms); null when it does not. */
  endsAt: number | null
  /** False for one that nobody knows and that is taken for the demo user. */
  known: boolean
}

export type TokenMethod = 'password' | 'token' | 'hw_ak_sk' | 'assume_role'

/** A user that has proved to be it. @throws IamError 403 when it is disabled, where the world is strict. */
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

/** The demo user, for whoever shows what nobody knows where a world is lenient. */
export function standIn(world: World, method: TokenMethod): Principal {
  const demo = firstUser(world.db)
  if (demo === undefined) throw gatewayError('APIGW.0301')
  return { ...principalOf(world, demo.user, method), known: false }
}

/** Who a credential speaks for; an agency that it has assumed stays assumed. */
export function principalBehind(world: World, { credential, user, domain }: Identity, method: TokenMethod) {
  const principal = principalOf(world, user, method)
  if (credential.agencyName === null) return { ...principal, endsAt: credential.expiresAt }
  return {
    ...principal,
    domainId: domain.id,
    homeProjectId: undefined,
    agency: credential.agencyName,
    endsAt: credential.expiresAt,
  }
}

/** Who sent a request, asking for something in his own name. */
export function principalCalling({ userId, domainId, projectId, agency, known }: Caller): Principal {
  return { userId, domainId, homeProjectId: projectId, agency, method: 'token', endsAt: null, known }
}

/** A domain or a project as clients name it: by id, or by name. */
export interface Reference {
  id?: string | undefined
  name?: string | undefined
}

/** Whether a reference means the domain; an id decides where both are given. */
export function meansDomain(world: World, { id, name }: Reference, domainId: string): boolean {
  return id === undefined ? findDomain(world.db, domainId)?.name === name : id === domainId
}
