import { noContent, ok } from '../../../contract/operation.ts'
import { endSharing, pageOfMembers, shareImage, showMember } from '../../ims/members/sharing.ts'
import {
  addImageMember,
  deleteImageMember,
  listImageMembers,
  type MemberPage,
  showImageMember,
  updateImageMember,
} from '../contract/members.ts'
import { GlanceError } from '../errors.ts'
import { str } from '../python/repr.ts'
import {
  addStockMember,
  decideCloudMember,
  decideStockMember,
  inGlanceWords,
  listStockMembers,
  removeStockMember,
  showStockMember,
} from '../rules/members.ts'
import { type GlanceCall, glanceOperation } from './glance-operation.ts'
import { memberView } from './views.ts'

const add = glanceOperation(addImageMember, async (call, { params, document }) => {
  const wanted = await document()
  const id = params.image_id
  if (call.edition === 'huawei')
    return ok(
      memberView(
        call,
        inGlanceWords(() => shareImage(call, id, str(wanted))),
      ),
    )
  // The reply shows a number as it was sent; from then on it is a text.
  const { member, value } = addStockMember(call, id, wanted)
  return ok({ ...memberView(call, member), member_id: typeof value === 'bigint' ? Number(value) : value })
})

const list = glanceOperation(listImageMembers, (call, { params, query }) => {
  const page = query()
  if (page !== undefined) return ok(cloudPage(call, params.image_id, page))
  const members = listStockMembers(call, params.image_id)
  return ok({ members: members.map((member) => memberView(call, member)), schema: '/v2/schemas/members' })
})

/** A page of members of the cloud. All members are one page for a request that does not ask for pages. */
function cloudPage(call: GlanceCall, id: string, page: MemberPage) {
  const { members, next } = inGlanceWords(() => pageOfMembers(call, id, page))
  const shown = {
    members: members.map((member) => memberView(call, member)),
    schema: '/v2/schemas/members',
  } as const
  if (page.limit === undefined && page.marker === undefined) return shown
  const info = { current_count: members.length, ...(next !== undefined && { next_marker: next }) }
  return { ...shown, page_info: info }
}

const show = glanceOperation(showImageMember, (call, { params }) => {
  const find = call.edition === 'stock' ? showStockMember : showMember
  const member = inGlanceWords(() => find(call, params.image_id, params.member_id))
  return ok(memberView(call, member))
})

const update = glanceOperation(updateImageMember, async (call, { params, document }) => {
  const decide = call.edition === 'stock' ? decideStockMember : decideCloudMember
  return ok(memberView(call, decide(call, params.image_id, params.member_id, await document())))
})

const remove = glanceOperation(deleteImageMember, (call, { params }) => {
  const { image_id: image, member_id: member } = params
  if (call.edition === 'stock') removeStockMember(call, image, member)
  else if (!inGlanceWords(() => endSharing(call, image, member)))
    throw new GlanceError(404, `${member} not found in the member list of the image ${image}.`)
  return noContent()
})

export const memberOperations = [list, add, show, update, remove]
