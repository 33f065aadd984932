import { move } from '../../../simulation/machine.ts'
import type { World } from '../../../simulation/world.ts'
import { findStand, type ImageStand, writeStand } from '../queries/image-moves.ts'
import { updateImage } from '../queries/images.ts'
import { deleteMembersOf } from '../queries/members.ts'
import { writeTags } from '../queries/tags.ts'

/** Images that are moved along the machine: each is read once and written once, however often it moves. */
export interface MovingImages {
  /**
   * Moves an image, event by event. An event that the machine does not know in the image's state is passed over: the
   * image may have been deleted or deactivated while its job went on.
   */
  move(id: string, events: readonly string[], at: number): void
  /** Writes where an image has come to and forgets it, for whoever is going to read or change it by itself. */
  release(id: string): void
  writeAll(): void
}

/** An image on its way; `movedAt` is when it last moved and was not written since, ms since the epoch. */
interface MovingImage {
  stand: ImageStand
  movedAt?: number
}

export function openMovingImages(world: World): MovingImages {
  const { db, scenario } = world
  const found = new Map<string, MovingImage>()

  function find(id: string): MovingImage | undefined {
    const moving = found.get(id)
    if (moving !== undefined) return moving
    const stand = findStand(db, id)
    if (stand === undefined) return undefined
    const begun = { stand }
    found.set(id, begun)
    return begun
  }

  function write(id: string, { stand, movedAt }: MovingImage): void {
    if (movedAt !== undefined) writeStand(db, id, stand, movedAt)
  }

  function release(id: string): void {
    const moving = found.get(id)
    if (moving === undefined) return
    write(id, moving)
    found.delete(id)
  }

  function moveImage(id: string, event: string, at: number): void {
    const moving = find(id)
    if (moving === undefined) return
    const { stand } = moving
    const status = move(scenario.machine, stand.status, event)
    if (status === undefined) return
    const activeAt = status === 'active' ? (stand.activeAt ?? at) : stand.activeAt
    moving.stand = { ...stand, status, activeAt }
    moving.movedAt = at
    if (status !== 'deleted') return
    release(id)
    forgetImage(world, id, stand.blobId, at)
  }

  return {
    move(id, events, at) {
      for (const event of events) moveImage(id, event, at)
    },
    release,
    writeAll() {
      for (const [id, moving] of found) write(id, moving)
      found.clear()
    },
  }
}

/** What hangs on an image goes with it: members, tags, bytes. Its row stays, so that the id is never given twice. */
function forgetImage(world: World, imageId: string, blobId: string | null, at: number): void {
  deleteMembersOf(world.db, imageId)
  writeTags(world.db, imageId, [])
  updateImage(world.db, imageId, { deletedAt: at, blobId: null })
  if (blobId !== null) world.blobs.remove(blobId)
}
