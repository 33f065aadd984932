import { afterCommit } from '../../../database/after-commit.ts'
import { settlingCache } from '../../../simulation/job-kinds.ts'
import type { ResourceKind } from '../../../simulation/resource-kinds.ts'
import { move } from '../../../simulation/scenario/machine.ts'
import type { World } from '../../../simulation/world.ts'
import {
  findImage,
  findImageState,
  type ImageState,
  updateImage,
  writeImageState,
  writeTags,
} from '../queries/images.ts'
import { deleteMembersOf } from '../queries/members.ts'

/**
 * Images that are moved along the scenario's state machine. Each is read once and written once, however often it moves.
 */
export interface MovingImages {
  /**
   * Applies events to an image in their order, at a virtual time in ms. An event that the machine does not know in the
   * image's state is skipped: the image may have been deleted or deactivated while its job was running.
   */
  move(id: string, events: readonly string[], at: number): void
  /** Flushes the image to the database and drops it from the cache, so that other code can read or update the row. */
  release(id: string): void
  writeAll(): void
}

interface MovingImage {
  state: ImageState
  /** Virtual time in ms of the last move that is not in the database yet. */
  movedAt?: number
}

function openMovingImages(world: World): MovingImages {
  const { db, scenario } = world
  const found = new Map<string, MovingImage>()

  function find(id: string): MovingImage | undefined {
    const before = found.get(id)
    if (before !== undefined) return before
    const state = findImageState(db, id)
    if (state === undefined) return undefined
    const moving = { state }
    found.set(id, moving)
    return moving
  }

  function write(id: string, { state, movedAt }: MovingImage): void {
    if (movedAt !== undefined) writeImageState(db, id, state, movedAt)
  }

  function release(id: string): void {
    const moving = found.get(id)
    if (moving === undefined) return
    write(id, moving)
    found.delete(id)
  }

  function applyEvent(id: string, event: string, at: number): void {
    const moving = find(id)
    if (moving === undefined) return
    const { state } = moving
    const status = move(scenario.machine, state.status, event)
    if (status === undefined) return
    const activeAt = status === 'active' ? (state.activeAt ?? at) : state.activeAt
    moving.state = { ...state, status, activeAt }
    moving.movedAt = at
    if (status !== 'deleted') return
    release(id)
    removeBelongings(world, id, state.blobId, at)
  }

  return {
    move(id, events, at) {
      for (const event of events) applyEvent(id, event, at)
    },
    release,
    writeAll() {
      for (const [id, moving] of found) write(id, moving)
      found.clear()
    },
  }
}

/** Removes members, tags and bytes of a deleted image. Its row stays, so that its id is never given again. */
function removeBelongings(world: World, imageId: string, blobId: string | null, at: number): void {
  deleteMembersOf(world.db, imageId)
  writeTags(world.db, imageId, [])
  updateImage(world.db, imageId, { deletedAt: at, blobId: null })
  if (blobId !== null) afterCommit(world.db, () => world.blobs.remove(blobId))
}

/** The images that the jobs of one settling move. */
export const movingImages = settlingCache(openMovingImages)

/** Applies events to one image and writes it at once; for everything but jobs. `at` is a virtual time in ms. */
export function moveImage(world: World, imageId: string, events: readonly string[], at: number): void {
  const images = openMovingImages(world)
  images.move(imageId, events, at)
  images.writeAll()
}

/** Images as policies, rules and the explanation of rights see them. */
export const imageKind: ResourceKind = {
  service: 'ims',
  type: 'image',
  param: 'image_id',
  fields: { one: ['image_id'], many: ['images'] },
  find({ db }, id) {
    const image = findImage(db, id)
    if (image === undefined) return undefined
    const { status, name, visibility, tags, attributes } = image
    return { id, status, name, visibility, tags, enterpriseProject: attributes.enterprise_project_id }
  },
  move: moveImage,
}
