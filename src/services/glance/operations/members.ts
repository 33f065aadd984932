import { z } from 'zod'
import { noContent, ok } from '../../../contract/operation.ts'
import { decideSharing, endSharing, shareImage } from '../../ims/members/change-one.ts'
import { pageOfMembers, showMember } from '../../ims/members/list.ts'
import type { MemberRow } from '../../ims/tables.ts'
import { GlanceError } from '../errors.ts'
import { str } from '../python/repr.ts'
import { type PyValue, toJson } from '../python/value.ts'
import { inGlanceWords } from '../rules/huawei/in-glance-words.ts'
import {
  addStockMember,
  decideStockMember,
  listStockMembers,
  readMemberStatus,
  readNewMember,
  removeStockMember,
  showStockMember,
} from '../rules/members.ts'
import { badRequest } from '../rules/refusals.ts'
import { type GlanceCall, glanceOperation } from './glance-operation.ts'
import { imageId } from './images.ts'
import { MemberWire, memberView } from './wire.ts'

const PATH = '/v2/images/{image_id}/members'

export const addImageMember = glanceOperation({
  id: 'GlanceAddImageMember',
  method: 'POST',
  path: PATH,
  summary: 'Share an image with a project',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'document',
  document: z.object({ member: z.string() }),
  responses: { 200: MemberWire },
  async handle(call) {
    const { edition } = call
    const wanted = readNewMember(await call.document())
    const member =
      edition === 'stock'
        ? addStockMember(call, imageId(call), wanted)
        : inGlanceWords(() => shareImage(call, imageId(call), str(wanted)))
    // A number is shown as it was sent, and is a text from then on.
    return ok({ ...memberView(call, member), ...(edition === 'stock' && { member_id: toJson(wanted) }) })
  },
})

export const listImageMembers = glanceOperation({
  id: 'GlanceListImageMembers',
  method: 'GET',
  path: PATH,
  summary: 'List the projects that an image is shared with',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'none',
  query: z.looseObject({ limit: z.string().optional(), marker: z.string().optional() }),
  responses: {
    200: z.strictObject({
      members: z.array(MemberWire),
      schema: z.literal('/v2/schemas/members'),
      /** In the cloud, when pages were asked for. */
      page_info: z.strictObject({ current_count: z.int(), next_marker: z.string().optional() }).optional(),
    }),
  },
  handle(call) {
    const { members, page } = pageOf(call)
    return ok({
      members: members.map((member) => memberView(call, member)),
      schema: '/v2/schemas/members',
      ...(page && { page_info: page }),
    })
  },
})

interface PageInfo {
  current_count: number
  next_marker?: string
}

/** A stock Glance shows all members at once; the cloud has pages for those who ask. */
function pageOf(call: GlanceCall): { members: MemberRow[]; page?: PageInfo } {
  const { edition, query } = call
  if (edition === 'stock') return { members: listStockMembers(call, imageId(call)) }
  const limit = query.get('limit') ?? undefined
  const marker = query.get('marker') ?? undefined
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) throw badRequest('limit param must be an integer')
  const wanted = { limit: limit === undefined ? undefined : Number(limit), marker }
  const { members, more } = inGlanceWords(() => pageOfMembers(call, imageId(call), wanted))
  if (limit === undefined && marker === undefined) return { members }
  const last = members.at(-1)?.projectId
  return {
    members,
    page: { current_count: members.length, ...(more && last !== undefined && { next_marker: last }) },
  }
}

export const showImageMember = glanceOperation({
  id: 'GlanceShowImageMember',
  method: 'GET',
  path: `${PATH}/{member_id}`,
  summary: 'Show the state of a sharing',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'none',
  responses: { 200: MemberWire },
  handle(call) {
    const { edition } = call
    const show = edition === 'stock' ? showStockMember : showMember
    return ok(
      memberView(
        call,
        inGlanceWords(() => show(call, imageId(call), memberId(call))),
      ),
    )
  },
})

export const updateImageMember = glanceOperation({
  id: 'GlanceUpdateImageMember',
  method: 'PUT',
  path: `${PATH}/{member_id}`,
  summary: 'Accept or refuse an image that was shared',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'document',
  document: z.object({ status: z.string(), vault_id: z.string().optional() }),
  responses: { 200: MemberWire },
  async handle(call) {
    const { edition } = call
    const body = await call.document()
    const status = readMemberStatus(body)
    if (edition === 'stock')
      return ok(memberView(call, decideStockMember(call, imageId(call), memberId(call), status)))
    return ok(memberView(call, decideInCloud(call, status, body)))
  },
})

/** In the cloud a member decides for itself alone, and never goes back to undecided. */
function decideInCloud(call: GlanceCall, status: PyValue, body: PyValue): MemberRow {
  if (status !== 'accepted' && status !== 'rejected')
    throw badRequest('Incorrect request: Status must be "accepted" or "rejected".')
  const vault = body instanceof Map ? body.get('vault_id') : undefined
  return inGlanceWords(() => {
    if (memberId(call) !== call.caller.projectId)
      throw new GlanceError(404, notFound(memberId(call), imageId(call)))
    return decideSharing(call, imageId(call), {
      status,
      ...(typeof vault === 'string' && { vaultId: vault }),
    })
  })
}

export const deleteImageMember = glanceOperation({
  id: 'GlanceDeleteImageMember',
  method: 'DELETE',
  path: `${PATH}/{member_id}`,
  summary: 'Stop sharing an image with a project',
  actions: ['ims:images:get', 'ims:images:share'],
  body: 'none',
  responses: { 204: null },
  handle(call) {
    const { edition } = call
    if (edition === 'stock') removeStockMember(call, imageId(call), memberId(call))
    else if (!inGlanceWords(() => endSharing(call, imageId(call), memberId(call))))
      throw new GlanceError(404, notFound(memberId(call), imageId(call)))
    return noContent()
  },
})

function notFound(member: string, image: string): string {
  return `${member} not found in the member list of the image ${image}.`
}

function memberId({ params }: GlanceCall): string {
  return params.member_id ?? ''
}
