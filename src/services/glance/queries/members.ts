import { and, eq } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { glanceMembers } from '../tables.ts'

/** Notes when a project became a member of an image, and answers when it first did, ms since the epoch. */
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
