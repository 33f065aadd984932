import type { Caller } from '../../../accounts/caller.ts'
import type { RequestContext } from '../../../contract/call.ts'
import { everythingVisible, oldEnough, reach } from '../../ims/images/list.ts'
import type { Condition } from '../../ims/queries/image-list.ts'
import type { Image } from '../../ims/queries/images.ts'
import { parseTag } from '../../ims/tags/tag.ts'
import type { Edition } from '../edition.ts'
import { badRequest, forbidden } from '../errors.ts'
import { findImageEvenDeleted, listForGlance } from '../queries.ts'
import { VISIBILITIES } from './attributes.ts'
import type { ImageListQuery } from './list-query.ts'
import { isAdmin, sees } from './rights.ts'

export interface ImagePage {
  images: Image[]
  /** Id of the last image of a full page, after which the next page starts. */
  next: string | undefined
}

/** Lists one page of the images that a caller sees and a query matches. */
export function listGlanceImages(
  context: RequestContext,
  query: ImageListQuery,
  edition: Edition,
): ImagePage {
  const { world, caller } = context
  const { limit, marker, sort } = query
  const where = [
    ...(edition === 'stock' ? stockReach(caller, query) : cloudReach(caller, query)),
    ...query.conditions,
    ...query.tags.map((tag) => tagCondition(tag, edition)),
    ...oldEnough(context),
  ]
  const after = marker === undefined ? undefined : markedImage(context, marker)
  const images = limit === 0 ? [] : listForGlance(world.db, { where, sort, after, limit })
  return { images, next: images.length === limit ? images.at(-1)?.id : undefined }
}

/** A tag of a stock Glance is a key whatever it contains; in the cloud it may have a value. */
function tagCondition(tag: string, edition: Edition): Condition {
  if (edition === 'stock') return { tag, value: '' }
  const { key, value } = parseTag(tag)
  return { tag: key, value }
}

const NOT_KILLED: Condition = { column: 'status', is: 'neq', value: 'killed' }

/** The images that a caller of a stock Glance may list. Community images of others are listed only on request. */
function stockReach(caller: Caller, { memberStatus: { status }, visibility }: ImageListQuery): Condition[] {
  const own: Condition = { column: 'owner', is: 'eq', value: caller.projectId }
  const sharedWith: Condition = {
    allOf: [{ visibility: 'shared' }, { memberOf: caller.projectId, ...(status !== 'all' && { status }) }],
  }
  const reached: Condition[] = isAdmin(caller)
    ? []
    : [{ anyOf: [{ visibility: 'public' }, { visibility: 'community' }, own, sharedWith] }]
  return [NOT_KILLED, ...reached, ...askedVisibility(own, visibility)]
}

function askedVisibility(own: Condition, visibility: string | undefined): Condition[] {
  if (visibility === undefined) return [{ anyOf: [own, { not: { visibility: 'community' } }] }]
  if (visibility === 'all') return []
  const asked = VISIBILITIES.filter((known) => known === visibility)
  return [{ anyOf: asked.map((known) => ({ visibility: known })) }]
}

/** The images that a caller of the cloud may list: catalogue, visibility and sharing as the image service has them. */
function cloudReach(caller: Caller, { memberStatus, visibility, imageType }: ImageListQuery): Condition[] {
  const asked = new Map<string, string[]>()
  const ask = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== 'all') asked.set(name, [value])
  }
  ask('member_status', memberStatus.asked)
  ask('__imagetype', imageType)
  ask('visibility', visibility)
  return [reach(caller, asked, everythingVisible(caller))]
}

/** Finds the image of a marker; the query need not match it. @throws GlanceError 400 when there is none, 403 when it is hidden. */
function markedImage(context: RequestContext, marker: string): Image {
  const { world, caller } = context
  const image = findImageEvenDeleted(world.db, marker)
  if (image === undefined || (image.deletedAt !== null && !isAdmin(caller)))
    throw badRequest(`No image found with ID ${marker}`)
  if (!sees(world, caller, image)) throw forbidden(`Forbidding request, image ${marker} not visible`)
  return image
}
