import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { wireSeconds } from '../../../lib/time.ts'
import { orFail } from '../errors.ts'
import { pageOfMembers, showMember } from '../members/list.ts'
import { checkProject } from '../own-projects.ts'
import type { MemberRow } from '../tables.ts'
import { Time } from './wire.ts'

const MemberWire = z.strictObject({
  status: z.enum(['pending', 'accepted', 'rejected']),
  created_at: Time,
  updated_at: Time,
  image_id: z.string(),
  member_id: z.string(),
  member_type: z.literal('project'),
  /** Only of a member that is an organisation. */
  urn: z.string().optional(),
  schema: z.literal('/v2/schemas/member'),
})

function renderMember(member: MemberRow): z.input<typeof MemberWire> {
  return {
    status: member.status,
    created_at: wireSeconds(member.createdAt),
    updated_at: wireSeconds(member.updatedAt),
    image_id: member.imageId,
    member_id: member.projectId,
    member_type: 'project',
    schema: '/v2/schemas/member',
  }
}

const ImageParams = z.object({ project_id: z.string(), image_id: z.string() })

const MembersQuery = z.object({
  limit: z
    .string(orFail('IMG.0001'))
    .regex(/^[1-9]\d{0,8}$/, orFail('IMG.0001'))
    .transform(Number)
    .optional(),
  marker: z.string(orFail('IMG.0001')).optional(),
})

export const listImageMembers = operation({
  id: 'ListImageMembers',
  method: 'GET',
  path: '/v1/{project_id}/cloudimages/{image_id}/members',
  summary: 'List the projects that an image is shared with',
  actions: ['ims:images:share'],
  request: z.object({ params: ImageParams, query: MembersQuery }),
  responses: {
    200: z.strictObject({
      members: z.array(MemberWire),
      schema: z.literal('/v2/schemas/members'),
      page_info: z.strictObject({ current_count: z.int(), next_marker: z.string().optional() }),
    }),
  },
  handle(call, { params, query }) {
    const context = contextOf(call)
    checkProject(context.caller, params.project_id)
    const { members, more } = pageOfMembers(context, params.image_id, query)
    return ok({
      members: members.map(renderMember),
      schema: '/v2/schemas/members',
      page_info: {
        current_count: members.length,
        ...(more && { next_marker: members.at(-1)?.projectId }),
      },
    })
  },
})

export const showImageMember = operation({
  id: 'ShowImageMember',
  method: 'GET',
  path: '/v1/{project_id}/cloudimages/{image_id}/members/{member_id}',
  summary: 'Show the state of a sharing',
  actions: ['ims:images:share'],
  request: z.object({ params: ImageParams.extend({ member_id: z.string() }) }),
  responses: { 200: MemberWire },
  handle(call, { params }) {
    const context = contextOf(call)
    checkProject(context.caller, params.project_id)
    return ok(renderMember(showMember(context, params.image_id, params.member_id)))
  },
})
