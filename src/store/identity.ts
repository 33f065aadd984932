import { and, asc, eq, isNull, sql } from './drizzle.ts'
import type { Db } from './open.ts'
import { prepared } from './prepared.ts'
import {
  type CredentialRow,
  credentials,
  type DomainRow,
  domains,
  type GroupRow,
  groups,
  groupUsers,
  type PolicyRow,
  type ProjectRow,
  policies,
  projects,
  type UserRow,
  users,
} from './schema.ts'

/**
 * A credential with whose it is: the user, the project that it speaks for (the user's own when it names none) and the
 * domain that it acts in, which is another one's when an agency was assumed.
 */
export interface Identity {
  credential: CredentialRow
  user: UserRow
  project: ProjectRow
  domain: DomainRow
}

const identityQuery = prepared((db) =>
  db
    .select({ credential: credentials, user: users, project: projects, domain: domains })
    .from(credentials)
    .innerJoin(users, eq(users.id, credentials.userId))
    .innerJoin(projects, eq(projects.id, sql`coalesce(${credentials.projectId}, ${users.projectId})`))
    .innerJoin(domains, eq(domains.id, sql`coalesce(${credentials.agencyDomainId}, ${users.domainId})`))
    .where(and(eq(credentials.kind, sql.placeholder('kind')), eq(credentials.id, sql.placeholder('id'))))
    .prepare(),
)

/** Whose credential this is: the hash of a token, or an access key. */
export function findIdentity(db: Db, kind: CredentialRow['kind'], id: string): Identity | undefined {
  return identityQuery(db).get({ kind, id })
}

/** The first user of the world with the domain and home project: who an unknown credential stands for where that is allowed. */
export function firstUser(db: Db): Omit<Identity, 'credential'> | undefined {
  return db
    .select({ user: users, project: projects, domain: domains })
    .from(users)
    .innerJoin(projects, eq(projects.id, users.projectId))
    .innerJoin(domains, eq(domains.id, users.domainId))
    .orderBy(asc(sql`${users}.rowid`))
    .limit(1)
    .get()
}

const revisions = new WeakMap<Db, number>()

/** Counts the changes of who may do what, so that what was worked out from it is known to be stale. */
export function identityRevision(db: Db): number {
  return revisions.get(db) ?? 0
}

function changed(db: Db): void {
  revisions.set(db, identityRevision(db) + 1)
}

export function findDomain(db: Db, id: string): DomainRow | undefined {
  return db.select().from(domains).where(eq(domains.id, id)).get()
}

export function findDomainNamed(db: Db, name: string): DomainRow | undefined {
  return db.select().from(domains).where(eq(domains.name, name)).get()
}

export function listDomains(db: Db): DomainRow[] {
  return db
    .select()
    .from(domains)
    .orderBy(asc(sql`${domains}.rowid`))
    .all()
}

export function insertDomain(db: Db, row: DomainRow): void {
  db.insert(domains).values(row).run()
}

const projectQuery = prepared((db) =>
  db
    .select()
    .from(projects)
    .where(eq(projects.id, sql.placeholder('id')))
    .prepare(),
)

export function findProject(db: Db, id: string): ProjectRow | undefined {
  return projectQuery(db).get({ id })
}

/** All projects, in the order they were made. */
export function listProjects(db: Db): ProjectRow[] {
  return db
    .select()
    .from(projects)
    .orderBy(asc(sql`${projects}.rowid`))
    .all()
}

/** The projects of a region, whoever they belong to, by id. */
export function projectsIn(db: Db, region: string): ProjectRow[] {
  return db.select().from(projects).where(eq(projects.region, region)).orderBy(asc(projects.id)).all()
}

export function insertProject(db: Db, row: ProjectRow): void {
  db.insert(projects).values(row).run()
}

export function findUser(db: Db, id: string): UserRow | undefined {
  return db.select().from(users).where(eq(users.id, id)).get()
}

/** All users, in the order they were made. */
export function listUsers(db: Db): UserRow[] {
  return db
    .select()
    .from(users)
    .orderBy(asc(sql`${users}.rowid`))
    .all()
}

export function insertUser(db: Db, row: UserRow): void {
  db.insert(users).values(row).run()
  changed(db)
}

export function updateUser(db: Db, id: string, row: Partial<UserRow>): void {
  db.update(users).set(row).where(eq(users.id, id)).run()
  changed(db)
}

