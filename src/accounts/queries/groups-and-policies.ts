import { and, asc, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { type GroupRow, groups, groupUsers, type PolicyRow, policies } from '../tables.ts'
import { identityChanged } from './identity.ts'

export function findGroup(db: Db, id: string): GroupRow | undefined {
  return db.select().from(groups).where(eq(groups.id, id)).get()
}

/** Lists all groups in the order of their creation. */
export function listGroups(db: Db): GroupRow[] {
  return db
    .select()
    .from(groups)
    .orderBy(asc(sql`${groups}.rowid`))
    .all()
}

/** Lists the groups of a user by id. */
export function groupsOf(db: Db, userId: string): GroupRow[] {
  return db
    .select({ group: groups })
    .from(groupUsers)
    .innerJoin(groups, eq(groups.id, groupUsers.groupId))
    .where(eq(groupUsers.userId, userId))
    .orderBy(asc(groups.id))
    .all()
    .map(({ group }) => group)
}

export function insertGroup(db: Db, row: GroupRow, userIds: readonly string[]): void {
  db.insert(groups).values(row).run()
  for (const userId of userIds) db.insert(groupUsers).values({ groupId: row.id, userId }).run()
  identityChanged(db)
}

/** Deletes the groups and the policies of a domain. */
export function deleteGroupsAndPoliciesOf(db: Db, domainId: string): void {
  for (const { id } of listGroups(db).filter((group) => group.domainId === domainId)) {
    db.delete(groupUsers).where(eq(groupUsers.groupId, id)).run()
    db.delete(groups).where(eq(groups.id, id)).run()
  }
  db.delete(policies).where(eq(policies.domainId, domainId)).run()
  identityChanged(db)
}

/** Lists the ids of the users in a group. */
export function usersInGroup(db: Db, groupId: string): string[] {
  return db
    .select({ id: groupUsers.userId })
    .from(groupUsers)
    .where(eq(groupUsers.groupId, groupId))
    .orderBy(asc(groupUsers.userId))
    .all()
    .map(({ id }) => id)
}

/** Replaces the users of a group. */
export function replaceGroupUsers(db: Db, groupId: string, userIds: readonly string[]): void {
  db.delete(groupUsers).where(eq(groupUsers.groupId, groupId)).run()
  for (const userId of userIds) db.insert(groupUsers).values({ groupId, userId }).run()
  identityChanged(db)
}

export function updateGroup(db: Db, id: string, row: Partial<GroupRow>): void {
  db.update(groups).set(row).where(eq(groups.id, id)).run()
  identityChanged(db)
}

/** Finds a policy of a domain by its name. */
export function findPolicy(db: Db, domainId: string, name: string): PolicyRow | undefined {
  return db
    .select()
    .from(policies)
    .where(and(eq(policies.domainId, domainId), eq(policies.name, name)))
    .get()
}

/** Lists the policies of all domains by domain and name. */
export function listPolicies(db: Db): PolicyRow[] {
  return db.select().from(policies).orderBy(asc(policies.domainId), asc(policies.name)).all()
}

/** Inserts a policy, or replaces the one of the same name. */
export function putPolicy(db: Db, row: PolicyRow): void {
  const { document } = row
  db.insert(policies)
    .values(row)
    .onConflictDoUpdate({ target: [policies.domainId, policies.name], set: { document } })
    .run()
  identityChanged(db)
}

export function deletePolicy(db: Db, domainId: string, name: string): void {
  db.delete(policies)
    .where(and(eq(policies.domainId, domainId), eq(policies.name, name)))
    .run()
  identityChanged(db)
}
