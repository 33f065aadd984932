import { createHash } from 'node:crypto'
import type { World } from '../simulation/world.ts'
import { findIdentity, type Identity, insertCredential } from './queries/identity.ts'

/** Hashes a token with SHA-256. Only the hash is stored, so a copy of the database contains no usable token. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Finds the credential of a token, expired or not; undefined for an unknown token. */
export function findToken(world: World, token: string): Identity | undefined {
  return findIdentity(world.db, 'token', hashToken(token))
}

/** Returns true when a credential has expired on the world's clock. */
export function hasExpired(world: World, { credential }: Identity): boolean {
  return credential.expiresAt !== null && credential.expiresAt <= world.clock.now()
}

/** Scope and lifetime of a new token. */
interface NewToken {
  userId: string
  /** Undefined for a token that is scoped to the domain. */
  projectId?: string | undefined
  /** The domain in which it acts, when that is not the user's own. */
  domainId?: string | undefined
  /** Name of the agency of that domain that the user has assumed. */
  agency?: string | undefined
  method: string
  /** Requested lifetime in ms; the lifetime of the world's tokens is the maximum and the default. */
  life?: number | undefined
  /** Latest expiry in ms since the epoch: a token that is issued for another token does not outlive it. */
  notAfter?: number | null | undefined
  /** Purpose of the draw; a separate one leaves the sequence of all other tokens unchanged. */
  purpose?: string
}

/**
 * Returns the purpose for drawing a secret. It contains the name of the world: with the same seed and purpose, a secret of
 * one world would be valid in another.
 */
export function purposeIn({ name }: World, purpose: string): string {
  return `${purpose} of world ${name}`
}

/** Characters of a token, which clients treat as opaque; tokens of the cloud are longer. */
const TOKEN_LENGTH = 512

/**
 * Issues a token and stores its hash. The token itself is returned only here. Times are in ms since the epoch on the world's
 * clock.
 *
 * @example const { token } = issueToken(world, { userId, projectId, method: 'password' })
 */
export function issueToken(
  world: World,
  wanted: NewToken,
): { token: string; issuedAt: number; expiresAt: number } {
  const token = `MII${world.chance.secret(purposeIn(world, wanted.purpose ?? 'token'), TOKEN_LENGTH - 3)}`
  const issuedAt = world.clock.now()
  const { tokenLife } = world.auth
  const ownEnd = issuedAt + Math.min(wanted.life ?? tokenLife, tokenLife)
  const expiresAt = Math.min(ownEnd, wanted.notAfter ?? ownEnd)
  insertCredential(world.db, {
    id: hashToken(token),
    kind: 'token',
    userId: wanted.userId,
    projectId: wanted.projectId ?? null,
    agencyDomainId: wanted.domainId ?? null,
    agencyName: wanted.agency ?? null,
    method: wanted.method,
    issuedAt,
    expiresAt,
  })
  return { token, issuedAt, expiresAt }
}
