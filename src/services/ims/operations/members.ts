import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { orFail } from '../errors.ts'
import { decideSharings, endSharings, shareImages } from '../members/change-many.ts'
import { JobCreated } from './fields.ts'

/** Ids that are empty or no texts at all are malformed; whether there are such images and projects is found out later. */
const ImageIds = z
  .array(z.string(orFail('IMG.0066')).min(1, orFail('IMG.0066')), orFail('IMG.0066'))
  .min(1, orFail('IMG.0066'))
const ProjectId = z.string(orFail('IMG.0067')).min(1, orFail('IMG.0067'))

/** Sharing with whole accounts and organisations is not emulated: naming one is refused. */
const NobodyElse = z.array(z.unknown(), orFail('IMG.0105')).max(0, orFail('IMG.0105')).optional()

const MembersBody = z.object({
  images: ImageIds,
  projects: z.array(ProjectId, orFail('IMG.0067')).min(1, orFail('IMG.0067')),
  domains: NobodyElse,
  organizations: NobodyElse,
})

export const batchAddMembers = operation({
  id: 'BatchAddMembers',
  method: 'POST',
  path: '/v1/cloudimages/members',
  summary: 'Share images with projects',
  actions: ['ims:images:share'],
  request: z.object({ body: MembersBody }),
  responses: { 200: JobCreated },
  handle: (call, { body }) => ok({ job_id: shareImages(contextOf(call), body) }),
})

const DecisionBody = z.object({
  images: ImageIds,
  project_id: ProjectId,
  status: z.enum(['accepted', 'rejected'], orFail('IMG.0001')),
  vault_id: z.string(orFail('IMG.0184')).optional(),
})

export const batchUpdateMembers = operation({
  id: 'BatchUpdateMembers',
  method: 'PUT',
  path: '/v1/cloudimages/members',
  summary: 'Accept or reject images that were shared with the project',
  actions: ['ims:images:share'],
  request: z.object({ body: DecisionBody }),
  responses: { 200: JobCreated },
  handle(call, { body: { images, project_id, status, vault_id } }) {
    const decision = { images, projectId: project_id, status, vaultId: vault_id }
    return ok({ job_id: decideSharings(contextOf(call), decision) })
  },
})

export const batchDeleteMembers = operation({
  id: 'BatchDeleteMembers',
  method: 'DELETE',
  path: '/v1/cloudimages/members',
  summary: 'Stop sharing images with projects',
  actions: ['ims:images:share'],
  request: z.object({ body: MembersBody }),
  responses: { 200: JobCreated },
  handle: (call, { body }) => ok({ job_id: endSharings(contextOf(call), body) }),
})
