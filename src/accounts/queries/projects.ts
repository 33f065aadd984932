import { and, asc, desc, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/statements.ts'
import { type DomainRow, domains, organizationAccounts, type ProjectRow, projects } from '../tables.ts'

export function findDomain(db: Db, id: string): DomainRow | undefined {
  return db.select().from(domains).where(eq(domains.id, id)).get()
}

export function findDomainNamed(db: Db, name: string): DomainRow | undefined {
  return db.select().from(domains).where(eq(domains.name, name)).get()
}

/** Lists all domains in the order of their creation. */
export function listDomains(db: Db): DomainRow[] {
  return db
    .select()
    .from(domains)
    .orderBy(asc(sql`${domains}.rowid`))
    .all()
}

export function insertDomain(db: Db, row: typeof domains.$inferInsert): void {
  db.insert(domains).values(row).run()
}

export function updateDomain(db: Db, id: string, row: Partial<DomainRow>): void {
  db.update(domains).set(row).where(eq(domains.id, id)).run()
}

/** Deletes a domain to which nothing refers any more but its place in an organisation. */
export function deleteDomain(db: Db, id: string): void {
  db.delete(organizationAccounts).where(eq(organizationAccounts.domainId, id)).run()
  db.delete(domains).where(eq(domains.id, id)).run()
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

/** Lists all projects in the order of their creation. */
export function listProjects(db: Db): ProjectRow[] {
  return db
    .select()
    .from(projects)
    .orderBy(asc(sql`${projects}.rowid`))
    .all()
}

/** Lists the projects of a region, of all domains, by id. */
export function projectsIn(db: Db, region: string): ProjectRow[] {
  return db.select().from(projects).where(eq(projects.region, region)).orderBy(asc(projects.id)).all()
}

export function insertProject(db: Db, row: typeof projects.$inferInsert): void {
  db.insert(projects).values(row).run()
}

export function updateProject(db: Db, id: string, row: Partial<ProjectRow>): void {
  db.update(projects).set(row).where(eq(projects.id, id)).run()
}

/** Deletes a project to which nothing refers any more. */
export function deleteProject(db: Db, id: string): void {
  db.delete(projects).where(eq(projects.id, id)).run()
}

/** Finds a project of a domain by its name; the one created first when several have it. */
export function findProjectNamed(db: Db, domainId: string, name: string): ProjectRow | undefined {
  return db
    .select()
    .from(projects)
    .where(and(eq(projects.domainId, domainId), eq(projects.name, name)))
    .orderBy(asc(sql`${projects}.rowid`))
    .limit(1)
    .get()
}

/** Finds the project of a domain that is a region's own: the one with the region's name, or else the first one in the region. */
export function findRegionalProject(db: Db, domainId: string, region: string): ProjectRow | undefined {
  return db
    .select()
    .from(projects)
    .where(and(eq(projects.domainId, domainId), eq(projects.region, region)))
    .orderBy(desc(sql`${projects.name} = ${region}`), asc(sql`${projects}.rowid`))
    .limit(1)
    .get()
}

/** Lists the projects of a domain in the order of their creation. */
export function projectsOf(db: Db, domainId: string): ProjectRow[] {
  return db
    .select()
    .from(projects)
    .where(eq(projects.domainId, domainId))
    .orderBy(asc(sql`${projects}.rowid`))
    .all()
}

/** Lists the regions that have projects, in the order in which the first project of each was created. */
export function listRegions(db: Db): string[] {
  return db
    .select({ region: projects.region })
    .from(projects)
    .groupBy(projects.region)
    .orderBy(sql`min(${projects}.rowid)`)
    .all()
    .map(({ region }) => region)
}
