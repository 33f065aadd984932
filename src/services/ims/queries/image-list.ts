import type { SQL } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  lte,
  ne,
  not,
  or,
  sql,
} from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { images, type TagRow, tags } from '../tables.ts'
import { type Reader, sharingStatus } from './account-members.ts'
import { type Image, imageSelection } from './images.ts'

/** Attributes with a column of their own, by their name on the wire. All others are in the JSON column `attributes`. */
export const COLUMNS = {
  id: images.id,
  name: images.name,
  owner: images.owner,
  status: images.status,
  protected: images.protected,
  os_hidden: images.hidden,
  container_format: images.containerFormat,
  disk_format: images.diskFormat,
  min_disk: images.minDisk,
  min_ram: images.minRam,
  size: images.size,
  virtual_size: images.virtualSize,
  checksum: images.checksum,
  os_hash_algo: images.hashAlgorithm,
  os_hash_value: images.hashValue,
  visibility: images.visibility,
  created_at: images.createdAt,
  updated_at: images.updatedAt,
  deleted_at: images.deletedAt,
} satisfies Record<string, AnySQLiteColumn>

export type ColumnName = keyof typeof COLUMNS
const columnNames: ReadonlySet<string> = new Set(Object.keys(COLUMNS))

/** True for an attribute with a column of its own, which can be compared by size and sorted by. */
export function isColumnName(name: string): name is ColumnName {
  return columnNames.has(name)
}

export type Comparison = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte'

/** A condition on the images of a list. */
export type Condition =
  | { column: ColumnName; is: Comparison; value: string | number | boolean }
  | { column: ColumnName; oneOf: readonly (string | number | boolean)[] }
  /** An attribute without a column has exactly this value. */
  | { attribute: string; value: string }
  | { attributePresent: string }
  | { tag: string; value?: string }
  /** The image has any tag, or none. */
  | { tagged: boolean }
  /** The name contains this text; letter case counts. */
  | { nameContains: string }
  | { imageType: 'gold' | 'private' | 'market' }
  | { visibility: 'public' | 'private' | 'shared' | 'community' }
  /** The image is shared with at least one project, account or organisation, or with none. */
  | { shared: boolean }
  | { not: Condition }
  | { anyOf: readonly Condition[] }
  | { allOf: readonly Condition[] }
  /** The image reaches this project: it is shared with it, with its account, or with an organisation of its account. */
  | { sharedWith: Reader; status?: 'pending' | 'accepted' | 'rejected' }

export interface Sorting {
  by: ColumnName
  direction: 'asc' | 'desc'
}

/**
 * A page of images: all conditions hold, and it starts after the image `after`. The id breaks ties, so the order is
 * total.
 */
export interface ImageListing {
  where: readonly Condition[]
  sort: readonly Sorting[]
  after?: Image
  /** The number of images to skip at the start. */
  offset?: number
  limit?: number
}

const COMPARE = { eq, neq: ne, gt, gte, lt, lte }

function toSql(condition: Condition): SQL {
  if ('oneOf' in condition) return inArray(COLUMNS[condition.column], [...condition.oneOf])
  if ('column' in condition) return COMPARE[condition.is](COLUMNS[condition.column], condition.value)
  if ('attribute' in condition) {
    return sql`EXISTS (SELECT 1 FROM json_each(images.attributes)
      WHERE json_each.key = ${condition.attribute} AND json_each.value = ${condition.value})`
  }
  if ('attributePresent' in condition) {
    return sql`EXISTS (SELECT 1 FROM json_each(images.attributes) WHERE json_each.key = ${condition.attributePresent})`
  }
  if ('tag' in condition) {
    const sameValue = condition.value === undefined ? sql`` : sql`AND tags.value = ${condition.value}`
    return sql`EXISTS (SELECT 1 FROM tags WHERE tags.image_id = images.id AND tags.key = ${condition.tag} ${sameValue})`
  }
  if ('tagged' in condition) {
    const exists = sql`EXISTS (SELECT 1 FROM tags WHERE tags.image_id = images.id)`
    return condition.tagged ? exists : sql`NOT ${exists}`
  }
  if ('nameContains' in condition) return sql`instr(${images.name}, ${condition.nameContains}) > 0`
  if ('imageType' in condition) return eq(images.imageType, condition.imageType)
  if ('visibility' in condition) return eq(images.visibility, condition.visibility)
  if ('shared' in condition) {
    const exists = sql`(EXISTS (SELECT 1 FROM members WHERE members.image_id = images.id)
      OR EXISTS (SELECT 1 FROM account_members WHERE account_members.image_id = images.id))`
    return condition.shared ? exists : sql`NOT ${exists}`
  }
  if ('not' in condition) return not(toSql(condition.not))
  if ('anyOf' in condition) return or(...condition.anyOf.map(toSql)) ?? sql`0`
  if ('allOf' in condition) return and(...condition.allOf.map(toSql)) ?? sql`1`
  const status = sharingStatus(condition.sharedWith)
  return condition.status === undefined ? sql`${status} IS NOT NULL` : sql`${status} = ${condition.status}`
}

