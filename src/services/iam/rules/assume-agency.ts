import { checkAccess } from '../../../accounts/access.ts'
import type { Caller } from '../../../accounts/caller.ts'
import { findAgency } from '../../../accounts/queries/enterprise.ts'
import { findDomain, findDomainNamed } from '../../../accounts/queries/projects.ts'
import type { AgencyRow, DomainRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import type { Principal, Reference } from './principal.ts'
import { notAuthorized, notFound } from './refusals.ts'

/** The agency that somebody wants to assume: its name, and the domain that made it. */
export interface AgencyWish {
  domain: Reference
  name: string
}

/** The right that Agent Operator gives. */
const ASSUME = 'iam:tokens:assume'

/**
 * Lets a caller act for another account. Where the world is strict the agency must trust the caller's account, and the
 * caller must be allowed to assume agencies; who has assumed one already cannot go on to the next.
 * @throws IamError 404 when there is no such agency; 403 when it does not trust the caller's account.
 * @throws AccessDenied when the caller may assume none.
 */
export function assumeAgency(world: World, caller: Caller, { domain, name }: AgencyWish): Principal {
  const { agency, owner } = findReferredAgency(world, domain, name)
  if (world.auth.mode === 'strict') {
    if (agency.trustedDomainId !== caller.userDomainId || caller.agency !== undefined) throw notAuthorized()
    checkAccess(world, caller, ASSUME, { resources: undefined, byEnterpriseProject: false, listing: false })
  }
  return {
    userId: caller.userId,
    domainId: owner.id,
    agency: agency.name,
    method: 'assume_role',
    endsAt: null,
    known: true,
  }
}

function findReferredAgency(
  { db }: World,
  { id, name: domainName = '' }: Reference,
  name: string,
): { agency: AgencyRow; owner: DomainRow } {
  const owner = id === undefined ? findDomainNamed(db, domainName) : findDomain(db, id)
  if (owner === undefined) throw notFound('domain', id ?? domainName)
  const agency = findAgency(db, owner.id, name)
  if (agency === undefined) throw notFound('agency', name)
  return { agency, owner }
}
