import type { RequestContext } from '../../../contract/call.ts'
import { submitJob } from '../../../simulation/submit-job.ts'
import { JOB_TYPE, sharingJobs } from '../jobs.ts'
import { checkProject } from '../own-projects.ts'
import type { MemberChange } from './change-member.ts'
import { checkDecision, type Decision } from './decide.ts'
import { checkRecipients, checkShareable, imageOfSharer, memberLimit } from './shareable.ts'

/** Every image with every project. */
export interface Sharing {
  images: readonly string[]
  projects: readonly string[]
}

/** Starts sharing, in a job; everything that forbids it is refused for the whole request. Answers the job's id. */
export function shareImages(context: RequestContext, { images, projects }: Sharing): string {
  const { world } = context
  const recipients = [...new Set(projects)]
  return world.db.transaction(() => {
    const changes = [...new Set(images)].flatMap((imageId): MemberChange[] => {
      const image = imageOfSharer(context, imageId)
      checkShareable(world, image)
      checkRecipients(context, image, recipients)
      const limit = memberLimit(context, image)
      return recipients.map((projectId) => ({ imageId, projectId, to: 'shared', limit }))
    })
    return submit(context, JOB_TYPE.addMembers, changes)
  })
}

/** Accepts or refuses images that were shared with the caller, in a job; answers its id. */
export function decideSharings(
  context: RequestContext,
  wanted: { images: readonly string[]; projectId: string; status: Decision; vaultId?: string | undefined },
): string {
  const { world, caller } = context
  checkProject(caller, wanted.projectId)
  const { projectId } = caller
  return world.db.transaction(() => {
    const changes = [...new Set(wanted.images)].map((imageId): MemberChange => {
      checkDecision(context, imageId, wanted)
      return { imageId, projectId, to: wanted.status }
    })
    return submit(context, JOB_TYPE.updateMembers, changes)
  })
}

/** Stops sharing, in a job; who an image was not shared with is passed over. Answers the job's id. */
export function endSharings(context: RequestContext, { images, projects }: Sharing): string {
  const { world } = context
  const members = [...new Set(projects)]
  return world.db.transaction(() => {
    const changes = [...new Set(images)].flatMap((imageId) => {
      imageOfSharer(context, imageId)
      return members.map((projectId): MemberChange => ({ imageId, projectId, to: 'ended' }))
    })
    return submit(context, JOB_TYPE.deleteMembers, changes)
  })
}

function submit(
  context: RequestContext,
  type: (typeof sharingJobs.types)[number],
  changes: MemberChange[],
): string {
  const { caller } = context
  return submitJob(context, sharingJobs, {
    type,
    flow: 'change-members',
    projectId: caller.projectId,
    payload: { changes, results: [] },
  })
}
