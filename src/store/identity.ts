import { and, asc, eq, sql } from './drizzle.ts'
import type { Db } from './open.ts'
import { prepared } from './prepared.ts'
import { credentials, type ProjectRow, projects, type UserRow, users } from './schema.ts'

/** A user together with the project that the credential speaks for. */
export interface Identity {
  user: UserRow
  project: ProjectRow
}

const identityQuery = prepared((db) =>
  db
    .select({ user: users, project: projects })
    .from(credentials)
    .innerJoin(users, eq(users.id, credentials.userId))
    .innerJoin(projects, eq(projects.id, users.projectId))
    .where(and(eq(credentials.kind, sql.placeholder('kind')), eq(credentials.id, sql.placeholder('id'))))
    .prepare(),
)

/** Whose credential this is: the hash of a token, or an access key. */
export function findIdentity(db: Db, kind: 'token' | 'access_key', id: string): Identity | undefined {
  return identityQuery(db).get({ kind, id })
}

/** The first user of the world: who an unknown credential stands for where that is allowed. */
export function firstIdentity(db: Db): Identity | undefined {
  return db
    .select({ user: users, project: projects })
    .from(users)
    .innerJoin(projects, eq(projects.id, users.projectId))
    .orderBy(asc(sql`${users}.rowid`))
    .limit(1)
    .get()
}

export function findProject(db: Db, id: string): ProjectRow | undefined {
  return db.select().from(projects).where(eq(projects.id, id)).get()
}

export function insertProject(db: Db, row: ProjectRow): void {
  db.insert(projects).values(row).run()
}

export function insertUser(db: Db, row: UserRow): void {
  db.insert(users).values(row).run()
}

export function insertCredential(db: Db, row: typeof credentials.$inferInsert): void {
  db.insert(credentials).values(row).run()
}

/** The projects of a region, whoever they belong to, by id. */
export function projectsIn(db: Db, region: string): ProjectRow[] {
  return db.select().from(projects).where(eq(projects.region, region)).orderBy(asc(projects.id)).all()
}
