import type { Caller } from '../../../accounts/caller.ts'
import type { MemberChange } from '../../../simulation/tables.ts'
import type { World } from '../../../simulation/world.ts'
import { submitJob } from '../jobs/submit.ts'
import { JOB_TYPE } from '../jobs/types.ts'
import { checkProject } from '../own-projects.ts'
import { checkDecision, type Decision } from './decide.ts'
import { checkRecipients, checkShareable, imageOfSharer, memberLimit } from './shareable.ts'

/** Every image with every project. */
export interface Sharing {
  images: readonly string[]
  projects: readonly string[]
}

/** Starts sharing, in a job; everything that forbids it is refused for the whole request. Answers the job's id. */
export function shareImages(world: World, caller: Caller, { images, projects }: Sharing): string {
  const recipients = [...new Set(projects)]
  return world.db.transaction(() => {
    const changes = [...new Set(images)].flatMap((imageId): MemberChange[] => {
      const image = imageOfSharer(world, caller, imageId)
      checkShareable(world, image)
      checkRecipients(world, caller, image, recipients)
      const limit = memberLimit(world, caller, image)
      return recipients.map((projectId) => ({ imageId, projectId, to: 'shared', limit }))
    })
    return submit(world, caller, JOB_TYPE.addMembers, changes)
  })
}

/** Accepts or refuses images that were shared with the caller, in a job; answers its id. */
export function decideSharings(
  world: World,
  caller: Caller,
  wanted: { images: readonly string[]; projectId: string; status: Decision; vaultId?: string | undefined },
): string {
  checkProject(caller, wanted.projectId)
  const { projectId } = caller
  return world.db.transaction(() => {
    const changes = [...new Set(wanted.images)].map((imageId): MemberChange => {
      checkDecision(world, caller, imageId, wanted)
      return { imageId, projectId, to: wanted.status }
    })
    return submit(world, caller, JOB_TYPE.updateMembers, changes)
  })
}

/** Stops sharing, in a job; who an image was not shared with is passed over. Answers the job's id. */
export function endSharings(world: World, caller: Caller, { images, projects }: Sharing): string {
  const members = [...new Set(projects)]
  return world.db.transaction(() => {
    const changes = [...new Set(images)].flatMap((imageId) => {
      imageOfSharer(world, caller, imageId)
      return members.map((projectId): MemberChange => ({ imageId, projectId, to: 'ended' }))
    })
    return submit(world, caller, JOB_TYPE.deleteMembers, changes)
  })
}

function submit(world: World, caller: Caller, type: string, sharing: readonly MemberChange[]): string {
  return submitJob(world, {
    type,
    flow: 'change-members',
    projectId: caller.projectId,
    results: [],
    sharing,
  })
}
