import { and, asc, count, eq, inArray, isNull, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { type ImageRow, images } from '../ims/tables.ts'

/** Filters of private images; `names` are parts of the name, ignoring case. */
interface EnterpriseImageQuery {
  /** `0` is the default enterprise project, with all images that were never moved into another. */
  enterpriseProjectId: string
  /** Ids of the projects that own the images. */
  owners: readonly string[]
  names: readonly string[]
  offset: number
  limit: number
}

/** Returns a page of the images in an enterprise project in the order of their creation, and the total number. */
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
