import { and, asc, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { batches } from '../../database/statements.ts'
import { type AgencyRow, agencies, type EnterpriseProjectRow, enterpriseProjects } from '../tables.ts'

/** Id of the default enterprise project, which every account has and which no table row describes. */
export const DEFAULT_ENTERPRISE_PROJECT = '0'

export function findEnterpriseProject(db: Db, id: string): EnterpriseProjectRow | undefined {
  return db.select().from(enterpriseProjects).where(eq(enterpriseProjects.id, id)).get()
}

/** Lists the enterprise projects of a domain in the order of their creation. */
export function listEnterpriseProjects(db: Db, domainId: string): EnterpriseProjectRow[] {
  return db
    .select()
    .from(enterpriseProjects)
    .where(eq(enterpriseProjects.domainId, domainId))
    .orderBy(asc(sql`${enterpriseProjects}.rowid`))
    .all()
}

/** Lists the enterprise projects of all domains in the order of their creation. */
export function allEnterpriseProjects(db: Db): EnterpriseProjectRow[] {
  return db
    .select()
    .from(enterpriseProjects)
    .orderBy(asc(sql`${enterpriseProjects}.rowid`))
    .all()
}

export function insertEnterpriseProjects(db: Db, rows: readonly EnterpriseProjectRow[]): void {
  for (const part of batches(rows)) db.insert(enterpriseProjects).values(part).run()
}

export function updateEnterpriseProject(db: Db, id: string, change: Partial<EnterpriseProjectRow>): void {
  db.update(enterpriseProjects).set(change).where(eq(enterpriseProjects.id, id)).run()
}

/** Finds an agency of a domain by its name. */
export function findAgency(db: Db, domainId: string, name: string): AgencyRow | undefined {
  return db
    .select()
    .from(agencies)
    .where(and(eq(agencies.domainId, domainId), eq(agencies.name, name)))
    .get()
}

/** Lists all agencies in the order of their creation. */
export function listAgencies(db: Db): AgencyRow[] {
  return db
    .select()
    .from(agencies)
    .orderBy(asc(sql`${agencies}.rowid`))
    .all()
}

export function insertAgency(db: Db, row: AgencyRow): void {
  db.insert(agencies).values(row).run()
}
