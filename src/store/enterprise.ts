import { batches } from './batches.ts'
import { and, asc, eq, sql } from './drizzle.ts'
import type { Db } from './open.ts'
import {
  type AgencyRow,
  agencies,
  bucketRegions,
  type EnterpriseProjectRow,
  enterpriseProjects,
} from './schema.ts'

export function findEnterpriseProject(db: Db, id: string): EnterpriseProjectRow | undefined {
  return db.select().from(enterpriseProjects).where(eq(enterpriseProjects.id, id)).get()
}

/** The enterprise projects of a domain, in the order they were made. */
export function listEnterpriseProjects(db: Db, domainId: string): EnterpriseProjectRow[] {
  return db
    .select()
    .from(enterpriseProjects)
    .where(eq(enterpriseProjects.domainId, domainId))
    .orderBy(asc(sql`${enterpriseProjects}.rowid`))
    .all()
}

export function insertEnterpriseProjects(db: Db, rows: readonly EnterpriseProjectRow[]): void {
  for (const part of batches(rows)) db.insert(enterpriseProjects).values(part).run()
}

export function findAgency(db: Db, domainId: string, name: string): AgencyRow | undefined {
  return db
    .select()
    .from(agencies)
    .where(and(eq(agencies.domainId, domainId), eq(agencies.name, name)))
    .get()
}

/** All agencies, in the order they were made. */
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

/** The region of a bucket; undefined for one that is in every region. */
export function bucketRegion(db: Db, name: string): string | undefined {
  return db.select().from(bucketRegions).where(eq(bucketRegions.name, name)).get()?.region
}

export function insertBucketRegion(db: Db, name: string, region: string): void {
  db.insert(bucketRegions).values({ name, region }).run()
}
