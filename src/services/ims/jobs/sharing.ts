import type { JobRow, MemberChange } from '../../../simulation/tables.ts'
import type { World } from '../../../simulation/world.ts'
import type { ImsCode } from '../errors.ts'
import { findImage } from '../queries/images.ts'
import { updateJob } from '../queries/jobs.ts'
import { countMembers, deleteMember, findMember, insertMember, updateMember } from '../queries/members.ts'

/** What a change that cannot be made any more fails with: adding, deciding and taking away a member. */
const FAILURES = {
  shared: 'IMG.0112',
  accepted: 'IMG.0114',
  rejected: 'IMG.0114',
  ended: 'IMG.0113',
} as const satisfies Record<MemberChange['to'], ImsCode>

/**
 * Changes the sharing of one image with one project. Sharing what is shared changes nothing, except that a refusal is
 * asked about again; ending what is not shared changes nothing either. Answers an IMG code when the image is gone by now,
 * when its member is, or when it has all the members that it may have.
 */
export function changeMember(world: World, change: MemberChange, at: number): ImsCode | undefined {
  const { imageId, projectId, to } = change
  if (findImage(world.db, imageId) === undefined) return FAILURES[to]
  const member = findMember(world.db, imageId, projectId)
  if (to === 'ended') deleteMember(world.db, imageId, projectId)
  else if (to === 'shared') {
    if (member === undefined) {
      if (countMembers(world.db, imageId) >= change.limit) return 'IMG.0088'
      insertMember(world.db, { imageId, projectId, status: 'pending', createdAt: at, updatedAt: at })
    } else if (member.status === 'rejected') {
      updateMember(world.db, imageId, projectId, { status: 'pending', updatedAt: at })
    }
  } else {
    if (member === undefined) return FAILURES[to]
    if (member.status !== to) updateMember(world.db, imageId, projectId, { status: to, updatedAt: at })
  }
  return undefined
}

/**
 * Makes the changes that a job holds, one by one, and writes what became of each into its results; those that end a
 * sharing leave none. Answers the code of the first that failed: the others stay made.
 */
export function changeMembers(world: World, job: JobRow, at: number): ImsCode | undefined {
  if (job.sharing === null) return undefined
  const done = job.sharing.map((change) => ({ change, code: changeMember(world, change, at) }))
  const results = done
    .filter(({ change }) => change.to !== 'ended')
    .map(({ change: { imageId, projectId }, code }) => ({
      image_id: imageId,
      project_id: projectId,
      status: code === undefined ? ('success' as const) : ('fail' as const),
    }))
  updateJob(world.db, job.id, { results })
  return done.find(({ code }) => code !== undefined)?.code
}