/** The value an image has in a sorting column, as SQLite keeps it. */
export function sortValue(image: Image, by: ColumnName): string | number | null {
  const values = {
    id: image.id,
    name: image.name,
    owner: image.owner,
    status: image.status,
    protected: Number(image.protected),
    os_hidden: Number(image.hidden),
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    min_disk: image.minDisk,
    min_ram: image.minRam,
    size: image.size,
    virtual_size: image.virtualSize,
    checksum: image.checksum,
    os_hash_algo: image.hashAlgorithm,
    os_hash_value: image.hashValue,
    visibility: image.visibility,
    created_at: image.createdAt,
    updated_at: image.updatedAt,
    deleted_at: image.deletedAt,
  } satisfies Record<ColumnName, string | number | null>
  return values[by]
}

/** True for rows that come strictly after `image` in this order; NULL comes before every value, as SQLite sorts it. */
function comesAfter(image: Image, sort: readonly Sorting[]): SQL | undefined {
  const alternatives: (SQL | undefined)[] = []
  const ties: SQL[] = []
  for (const { by, direction } of sort) {
    const column = COLUMNS[by]
    const value = sortValue(image, by)
    const beyond =
      direction === 'asc'
        ? value === null
          ? sql`${column} IS NOT NULL`
          : gt(column, value)
        : value === null
          ? sql`0`
          : or(lt(column, value), isNull(column))
    alternatives.push(and(...ties, beyond))
    ties.push(value === null ? isNull(column) : eq(column, value))
  }
  return or(...alternatives)
}

/** The SQL condition of images that are not deleted and fulfil all conditions. */
export function listed(where: readonly Condition[]): SQL | undefined {
  return and(isNull(images.deletedAt), ...where.map(toSql))
}

/** Counts the images that fulfil all conditions. */
export function countListed(db: Db, where: readonly Condition[]): number {
  return db.select({ n: count() }).from(images).where(listed(where)).get()?.n ?? 0
}

/** Lists the images that fulfil all conditions, in a total order. */
export function listImages(db: Db, listing: ImageListing): Image[] {
  const last = listing.sort.at(-1)
  const sort: Sorting[] = listing.sort.some((key) => key.by === 'id')
    ? [...listing.sort]
    : [...listing.sort, { by: 'id', direction: last?.direction ?? 'asc' }]
  const query = db
    .select(imageSelection)
    .from(images)
    .where(and(listed(listing.where), listing.after && comesAfter(listing.after, sort)))
    .orderBy(...sort.map(({ by, direction }) => (direction === 'asc' ? asc(COLUMNS[by]) : desc(COLUMNS[by]))))
  const { limit, offset = 0 } = listing
  if (limit === undefined) return query.all().slice(offset)
  return query.limit(limit).offset(offset).all()
}

/** Lists the different tags of the images that fulfil all conditions, sorted by key and value. */
export function distinctTags(db: Db, where: readonly Condition[]): TagRow[] {
  const carriers = db.select({ id: images.id }).from(images).where(listed(where))
  return db
    .selectDistinct({ key: tags.key, value: tags.value })
    .from(tags)
    .where(inArray(tags.imageId, carriers))
    .orderBy(tags.key, tags.value)
    .all()
}
