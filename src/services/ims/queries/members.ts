import { and, asc, count, eq, isNull } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { images, type MemberRow, members } from '../tables.ts'

export function findMember(db: Db, imageId: string, projectId: string): MemberRow | undefined {
  return db
    .select()
    .from(members)
    .where(and(eq(members.imageId, imageId), eq(members.projectId, projectId)))
    .get()
}

/** Lists the members of an image, oldest first; those of the same time by project. */
export function membersOf(db: Db, imageId: string): MemberRow[] {
  return db
    .select()
    .from(members)
    .where(eq(members.imageId, imageId))
    .orderBy(asc(members.createdAt), asc(members.projectId))
    .all()
}

export function countMembers(db: Db, imageId: string): number {
  return db.select({ n: count() }).from(members).where(eq(members.imageId, imageId)).get()?.n ?? 0
}

/** Counts the images of a project that at least one member has accepted. */
export function countAcceptedImages(db: Db, owner: string): number {
  return db
    .selectDistinct({ id: images.id })
    .from(images)
    .innerJoin(members, eq(members.imageId, images.id))
    .where(and(eq(images.owner, owner), isNull(images.deletedAt), eq(members.status, 'accepted')))
    .all().length
}

/** The number of members of the image of a project that has the most. */
export function mostMembers(db: Db, owner: string): number {
  const counts = db
    .select({ n: count() })
    .from(members)
    .innerJoin(images, eq(images.id, members.imageId))
    .where(and(eq(images.owner, owner), isNull(images.deletedAt)))
    .groupBy(members.imageId)
    .all()
  return Math.max(0, ...counts.map(({ n }) => n))
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

export function deleteMembersOf(db: Db, imageId: string): void {
  db.delete(members).where(eq(members.imageId, imageId)).run()
}
