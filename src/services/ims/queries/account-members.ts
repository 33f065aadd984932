import type { Placeholder, SQL } from 'drizzle-orm'
import { and, asc, eq, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { prepared } from '../../../database/statements.ts'
import {
  type AccountMemberRow,
  accountMembers,
  images,
  type MemberAnswerRow,
  type MemberRow,
  memberAnswers,
} from '../tables.ts'

/** A project that looks at images which others have shared, with its account and its region. */
export interface Reader {
  projectId: string
  domainId: string
  region: string
}

type ReaderInSql = { [Field in keyof Reader]: string | Placeholder }

/**
 * The SQL condition of an image that reaches a project through its account, or through a node of the organisation that the
 * account is in. It reaches no project of another region, as sharing is regional, and none of the owner's own account.
 */
function reachedThroughAccount({ domainId, region }: ReaderInSql): SQL {
  return sql`EXISTS (SELECT 1 FROM account_members AS a JOIN projects AS p ON p.id = images.owner
    WHERE a.image_id = images.id AND p.region = ${region} AND p.domain_id <> ${domainId}
    AND CASE a.member_type WHEN 'domain' THEN a.member_id = ${domainId} ELSE a.member_id IN
      (WITH RECURSIVE above(id) AS (SELECT node_id FROM organization_accounts WHERE domain_id = ${domainId}
        UNION SELECT n.parent_id FROM organization_nodes AS n JOIN above ON n.id = above.id)
      SELECT id FROM above WHERE id IS NOT NULL) END)`
}

/**
 * The status of a sharing as SQL, for an image of the outer query; NULL when the image does not reach the project. A project that
 * the image itself is shared with has the status of its own membership, whatever its account has.
 */
export function sharingStatus(reader: ReaderInSql): SQL<MemberRow['status'] | null> {
  return sql`coalesce(
    (SELECT status FROM members WHERE image_id = images.id AND project_id = ${reader.projectId}),
    CASE WHEN ${reachedThroughAccount(reader)} THEN coalesce(
      (SELECT status FROM member_answers WHERE image_id = images.id AND project_id = ${reader.projectId}), 'pending') END)`
}

const sharingQuery = prepared((db) => {
  const { projectId, domainId, region } = {
    projectId: sql.placeholder('projectId'),
    domainId: sql.placeholder('domainId'),
    region: sql.placeholder('region'),
  }
  return db
    .select({ status: sharingStatus({ projectId, domainId, region }) })
    .from(images)
    .where(eq(images.id, sql.placeholder('imageId')))
    .prepare()
})

/** The status of the sharing of an image with a project, in whatever way it reaches it; undefined when it does not. */
export function findSharingStatus(db: Db, imageId: string, reader: Reader): MemberRow['status'] | undefined {
  const { projectId, domainId, region } = reader
  return sharingQuery(db).get({ imageId, projectId, domainId, region })?.status ?? undefined
}

/** Lists the accounts and nodes that an image is shared with, oldest first; those of the same time by id. */
export function accountMembersOf(db: Db, imageId: string): AccountMemberRow[] {
  return db
    .select()
    .from(accountMembers)
    .where(eq(accountMembers.imageId, imageId))
    .orderBy(asc(accountMembers.createdAt), asc(accountMembers.memberId))
    .all()
}

export function findAccountMember(db: Db, imageId: string, memberId: string): AccountMemberRow | undefined {
  return db
    .select()
    .from(accountMembers)
    .where(and(eq(accountMembers.imageId, imageId), eq(accountMembers.memberId, memberId)))
    .get()
}

export function insertAccountMember(db: Db, row: AccountMemberRow): void {
  db.insert(accountMembers).values(row).run()
}

export function touchAccountMember(db: Db, { imageId, memberId }: AccountMemberRow, updatedAt: number): void {
  db.update(accountMembers)
    .set({ updatedAt })
    .where(and(eq(accountMembers.imageId, imageId), eq(accountMembers.memberId, memberId)))
    .run()
}

export function deleteAccountMember(db: Db, { imageId, memberId }: AccountMemberRow): void {
  db.delete(accountMembers)
    .where(and(eq(accountMembers.imageId, imageId), eq(accountMembers.memberId, memberId)))
    .run()
}

/** Lists the answers of projects that an image reaches through accounts. */
export function answersAbout(db: Db, imageId: string): MemberAnswerRow[] {
  return db.select().from(memberAnswers).where(eq(memberAnswers.imageId, imageId)).all()
}

/** Writes the answer of a project, in place of an earlier one. */
export function putAnswer(db: Db, row: MemberAnswerRow): void {
  const { status, answeredAt } = row
  db.insert(memberAnswers)
    .values(row)
    .onConflictDoUpdate({
      target: [memberAnswers.imageId, memberAnswers.projectId],
      set: { status, answeredAt },
    })
    .run()
}

export function deleteAnswer(db: Db, imageId: string, projectId: string): void {
  db.delete(memberAnswers)
    .where(and(eq(memberAnswers.imageId, imageId), eq(memberAnswers.projectId, projectId)))
    .run()
}
