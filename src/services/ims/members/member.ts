import { findProject } from '../../../accounts/queries/projects.ts'
import type { RequestContext } from '../../../contract/call.ts'
import type { World } from '../../../simulation/world.ts'
import { accountMembersOf, answersAbout, findSharingStatus } from '../queries/account-members.ts'
import type { Image } from '../queries/images.ts'
import { findMember, membersOf } from '../queries/members.ts'
import type { AccountMemberRow, MemberAnswerRow, MemberRow } from '../tables.ts'
import { projectsReached, type Recipient, type Sharer } from './recipients.ts'

/** A member of an image as it is shown: a project, an account, or a node of an organisation. */
export interface Member {
  imageId: string
  memberId: string
  memberType: 'project' | 'domain' | 'organization'
  /** Only nodes of organisations have one. */
  urn?: string | undefined
  status: MemberRow['status']
  createdAt: number
  updatedAt: number
}

/** The region and the account of the project that owns an image. */
export function sharerOf(world: World, { owner }: Pick<Image, 'owner'>): Sharer {
  const project = findProject(world.db, owner ?? '')
  return { region: project?.region ?? '', accountId: project?.domainId ?? '' }
}

/** A project that an image itself is shared with. */
export function projectMember({ projectId, ...row }: MemberRow): Member {
  return { ...row, memberId: projectId, memberType: 'project' }
}

/** The recipient that a row of `account_members` stands for. */
function recipientOf({ memberId, urn }: AccountMemberRow): Recipient {
  return urn === null ? { domainId: memberId } : { urn }
}

/**
 * Lists the members of an image: first the projects, then accounts and nodes. An account or a node is pending until one of its
 * projects answers; it has accepted as soon as one of them has.
 */
export function membersOfImage(world: World, image: Image): Member[] {
  const projects = membersOf(world.db, image.id)
  const accounts = accountMembersOf(world.db, image.id)
  if (accounts.length === 0) return projects.map(projectMember)
  const answers = answersAbout(world.db, image.id)
  const sharer = sharerOf(world, image)
  return [
    ...projects.map(projectMember),
    ...accounts.map((row) => accountMember(row, answersOf(world, row, answers, sharer))),
  ]
}

function answersOf(
  world: World,
  row: AccountMemberRow,
  answers: readonly MemberAnswerRow[],
  sharer: Sharer,
): MemberAnswerRow[] {
  const reached = new Set(projectsReached(world, recipientOf(row), sharer).map(({ id }) => id))
  return answers.filter(({ projectId }) => reached.has(projectId))
}

function accountMember(row: AccountMemberRow, answers: readonly MemberAnswerRow[]): Member {
  const accepted = answers.find(({ status }) => status === 'accepted')
  return {
    ...row,
    urn: row.urn ?? undefined,
    status: (accepted ?? answers[0])?.status ?? 'pending',
    updatedAt: Math.max(row.updatedAt, ...answers.map(({ answeredAt }) => answeredAt)),
  }
}

/**
 * The caller as a member of an image that reaches it, by itself or through its account: a project that answers for itself.
 * Undefined when the image does not reach it.
 */
export function ownMember({ world, caller }: RequestContext, image: Image): Member | undefined {
  const { id: imageId } = image
  const row = findMember(world.db, imageId, caller.projectId)
  if (row !== undefined) return projectMember(row)
  const status = findSharingStatus(world.db, imageId, caller)
  if (status === undefined) return undefined
  const since = Math.min(...accountMembersOf(world.db, imageId).map(({ createdAt }) => createdAt))
  const answer = answersAbout(world.db, imageId).find(({ projectId }) => projectId === caller.projectId)
  return {
    imageId,
    memberId: caller.projectId,
    memberType: 'project',
    status,
    createdAt: since,
    updatedAt: answer?.answeredAt ?? since,
  }
}
