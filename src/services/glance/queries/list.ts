import type { SQL } from 'drizzle-orm'
import { and, asc, desc, or, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { COLUMNS, type Condition, listed, type Sorting, sortValue } from '../../ims/queries/image-list.ts'
import { type Image, imageSelection } from '../../ims/queries/images.ts'
import { images } from '../../ims/tables.ts'

/** What to list: all conditions hold; the page starts after the image `after`; the sort keys make a total order. */
export interface GlanceListing {
  where: readonly Condition[]
  sort: readonly Sorting[]
  after?: Image | undefined
  limit: number
}

const NUMBERS: ReadonlySet<string> = new Set(['size', 'virtual_size', 'min_disk', 'min_ram'])

/**
 * Rows strictly after an image, key by key. A row without a value counts as an empty text or as 0, an image without one
 * as an empty text always, which SQLite puts behind every number.
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

/** Images as a Glance finds them, in its order. */
export function listForGlance(db: Db, { where, sort, after, limit }: GlanceListing): Image[] {
  return db
    .select(imageSelection)
    .from(images)
    .where(and(listed(where), after && comesAfter(after, sort)))
    .orderBy(...sort.map(({ by, direction }) => (direction === 'asc' ? asc(COLUMNS[by]) : desc(COLUMNS[by]))))
    .limit(limit)
    .all()
}
