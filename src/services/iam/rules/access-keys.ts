import type { Caller } from '../../../accounts/caller.ts'
import { accessKeysOf, findUser } from '../../../accounts/queries/identity.ts'
import type { CredentialRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { notFound } from './refusals.ts'

/**
 * The access keys of a user of the caller's account, which do not end: one's own without asking, another's with the
 * right to. An agency has none. @throws IamError 404 when the account has no such user.
 */
export function listAccessKeys(
  world: World,
  caller: Caller,
  userId: string | undefined,
  demand: (action: string) => void,
): CredentialRow[] {
  const isOwn = caller.agency === undefined && (userId === undefined || userId === caller.userId)
  if (userId === undefined && !isOwn) return []
  const id = userId ?? caller.userId
  if (!isOwn) demand('iam:credentials:listCredentials')
  if (findUser(world.db, id)?.domainId !== caller.domainId) throw notFound('user', id)
  return accessKeysOf(world.db, id)
}
