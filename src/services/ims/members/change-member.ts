import { z } from 'zod'
import { findProject } from '../../../accounts/queries/projects.ts'
import type { World } from '../../../simulation/world.ts'
import type { ImsCode } from '../errors.ts'
import {
  accountMembersOf,
  answersAbout,
  deleteAccountMember,
  deleteAnswer,
  findAccountMember,
  findSharingStatus,
  insertAccountMember,
  putAnswer,
  touchAccountMember,
} from '../queries/account-members.ts'
import { findImage, type Image } from '../queries/images.ts'
import { countMembers, deleteMember, findMember, insertMember, updateMember } from '../queries/members.ts'
import { sharerOf } from './member.ts'
import { memberIdOf, projectsReached, type Recipient } from './recipients.ts'

/** A recipient, as a job keeps it: one of the three is there. */
const Sharing = {
  imageId: z.string(),
  projectId: z.string().optional(),
  domainId: z.string().optional(),
  urn: z.string().optional(),
}
const Answer = z.enum(['accepted', 'rejected'])

/** A change to the sharing of one image with one recipient, as a job keeps it. */
export const MemberChange = z.discriminatedUnion('to', [
  z.object({
    ...Sharing,
    to: z.literal('shared'),
    /** Members that the image may have. */
    limit: z.number(),
    /** What the recipient answers at once, by a rule of the scenario. */
    answer: Answer.optional(),
  }),
  z.object({ ...Sharing, to: z.literal('ended') }),
  z.object({ imageId: z.string(), projectId: z.string(), to: Answer }),
])
export type MemberChange = z.output<typeof MemberChange>
type NewSharing = Extract<MemberChange, { to: 'shared' }>

/** The code of a change that cannot be made any more. */
const FAILURES = {
  shared: 'IMG.0112',
  accepted: 'IMG.0114',
  rejected: 'IMG.0114',
  ended: 'IMG.0113',
} as const satisfies Record<MemberChange['to'], ImsCode>

/**
 * Changes the sharing of one image with one recipient at a virtual time in ms. Sharing an image again changes nothing, except
 * that whoever has rejected it is asked again. Ending a sharing that does not exist changes nothing.
 * @returns the code of the failure when the image or its member is gone, or when the image has all the members it may have.
 */
export function changeMember(world: World, change: MemberChange, at: number): ImsCode | undefined {
  const image = findImage(world.db, change.imageId)
  if (image === undefined) return FAILURES[change.to]
  switch (change.to) {
    case 'shared':
      return change.projectId === undefined
        ? shareWithAccount(world, image, change, at)
        : shareWithProject(world, image, change.projectId, change, at)
    case 'ended':
      if (change.projectId === undefined) endWithAccount(world, image, change)
      else endWithProject(world, image, change.projectId, at)
      return undefined
    default:
      return answer(world, image, change, at) ? undefined : FAILURES[change.to]
  }
}

/** A project that the image has reached through its account keeps what it has answered. */
function shareWithProject(
  { db }: World,
  { id: imageId }: Image,
  projectId: string,
  { limit, answer }: NewSharing,
  at: number,
): ImsCode | undefined {
  const member = findMember(db, imageId, projectId)
  if (member === undefined) {
    if (countMembers(db, imageId) >= limit) return 'IMG.0088'
    const before = answersAbout(db, imageId).find((given) => given.projectId === projectId)?.status
    insertMember(db, {
      ...{ imageId, projectId, createdAt: at, updatedAt: at },
      status: answer ?? before ?? 'pending',
    })
  } else if (answer !== undefined || member.status === 'rejected') {
    updateMember(db, imageId, projectId, { status: answer ?? 'pending', updatedAt: at })
  }
  return undefined
}

function shareWithAccount(
  world: World,
  image: Image,
  { limit, answer, domainId, urn }: NewSharing,
  at: number,
): ImsCode | undefined {
  const { db } = world
  const memberId = memberIdOf({ domainId, urn })
  const member = findAccountMember(db, image.id, memberId)
  if (member === undefined) {
    if (countMembers(db, image.id) >= limit) return 'IMG.0088'
    insertAccountMember(db, {
      ...{ imageId: image.id, memberId, createdAt: at, updatedAt: at },
      memberType: urn === undefined ? 'domain' : 'organization',
      urn: urn ?? null,
    })
  }
  const given = new Map(answersAbout(db, image.id).map(({ projectId, status }) => [projectId, status]))
  for (const { id: projectId } of projectsReached(world, { domainId, urn }, sharerOf(world, image))) {
    if (answer !== undefined) putAnswer(db, { imageId: image.id, projectId, status: answer, answeredAt: at })
    else if (member !== undefined && given.get(projectId) === 'rejected') {
      deleteAnswer(db, image.id, projectId)
      touchAccountMember(db, member, at)
    }
  }
  return undefined
}

/** A project that the image still reaches through its account keeps what it has answered. */
function endWithProject({ db }: World, { id: imageId }: Image, projectId: string, at: number): void {
  const status = findMember(db, imageId, projectId)?.status
  if (status === undefined) return
  deleteMember(db, imageId, projectId)
  deleteAnswer(db, imageId, projectId)
  if (status !== 'pending' && isReached(db, imageId, projectId))
    putAnswer(db, { imageId, projectId, status, answeredAt: at })
}

/** Withdraws an image from all projects of an account or a node that nothing else shares it with. */
function endWithAccount({ db }: World, { id: imageId }: Image, recipient: Recipient): void {
  const member = findAccountMember(db, imageId, memberIdOf(recipient))
  if (member === undefined) return
  deleteAccountMember(db, member)
  for (const { projectId } of answersAbout(db, imageId))
    if (!isReached(db, imageId, projectId)) deleteAnswer(db, imageId, projectId)
}

function isReached(db: World['db'], imageId: string, projectId: string): boolean {
  const project = findProject(db, projectId)
  if (project === undefined || accountMembersOf(db, imageId).length === 0) return false
  return findSharingStatus(db, imageId, { projectId, ...project }) !== undefined
}

/** @returns false when the image is not shared with the project. */
function answer(
  { db }: World,
  { id: imageId }: Image,
  { projectId, to: status }: Extract<MemberChange, { to: 'accepted' | 'rejected' }>,
  at: number,
): boolean {
  const member = findMember(db, imageId, projectId)
  if (member !== undefined) {
    if (member.status !== status) updateMember(db, imageId, projectId, { status, updatedAt: at })
    return true
  }
  if (!isReached(db, imageId, projectId)) return false
  const before = answersAbout(db, imageId).find((given) => given.projectId === projectId)?.status
  if (before !== status) putAnswer(db, { imageId, projectId, status, answeredAt: at })
  return true
}
