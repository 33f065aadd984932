import type { World } from '../../../simulation/world.ts'
import { checkLimit, forbidden } from '../errors.ts'
import { textsOf } from './image-document.ts'
import type { Change } from './patch-document.ts'

/** Whether Open Telekom Cloud lets a change through that the cloud refuses: its Terraform provider replaces tags and visibility. */
export function isOfOtc({ scenario }: World, { op, path: [name] }: Change): boolean {
  return scenario.cloud === 'otc' && op !== 'remove' && (name === 'tags' || name === 'visibility')
}

/**
 * The tags of an image after such a change. A change of visibility keeps them: an image is shown as shared while it has members,
 * whether it was declared `shared` or not.
 * @throws GlanceError 403 for a visibility that only the cloud itself gives, 413 for too many tags.
 */
export function tagsAfter({ path: [name], value }: Change, tags: string[]): string[] {
  if (name === 'tags') {
    const wanted = textsOf(value ?? null)
    checkLimit('allowed image tags', wanted.length)
    return [...new Set(wanted)]
  }
  if (value === 'public') throw forbidden('You are not authorized to complete publicize_image action.')
  if (value === 'community') throw forbidden('You are not authorized to complete communitize_image action.')
  return tags
}
