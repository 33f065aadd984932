import { and, asc, eq, isNull, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { accountMembers, images, type MemberRow, memberAnswers, members } from '../tables.ts'
import { memberCount } from './images.ts'

export function findMember(db: Db, imageId: string, projectId: string): MemberRow | undefined {
  return db
    .select()
    .from(members)
    .where(and(eq(members.imageId, imageId), eq(members.projectId, projectId)))
    .get()
}

/** Lists the projects that an image itself is shared with, oldest first; those of the same time by id. */
export function membersOf(db: Db, imageId: string): MemberRow[] {
  return db
    .select()
    .from(members)
    .where(eq(members.imageId, imageId))
    .orderBy(asc(members.createdAt), asc(members.projectId))
    .all()
}

/** Counts the members of an image: projects, accounts and nodes of organisations. */
export function countMembers(db: Db, imageId: string): number {
  return db.select({ n: memberCount }).from(images).where(eq(images.id, imageId)).get()?.n ?? 0
}

/** Counts the images of a project that at least one project has accepted. */
export function countAcceptedImages(db: Db, owner: string): number {
  const accepted = sql`(SELECT image_id FROM ${members} WHERE status = 'accepted'
    UNION SELECT image_id FROM ${memberAnswers} WHERE status = 'accepted')`
  return db
    .select({ id: images.id })
    .from(images)
    .where(and(eq(images.owner, owner), isNull(images.deletedAt), sql`${images.id} IN ${accepted}`))
    .all().length
}

/** The number of members of the image of a project that has the most. */
export function mostMembers(db: Db, owner: string): number {
  const row = db
    .select({ n: sql<number | null>`max(${memberCount})` })
    .from(images)
    .where(and(eq(images.owner, owner), isNull(images.deletedAt)))
    .get()
  return row?.n ?? 0
}

export function insertMember(db: Db, row: MemberRow): void {
  db.insert(members).values(row).run()
}

export function updateMember(
  db: Db,
  imageId: string,
  projectId: string,
  change: Pick<MemberRow, 'status' | 'updatedAt'>,
): void {
  db.update(members)
    .set(change)
    .where(and(eq(members.imageId, imageId), eq(members.projectId, projectId)))
    .run()
}

export function deleteMember(db: Db, imageId: string, projectId: string): void {
  db.delete(members)
    .where(and(eq(members.imageId, imageId), eq(members.projectId, projectId)))
    .run()
}

/** Ends all sharings of an image. */
export function deleteMembersOf(db: Db, imageId: string): void {
  for (const table of [members, accountMembers, memberAnswers])
    db.delete(table).where(eq(table.imageId, imageId)).run()
}
