import { batches } from '../../database/batches.ts'
import { and, asc, count, eq, inArray, isNull, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import {
  type AgencyRow,
  agencies,
  bucketRegions,
  type EnterpriseProjectRow,
  enterpriseProjects,
  type ImageRow,
  images,
} from '../../database/tables.ts'

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

/** The enterprise projects of all domains, in the order they were made. */
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

/** Which private images of which projects to look for; `names` are parts of the name, letter case does not count. */
export interface EnterpriseImageQuery {
  /** `0` is the default one, in which is what was never put into another. */
  enterpriseProjectId: string
  owners: readonly string[]
  names: readonly string[]
  offset: number
  limit: number
}

/** A page of the images in an enterprise project, in the order they were made, and how many there are in all. */
export function imagesInEnterpriseProject(
  db: Db,
  { enterpriseProjectId, owners, names, offset, limit }: EnterpriseImageQuery,
): { images: Pick<ImageRow, 'id' | 'name' | 'owner'>[]; total: number } {
  const assigned = sql`coalesce(nullif(json_extract(${images.attributes}, '$.enterprise_project_id'), ''), '0')`
  const where = and(
    isNull(images.deletedAt),
    eq(images.imageType, 'private'),
    inArray(images.owner, [...owners]),
    eq(assigned, enterpriseProjectId),
    ...names.map((name) => sql`instr(lower(${images.name}), lower(${name})) > 0`),
  )
  const page = db
    .select({ id: images.id, name: images.name, owner: images.owner })
    .from(images)
    .where(where)
    .orderBy(asc(images.createdAt), asc(images.id))
    .limit(limit)
    .offset(offset)
    .all()
  return { images: page, total: db.select({ n: count() }).from(images).where(where).get()?.n ?? 0 }
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
