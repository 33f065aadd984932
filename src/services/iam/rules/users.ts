import type { Caller } from '../../../accounts/caller.ts'
import { findUser, usersOf } from '../../../accounts/queries/identity.ts'
import type { UserRow } from '../../../accounts/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { notAuthorized, notFound } from './refusals.ts'

export interface UserFilters {
  name?: string | undefined
  domainId?: string | undefined
  enabled?: boolean | undefined
}

/** The users of the caller's account. @throws IamError 403 when another account's are asked for. */
export function listUsers(world: World, caller: Caller, { name, domainId, enabled }: UserFilters): UserRow[] {
  if (caller.known && domainId !== undefined && domainId !== caller.domainId) throw notAuthorized()
  return usersOf(world.db, caller.domainId)
    .filter((user) => name === undefined || user.name === name)
    .filter((user) => enabled === undefined || user.enabled === enabled)
}

/** A user of the caller's account; oneself without asking, anybody else with the right to. @throws IamError 404 */
export function showUser(
  world: World,
  caller: Caller,
  id: string,
  demand: (action: string) => void,
): UserRow {
  if (id !== caller.userId) demand('iam:users:getUser')
  const user = findUser(world.db, id)
  const own = user !== undefined && (user.id === caller.userId || user.domainId === caller.domainId)
  if (!own) throw notFound('user', id)
  return user
}
