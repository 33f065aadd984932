import type { RequestContext } from '../../../contract/call.ts'
import { afterCommit } from '../../../database/after-commit.ts'
import type { ResourceKind } from '../../../simulation/cloud.ts'
import { settlingCache } from '../../../simulation/job-kinds.ts'
import { runningJobOf } from '../../../simulation/queries/jobs.ts'
import { move } from '../../../simulation/scenario/machine.ts'
import type { World } from '../../../simulation/world.ts'
import { deleteBackup, findBackup } from '../../cbr/queries.ts'
import { fail } from '../errors.ts'
import { accountMembersOf } from '../queries/account-members.ts'
import {
  findImage,
  findImageState,
  type Image,
  type ImageState,
  imagesOfBackup,
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

/**
 * Withdraws an image whatever its state, as the operator of the cloud does. A job that fills it goes on without it.
 * @param at virtual time, ms.
 */
export function withdrawImage(world: World, { id, blobId, activeAt }: Image, at: number): void {
  writeImageState(world.db, id, { status: 'deleted', activeAt, blobId }, at)
  removeBelongings(world, id, blobId, at)
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

/**
 * Deletes an image of the caller. An image that only waits for its upload may be deleted. A whole image is deleted with the
 * images of its data disks and, with `withBackup`, with its backup.
 * @throws CodedRefusal IMG.0093 for an image of the market, IMG.0094 for a public one, IMG.0092 for one of another project,
 * IMG.0028 for a protected one, IMG.0105 for one that is shared with an account or an organisation, IMG.0090 for one that a job is
 * making, IMG.0176 for a backup that is not available.
 */
export function deleteImage(context: RequestContext, image: Image, withBackup = false): void {
  const { world, caller } = context
  const { id } = image
  if (image.imageType === 'market') throw fail('IMG.0093', { id })
  if (image.visibility === 'public') throw fail('IMG.0094', { id })
  if (image.owner !== caller.projectId) throw fail('IMG.0092', { id })
  if (image.protected) throw fail('IMG.0028', { id })
  const [account] = accountMembersOf(world.db, id)
  if (account !== undefined) throw fail('IMG.0105', { id, sharedWith: account.memberId })
  const beingMade = image.status === 'queued' && runningJobOf(world.db, id) !== undefined
  if (beingMade || move(world.scenario.machine, image.status, 'delete') === undefined) {
    throw fail('IMG.0090', { id, status: image.status })
  }
  world.db.transaction(() => {
    if (image.attributes.__whole_image === 'true') deleteCompanions(world, image, withBackup)
    moveImage(world, id, ['delete'], world.clock.now())
  })
}

function deleteCompanions(world: World, image: Image, withBackup: boolean): void {
  const backupId = image.attributes.__backup_id ?? ''
  const backup = findBackup(world.db, backupId)
  if (withBackup && backup !== undefined) {
    if (backup.status !== 'available') throw fail('IMG.0176', { backup: backupId, status: backup.status })
    deleteBackup(world.db, backupId)
  }
  for (const { id } of imagesOfBackup(world.db, backupId, image.owner ?? ''))
    moveImage(world, id, ['delete'], world.clock.now())
}
