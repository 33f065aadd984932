import { createHash } from 'node:crypto'
import type { World } from '../simulation/world.ts'
import { findIdentity, type Identity, insertCredential } from './queries/identity.ts'

/** Tokens are kept as their SHA-256, so that a copy of the database gives none away. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The credential behind a token, expired or not. */
export function findToken(world: World, token: string): Identity | undefined {
  return findIdentity(world.db, 'token', hashToken(token))
}

/** Whether a credential has come to its end on the world's clock. */
export function hasExpired(world: World, { credential }: Identity): boolean {
  return credential.expiresAt !== null && credential.expiresAt <= world.clock.now()
}

/** What a new token is good for. */
export interface TokenWish {
  userId: string
  /** None for a token of the domain alone. */
  projectId?: string | undefined
  agency?: { domainId: string; name: string } | undefined
  method: string
  /** How long it is asked to be good, ms; never longer than tokens of the world are. */
  life?: number | undefined
  /** When it ends at the latest: a token that is got with another one does not outlive that one. */
  notAfter?: number | null | undefined
  /** What it is drawn for, when that must not change the tokens that others get. */
  purpose?: string
}

/**
 * What a secret is drawn for. It names the world: worlds of the same seed must not give out the same secrets, or what one
 * of them issued would open the other.
 */
export function purposeIn({ name }: World, purpose: string): string {
  return `${purpose} of world ${name}`
}

/** Letters and digits of a token; those of the cloud are longer, and nobody reads them. */
const TOKEN_LENGTH = 512

/** A new token as it is handed out, this once, and when it ends (ms, the world's time). */
export function issueToken(
  world: World,
  wish: TokenWish,
): { token: string; issuedAt: number; expiresAt: number } {
  const token = `MII${world.chance.secret(purposeIn(world, wish.purpose ?? 'token'), TOKEN_LENGTH - 3)}`
  const issuedAt = world.clock.now()
  const { tokenLife } = world.auth
  const ownEnd = issuedAt + Math.min(wish.life ?? tokenLife, tokenLife)
  const expiresAt = Math.min(ownEnd, wish.notAfter ?? ownEnd)
  insertCredential(world.db, {
    id: hashToken(token),
    kind: 'token',
    userId: wish.userId,
    projectId: wish.projectId ?? null,
    agencyDomainId: wish.agency?.domainId ?? null,
    agencyName: wish.agency?.name ?? null,
    method: wish.method,
    issuedAt,
    expiresAt,
  })
  return { token, issuedAt, expiresAt }
}
