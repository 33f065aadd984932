import type { Caller } from '../../../accounts/caller.ts'
import { findAgency } from '../../../accounts/queries/enterprise.ts'
import { insertCredential } from '../../../accounts/queries/identity.ts'
import { projectsOf } from '../../../accounts/queries/projects.ts'
import { sealSecretKey } from '../../../accounts/secrets.ts'
import { hashToken, purposeIn } from '../../../accounts/tokens.ts'
import type { World } from '../../../simulation/world.ts'
import type { Principal } from './principal.ts'
import { noSuchProject } from './refusals.ts'
import { type ScopeWish, scopeOf } from './scope.ts'

/** An access key that ends, as it is handed out, this once. It is good only together with its security token. */
export interface TemporaryAccessKey {
  accessKey: string
  secretKey: string
  securityToken: string
  expiresAt: number
}

/** Letters and digits of a secret key, as the cloud's. */
const SECRET_KEY_LENGTH = 40
const SECURITY_TOKEN_LENGTH = 256

/**
 * Gives somebody a temporary access key for a number of seconds. One for an agency speaks for the project named, or else
 * for the first of the agency's account in the caller's region, until a request names another.
 * @throws IamError 400 when the agency was given no project.
 */
export function createTemporaryAccessKey(
  world: World,
  principal: Principal,
  caller: Caller,
  wish: ScopeWish,
  durationSeconds: number,
): TemporaryAccessKey {
  const { userId, domainId, agency } = principal
  const project = scopeOf(world, principal, wish)?.id ?? defaultProject(world, principal, caller.region)
  const accessKey = world.chance.accessKey(purposeIn(world, 'temporary-access-key'))
  const secretKey = world.chance.secret(purposeIn(world, 'temporary-secret-key'), SECRET_KEY_LENGTH)
  const securityToken = world.chance.secret(purposeIn(world, 'security-token'), SECURITY_TOKEN_LENGTH)
  const issuedAt = world.clock.now()
  const expiresAt = issuedAt + durationSeconds * 1000
  insertCredential(world.db, {
    id: accessKey,
    kind: 'access_key',
    userId,
    projectId: project ?? null,
    agencyDomainId: agency === undefined ? null : domainId,
    agencyName: agency ?? null,
    secret: sealSecretKey(world, secretKey),
    securityToken: hashToken(securityToken),
    issuedAt,
    expiresAt,
  })
  return { accessKey, secretKey, securityToken, expiresAt }
}

/** A key without a project of the agency's account would speak for the user's own, where the agency has no say. */
function defaultProject(world: World, { domainId, agency }: Principal, region: string): string | undefined {
  if (agency === undefined) return undefined
  const given = findAgency(world.db, domainId, agency)?.projects ?? null
  const reached = projectsOf(world.db, domainId).filter(({ id }) => given === null || given.includes(id))
  const project = reached.find((one) => one.region === region) ?? reached[0]
  if (project === undefined) throw noSuchProject()
  return project.id
}
