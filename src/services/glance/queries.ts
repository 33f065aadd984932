import type { SQL } from 'drizzle-orm'
import { and, asc, desc, eq, ne, or, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { readSetting, setting, writeSetting } from '../../database/settings.ts'
import { prepared } from '../../database/statements.ts'
import { Instant } from '../../lib/time.ts'
import type { World } from '../../simulation/world.ts'
import { COLUMNS, type Condition, listed, type Sorting, sortValue } from '../ims/queries/image-list.ts'
import { type Image, imageSelection } from '../ims/queries/images.ts'
import { images } from '../ims/tables.ts'
import {
  type GlanceImageRow,
  type GlanceTaskRow,
  glanceImages,
  glanceMembers,
  glanceTasks,
} from './tables.ts'

const findExtrasQuery = prepared((db) =>
  db
    .select()
    .from(glanceImages)
    .where(eq(glanceImages.imageId, sql.placeholder('id')))
    .prepare(),
)

/** The row that only a stock Glance has of an image; undefined for most images. */
export function findGlanceExtras(db: Db, imageId: string): GlanceImageRow | undefined {
  return findExtrasQuery(db).get({ id: imageId })
}

/** Inserts or updates the row that only a stock Glance has of an image. */
export function writeGlanceExtras(
  db: Db,
  imageId: string,
  change: Partial<Omit<GlanceImageRow, 'imageId'>>,
): void {
  db.insert(glanceImages)
    .values({ imageId, ...change })
    .onConflictDoUpdate({ target: glanceImages.imageId, set: change })
    .run()
}

/** The names of null properties by image id. Images without null properties have no entry. */
export function nullProperties(db: Db): Map<string, string[]> {
  const rows = db
    .select({ imageId: glanceImages.imageId, nulls: glanceImages.nulls })
    .from(glanceImages)
    .where(ne(sql`${glanceImages.nulls}`, '[]'))
    .all()
  return new Map(rows.map(({ imageId, nulls }) => [imageId, nulls]))
}

/** Finds an image by id among existing and deleted ones. */
export function findImageEvenDeleted(db: Db, id: string): Image | undefined {
  return db.select(imageSelection).from(images).where(eq(images.id, id)).get()
}

/** A page of images: all conditions hold, the page starts after `after`, and the sort keys make a total order. */
export interface GlanceListing {
  where: readonly Condition[]
  sort: readonly Sorting[]
  after?: Image | undefined
  limit: number
}

const NUMBERS: ReadonlySet<string> = new Set(['size', 'virtual_size', 'min_disk', 'min_ram'])

/**
 * Matches rows strictly after an image, key by key. A row without a value counts as an empty text or as 0; an image
 * without one counts as an empty text, which SQLite sorts behind every number.
 */
function comesAfter(image: Image, sort: readonly Sorting[]): SQL | undefined {
  const ties: SQL[] = []
  const alternatives = sort.map(({ by, direction }) => {
    const row = sql`coalesce(${COLUMNS[by]}, ${NUMBERS.has(by) ? 0 : ''})`
    const value = sortValue(image, by) ?? ''
    const beyond = direction === 'asc' ? sql`${row} > ${value}` : sql`${row} < ${value}`
    const alternative = and(...ties, beyond)
    ties.push(sql`${row} = ${value}`)
    return alternative
  })
  return or(...alternatives)
}

/** Lists a page of images in the order of its sort keys. */
export function listForGlance(db: Db, { where, sort, after, limit }: GlanceListing): Image[] {
  return db
    .select(imageSelection)
    .from(images)
    .where(and(listed(where), after && comesAfter(after, sort)))
    .orderBy(...sort.map(({ by, direction }) => (direction === 'asc' ? asc(COLUMNS[by]) : desc(COLUMNS[by]))))
    .limit(limit)
    .all()
}

/**
 * Records when a project became a member of an image. Glance keeps the row of a member that left, so one that comes back
 * has its old creation time and its old place in the list.
 * @returns the time of the first membership, ms since the epoch.
 */
export function firstMembership(db: Db, imageId: string, projectId: string, at: number): number {
  const row = db
    .select({ createdAt: glanceMembers.createdAt })
    .from(glanceMembers)
    .where(and(eq(glanceMembers.imageId, imageId), eq(glanceMembers.projectId, projectId)))
    .get()
  if (row !== undefined) return row.createdAt
  db.insert(glanceMembers).values({ imageId, projectId, createdAt: at }).run()
  return at
}

export function findTask(db: Db, id: string): GlanceTaskRow | undefined {
  return db.select().from(glanceTasks).where(eq(glanceTasks.id, id)).get()
}

/** Lists every task in order of creation. */
export function allTasks(db: Db): GlanceTaskRow[] {
  return db.select().from(glanceTasks).orderBy(asc(sql`rowid`)).all()
}

/** Lists the tasks of an image in order of creation. */
export function tasksOfImage(db: Db, imageId: string): GlanceTaskRow[] {
  return db.select().from(glanceTasks).where(eq(glanceTasks.imageId, imageId)).orderBy(asc(sql`rowid`)).all()
}

export function insertTask(db: Db, row: GlanceTaskRow): void {
  db.insert(glanceTasks).values(row).run()
}

export function updateTask(db: Db, id: string, change: Partial<GlanceTaskRow>): void {
  db.update(glanceTasks).set(change).where(eq(glanceTasks.id, id)).run()
}

const LAST = setting('glance stamp', Instant)
/** A microsecond, in milliseconds. */
const TICK = 0.001

/**
 * Now, for the times of an image, in ms with a fraction: Glance keeps microseconds, and no two of its changes happen in
 * the same one. So lists have the order in which images were made, under a clock that stands too.
 */
export function stamp(world: World): number {
  const last = readSetting(world.db, LAST)
  const now = Math.max(world.clock.now(), last === undefined ? 0 : last + TICK)
  writeSetting(world.db, LAST, now)
  return now
}