export function findGroup(db: Db, id: string): GroupRow | undefined {
  return db.select().from(groups).where(eq(groups.id, id)).get()
}

export function listGroups(db: Db): GroupRow[] {
  return db
    .select()
    .from(groups)
    .orderBy(asc(sql`${groups}.rowid`))
    .all()
}

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
  changed(db)
}

/** Ids of the users in a group. */
export function usersInGroup(db: Db, groupId: string): string[] {
  return db
    .select({ id: groupUsers.userId })
    .from(groupUsers)
    .where(eq(groupUsers.groupId, groupId))
    .orderBy(asc(groupUsers.userId))
    .all()
    .map(({ id }) => id)
}

/** Puts these users into a group, and nobody else. */
export function replaceGroupUsers(db: Db, groupId: string, userIds: readonly string[]): void {
  db.delete(groupUsers).where(eq(groupUsers.groupId, groupId)).run()
  for (const userId of userIds) db.insert(groupUsers).values({ groupId, userId }).run()
  changed(db)
}

export function updateGroup(db: Db, id: string, row: Partial<GroupRow>): void {
  db.update(groups).set(row).where(eq(groups.id, id)).run()
  changed(db)
}

export function findPolicy(db: Db, domainId: string, name: string): PolicyRow | undefined {
  return db
    .select()
    .from(policies)
    .where(and(eq(policies.domainId, domainId), eq(policies.name, name)))
    .get()
}

export function listPolicies(db: Db): PolicyRow[] {
  return db.select().from(policies).orderBy(asc(policies.domainId), asc(policies.name)).all()
}

/** Writes a policy, in the place of the one with its name. */
export function putPolicy(db: Db, row: PolicyRow): void {
  const { document } = row
  db.insert(policies)
    .values(row)
    .onConflictDoUpdate({ target: [policies.domainId, policies.name], set: { document } })
    .run()
  changed(db)
}

export function deletePolicy(db: Db, domainId: string, name: string): void {
  db.delete(policies)
    .where(and(eq(policies.domainId, domainId), eq(policies.name, name)))
    .run()
  changed(db)
}

export function insertCredential(db: Db, row: typeof credentials.$inferInsert): void {
  db.insert(credentials).values(row).run()
}

export function deleteCredential(db: Db, kind: CredentialRow['kind'], id: string): void {
  db.delete(credentials)
    .where(and(eq(credentials.kind, kind), eq(credentials.id, id)))
    .run()
}

/** The user of a name in a domain; the first one when the fixtures gave a name twice. */
export function findUserNamed(db: Db, domainId: string, name: string): UserRow | undefined {
  return db
    .select()
    .from(users)
    .where(and(eq(users.domainId, domainId), eq(users.name, name)))
    .orderBy(asc(sql`${users}.rowid`))
    .limit(1)
    .get()
}

/** The users of a domain, in the order they were made. */
export function usersOf(db: Db, domainId: string): UserRow[] {
  return db
    .select()
    .from(users)
    .where(eq(users.domainId, domainId))
    .orderBy(asc(sql`${users}.rowid`))
    .all()
}

export function findProjectNamed(db: Db, domainId: string, name: string): ProjectRow | undefined {
  return db
    .select()
    .from(projects)
    .where(and(eq(projects.domainId, domainId), eq(projects.name, name)))
    .orderBy(asc(sql`${projects}.rowid`))
    .limit(1)
    .get()
}

/** The projects of a domain, in the order they were made. */
export function projectsOf(db: Db, domainId: string): ProjectRow[] {
  return db
    .select()
    .from(projects)
    .where(eq(projects.domainId, domainId))
    .orderBy(asc(sql`${projects}.rowid`))
    .all()
}

/** The regions in which there are projects, in the order in which the first of each was made. */
export function listRegions(db: Db): string[] {
  return db
    .select({ region: projects.region })
    .from(projects)
    .groupBy(projects.region)
    .orderBy(sql`min(${projects}.rowid)`)
    .all()
    .map(({ region }) => region)
}

/** The access keys of a user that do not end, in the order they were made. */
export function accessKeysOf(db: Db, userId: string): CredentialRow[] {
  return db
    .select()
    .from(credentials)
    .where(
      and(
        eq(credentials.kind, 'access_key'),
        eq(credentials.userId, userId),
        isNull(credentials.securityToken),
        isNull(credentials.expiresAt),
      ),
    )
    .orderBy(asc(sql`${credentials}.rowid`))
    .all()
}
