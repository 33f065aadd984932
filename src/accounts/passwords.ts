import { scryptSync, timingSafeEqual } from 'node:crypto'
import type { Chance } from '../simulation/chance.ts'

/** These are passwords of test users: the cost is one that a start does not feel. */
const COST = { N: 256 }
const HASH_BYTES = 32

/** `salt:hash`, both hex. */
export function hashPassword(chance: Chance, password: string): string {
  const salt = chance.hexId('password-salt')
  return `${salt}:${scryptSync(password, salt, HASH_BYTES, COST).toString('hex')}`
}

/** Whether a password is the one behind a hash; the time it takes does not depend on how much of it is right. */
export function matchesPassword(kept: string, password: string): boolean {
  const [salt = '', hash = ''] = kept.split(':')
  return timingSafeEqual(scryptSync(password, salt, HASH_BYTES, COST), Buffer.from(hash, 'hex'))
}
