import { z } from 'zod'
import { contextOf, ok, operation } from '../../../contract/operation.ts'
import { fail, orFail } from '../errors.ts'
import { createWholeFromBackup, createWholeFromServer } from '../images/create-whole.ts'
import { ImageName, JobCreated, ServerId } from './fields.ts'
import { readWishes, wishFields } from './wishes.ts'

/** An empty id names no server: clients whose model requires the field send it beside a backup. */
const ServerIdOrNone = z.union([z.literal(''), ServerId], orFail('IMG.0012')).optional()

const CreateWholeImageBody = z.object({
  name: ImageName,
  instance_id: ServerIdOrNone,
  backup_id: z.string(orFail('IMG.0019')).min(1, orFail('IMG.0019')).optional(),
  vault_id: z.string(orFail('IMG.0184')).min(1, orFail('IMG.0184')).optional(),
  whole_image_type: z.enum(['CBR', 'CSBS'], orFail('IMG.0021')).optional(),
  ...wishFields,
})

/** From a server or from a backup: not from both (IMG.0001), and from one (IMG.0019 when a kind of backup was said, else IMG.0012). */
export const createWholeImage = operation({
  id: 'CreateWholeImage',
  method: 'POST',
  path: '/v1/cloudimages/wholeimages/action',
  summary: 'Create an image of a whole server, from the server or from a backup of it',
  actions: ['ims:wholeImages:create'],
  byEnterpriseProject: true,
  request: z.object({ body: CreateWholeImageBody }),
  responses: { 200: JobCreated },
  handle(call, { body }) {
    const context = contextOf(call)
    const { backup_id: backupId, whole_image_type: kind } = body
    const serverId = body.instance_id === '' ? undefined : body.instance_id
    if (serverId !== undefined && backupId !== undefined) throw fail('IMG.0001', { sources: 2 })
    const wishes = readWishes(body.name, body)
    if (serverId !== undefined)
      return ok({
        job_id: createWholeFromServer(context, { ...wishes, serverId, vaultId: body.vault_id }),
      })
    if (backupId === undefined) throw fail(kind === undefined ? 'IMG.0012' : 'IMG.0019')
    return ok({
      job_id: createWholeFromBackup(context, { ...wishes, backupId, kind: kind ?? 'CSBS' }),
    })
  },
})
