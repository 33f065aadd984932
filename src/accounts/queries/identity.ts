import { afterCommit } from '../../database/after-commit.ts'
import { and, asc, eq, isNull, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/statements.ts'
import {
  type CredentialRow,
  credentials,
  type DomainRow,
  domains,
  groupUsers,
  type ProjectRow,
  projects,
  type UserRow,
  users,
} from '../tables.ts'

const revisions = new WeakMap<Db, number>()

/** Returns the number of changes to users, groups and policies so far; a cache of rights is stale when it has grown. */
export function identityRevision(db: Db): number {
  return revisions.get(db) ?? 0
}

/** Records a change to users, groups or policies. */
export function identityChanged(db: Db): void {
  revisions.set(db, identityRevision(db) + 1)
}

/**
 * A credential with its user, its project (the user's own when the credential has none) and the domain in which it acts,
 * which is that of the agency when the user has assumed one.
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

/** Finds the owner of a credential; `id` is the SHA-256 of a token, or an access key. */
export function findIdentity(db: Db, kind: CredentialRow['kind'], id: string): Identity | undefined {
  return identityQuery(db).get({ kind, id })
}

const firstUserQuery = prepared((db) =>
  db
    .select({ user: users, project: projects, domain: domains })
    .from(users)
    .innerJoin(projects, eq(projects.id, users.projectId))
    .innerJoin(domains, eq(domains.id, users.domainId))
    .orderBy(asc(sql`${users}.rowid`))
    .limit(1)
    .prepare(),
)

/** Finds the first user of the world with its domain and project. It takes the place of unknown credentials where they are allowed. */
export function firstUser(db: Db): Omit<Identity, 'credential'> | undefined {
  return firstUserQuery(db).get()
}

export function findUser(db: Db, id: string): UserRow | undefined {
  return db.select().from(users).where(eq(users.id, id)).get()
}

/** Lists all users in the order of their creation. */
export function listUsers(db: Db): UserRow[] {
  return db
    .select()
    .from(users)
    .orderBy(asc(sql`${users}.rowid`))
    .all()
}

export function insertUser(db: Db, row: typeof users.$inferInsert): void {
  db.insert(users).values(row).run()
  identityChanged(db)
}

export function updateUser(db: Db, id: string, row: Partial<UserRow>): void {
  db.update(users).set(row).where(eq(users.id, id)).run()
  identityChanged(db)
}

/** Deletes a user with its memberships of groups and its credentials. */
export function deleteUser(db: Db, id: string): void {
  deleteCredentialsOf(db, { userId: id })
  db.delete(groupUsers).where(eq(groupUsers.userId, id)).run()
  db.delete(users).where(eq(users.id, id)).run()
  identityChanged(db)
}

const insertCredentialQuery = prepared((db) =>
  db
    .insert(credentials)
    .values({
      kind: sql.placeholder('kind'),
      id: sql.placeholder('id'),
      userId: sql.placeholder('userId'),
      projectId: sql.placeholder('projectId'),
      agencyDomainId: sql.placeholder('agencyDomainId'),
      agencyName: sql.placeholder('agencyName'),
      secret: sql.placeholder('secret'),
      securityToken: sql.placeholder('securityToken'),
      method: sql.placeholder('method'),
      issuedAt: sql.placeholder('issuedAt'),
      expiresAt: sql.placeholder('expiresAt'),
    })
    .prepare(),
)

const DEFAULTS = {
  projectId: null,
  agencyDomainId: null,
  agencyName: null,
  secret: null,
  securityToken: null,
  method: null,
  expiresAt: null,
}

export function insertCredential(db: Db, row: typeof credentials.$inferInsert): void {
  insertCredentialQuery(db).run({ ...DEFAULTS, ...row })
  reportChange(db, row, 'issued')
}

export function deleteCredential(db: Db, kind: CredentialRow['kind'], id: string): void {
  db.delete(credentials)
    .where(and(eq(credentials.kind, kind), eq(credentials.id, id)))
    .run()
  reportChange(db, { kind, id }, 'revoked')
}

/** Whose credentials are meant: those of a user, or those that are valid for one project only. */
type CredentialHolder = { userId: string } | { projectId: string }

/** Deletes the credentials of a user or of a project, of one kind or of both. */
export function deleteCredentialsOf(db: Db, holder: CredentialHolder, kind?: CredentialRow['kind']): void {
  const held =
    'userId' in holder ? eq(credentials.userId, holder.userId) : eq(credentials.projectId, holder.projectId)
  const found = db
    .select({ kind: credentials.kind, id: credentials.id })
    .from(credentials)
    .where(kind === undefined ? held : and(held, eq(credentials.kind, kind)))
    .all()
  for (const { kind, id } of found) deleteCredential(db, kind, id)
}

/** A credential without its owner. */
export type CredentialName = Pick<CredentialRow, 'kind' | 'id'>

/** Lists the encrypted secret keys of all access keys. */
export function listSealedSecrets(db: Db): { id: string; secret: string }[] {
  const rows = db.select({ id: credentials.id, secret: credentials.secret }).from(credentials).all()
  return rows.flatMap(({ id, secret }) => (secret === null ? [] : [{ id, secret }]))
}

/** Lists all credentials of a world. */
export function listCredentials(db: Db): CredentialName[] {
  return db.select({ kind: credentials.kind, id: credentials.id }).from(credentials).all()
}

type CredentialObserver = (credential: CredentialName, change: 'issued' | 'revoked') => void

const observers = new WeakMap<Db, CredentialObserver>()

/** Calls a function after each credential that is issued or revoked in a database, when its transaction is committed. */
export function observeCredentials(db: Db, observer: CredentialObserver): void {
  observers.set(db, observer)
}

function reportChange(db: Db, { kind, id }: CredentialName, change: 'issued' | 'revoked'): void {
  const observer = observers.get(db)
  if (observer !== undefined) afterCommit(db, () => observer({ kind, id }, change))
}

/** Finds a user of a domain by its name; the one created first when fixtures use a name twice. */
export function findUserNamed(db: Db, domainId: string, name: string): UserRow | undefined {
  return db
    .select()
    .from(users)
    .where(and(eq(users.domainId, domainId), eq(users.name, name)))
    .orderBy(asc(sql`${users}.rowid`))
    .limit(1)
    .get()
}

/** Lists the users of a domain in the order of their creation. */
export function usersOf(db: Db, domainId: string): UserRow[] {
  return db
    .select()
    .from(users)
    .where(eq(users.domainId, domainId))
    .orderBy(asc(sql`${users}.rowid`))
    .all()
}

/** Lists the permanent access keys of a user in the order of their creation. */
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
