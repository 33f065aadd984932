import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { wireSeconds } from '../../../lib/time.ts'
import { orFail } from '../errors.ts'
import type { Member } from '../members/member.ts'
import type { PageOfMembers } from '../members/sharing.ts'
import { JobCreated, Time } from './fields.ts'
import { imsTrace } from './trace.ts'

/** A member in a reply: a project, an account or an organisation that an image is shared with. */
const MemberWire = z.strictObject({
  status: z.enum(['pending', 'accepted', 'rejected']),
  created_at: Time,
  updated_at: Time,
  image_id: z.string(),
  member_id: z.string(),
  member_type: z.enum(['project', 'domain', 'organization']),
  /** Only members that are organisations have it. */
  urn: z.string().optional(),
  schema: z.literal('/v2/schemas/member'),
})

export function renderMember(member: Member): z.input<typeof MemberWire> {
  return {
    status: member.status,
    created_at: wireSeconds(member.createdAt),
    updated_at: wireSeconds(member.updatedAt),
    image_id: member.imageId,
    member_id: member.memberId,
    member_type: member.memberType,
    ...(member.urn !== undefined && { urn: member.urn }),
    schema: '/v2/schemas/member',
  }
}

const MemberPage = z.strictObject({
  members: z.array(MemberWire),
  schema: z.literal('/v2/schemas/members'),
  page_info: z.strictObject({ current_count: z.int(), next_marker: z.string().optional() }),
})

export function renderMemberPage({ members, next }: PageOfMembers): z.input<typeof MemberPage> {
  return {
    members: members.map(renderMember),
    schema: '/v2/schemas/members',
    page_info: {
      current_count: members.length,
      ...(next !== undefined && { next_marker: next }),
    },
  }
}

const ImageParams = z.object({ project_id: z.string(), image_id: z.string() })

export const listImageMembers = contract({
  id: 'ListImageMembers',
  method: 'GET',
  path: '/v1/{project_id}/cloudimages/{image_id}/members',
  summary: 'List the projects, accounts and organisations that an image is shared with',
  actions: ['ims:images:get'],
  request: z.object({
    params: ImageParams,
    query: z.object({
      limit: z
        .string(orFail('IMG.0001'))
        .regex(/^[1-9]\d{0,8}$/, orFail('IMG.0001'))
        .transform(Number)
        .optional(),
      marker: z.string(orFail('IMG.0001')).optional(),
    }),
  }),
  responses: { 200: MemberPage },
})

export const showImageMember = contract({
  id: 'ShowImageMember',
  method: 'GET',
  path: '/v1/{project_id}/cloudimages/{image_id}/members/{member_id}',
  summary: 'Show the state of a sharing',
  actions: ['ims:images:get'],
  request: z.object({ params: ImageParams.extend({ member_id: z.string() }) }),
  responses: { 200: MemberWire },
})

/** Ids of images. Only an empty id or another type is malformed; whether the images exist is checked by the handler. */
const ImageIds = z
  .array(z.string(orFail('IMG.0066')).min(1, orFail('IMG.0066')), orFail('IMG.0066'))
  .min(1, orFail('IMG.0066'))
/** Any text is looked up, for projects and accounts alike. */
const ProjectId = z.string(orFail('IMG.0067')).min(1, orFail('IMG.0067'))

/** The URN of an organisation, of its root, or of a unit in it. */
const Urn = z
  .string(orFail('IMG.0067'))
  .regex(
    /^organizations::[0-9a-z]{1,64}:(organization:o-[0-9a-z]{1,32}|root:o-[0-9a-z]{1,32}\/r-[0-9a-z]{1,32}|ou:o-[0-9a-z]{1,32}\/ou-[0-9a-z]{1,32})$/,
    orFail('IMG.0067'),
  )

/** At least one of the three lists names a recipient, whatever the table of the documents calls mandatory. */
const SharingBody = z.object({
  images: ImageIds,
  projects: z.array(ProjectId, orFail('IMG.0067')).default([]),
  domains: z.array(ProjectId, orFail('IMG.0067')).default([]),
  organizations: z.array(Urn, orFail('IMG.0067')).default([]),
})

/**
 * Shares images with projects, accounts and organisations.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0624.html Adding Image Members in Batches
 */
export const batchAddMembers = contract({
  id: 'BatchAddMembers',
  method: 'POST',
  path: '/v1/cloudimages/members',
  summary: 'Share images with projects, accounts and organisations',
  trace: imsTrace('addMember'),
  actions: ['ims:images:share'],
  request: z.object({ body: SharingBody }),
  responses: { 200: JobCreated },
})

export const batchUpdateMembers = contract({
  id: 'BatchUpdateMembers',
  method: 'PUT',
  path: '/v1/cloudimages/members',
  summary: 'Accept or reject images that were shared with the project',
  trace: imsTrace('updateMember'),
  actions: ['ims:images:share'],
  request: z.object({
    body: z.object({
      images: ImageIds,
      project_id: ProjectId,
      status: z.enum(['accepted', 'rejected'], orFail('IMG.0001')),
      vault_id: z.string(orFail('IMG.0184')).optional(),
    }),
  }),
  responses: { 200: JobCreated },
})

export const batchDeleteMembers = contract({
  id: 'BatchDeleteMembers',
  method: 'DELETE',
  path: '/v1/cloudimages/members',
  summary: 'Stop sharing images with projects, accounts and organisations',
  // The misspelling is the cloud's.
  trace: imsTrace('deleteMemeber'),
  actions: ['ims:images:share'],
  request: z.object({ body: SharingBody }),
  responses: { 200: JobCreated },
})
