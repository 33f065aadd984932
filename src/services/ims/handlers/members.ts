import { contextOf, handle, type Operation, ok } from '../../../contract/operation.ts'
import {
  batchAddMembers,
  batchDeleteMembers,
  batchUpdateMembers,
  listImageMembers,
  renderMember,
  renderMemberPage,
  showImageMember,
} from '../contract/members.ts'
import { decideSharings, endSharings, pageOfMembers, shareImages, showMember } from '../members/sharing.ts'
import { contextIn } from '../own-projects.ts'

export const memberOperations: readonly Operation[] = [
  handle(batchAddMembers, (call, { body }) => ok({ job_id: shareImages(contextOf(call), body) })),
  handle(batchUpdateMembers, (call, { body: { images, project_id, status, vault_id } }) => {
    const decision = { images, projectId: project_id, status, vaultId: vault_id }
    return ok({ job_id: decideSharings(contextOf(call), decision) })
  }),
  handle(batchDeleteMembers, (call, { body }) => ok({ job_id: endSharings(contextOf(call), body) })),
  handle(listImageMembers, (call, { params, query }) => {
    const context = contextIn(call, params.project_id)
    return ok(renderMemberPage(pageOfMembers(context, params.image_id, query)))
  }),
  handle(showImageMember, (call, { params }) => {
    const context = contextIn(call, params.project_id)
    return ok(renderMember(showMember(context, params.image_id, params.member_id)))
  }),
]
