import { and, eq } from './drizzle.ts'
import type { Db } from './open.ts'
import { type MemberRow, members } from './schema.ts'

export function findMember(db: Db, imageId: string, projectId: string): MemberRow | undefined {
  return db
    .select()
    .from(members)
    .where(and(eq(members.imageId, imageId), eq(members.projectId, projectId)))
    .get()
}

export function deleteMembersOf(db: Db, imageId: string): void {
  db.delete(members).where(eq(members.imageId, imageId)).run()
}
