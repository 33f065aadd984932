import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../../src/contract/openapi.ts'
import { contract, created, handle, ok } from '../../../src/contract/operation.ts'
import { readSetting, writeSetting } from '../../../src/database/settings.ts'
import { errorFamily } from '../../../src/lib/errors.ts'
import { defineService } from '../../../src/services/service.ts'
import type { ResourceKind } from '../../../src/simulation/resource-kinds.ts'

/** A service that no cloud has: bells that can be hung up and looked at. It shows what a further service costs. */

const bellErrors = errorFamily(
  {
    'BEL.0001': { status: 400, message: 'The bell has no name.' },
    'BEL.0002': { status: 404, message: 'There is no such bell.' },
    'BEL.0003': { status: 403, message: 'You may not touch the bell.' },
  },
  ({ code, status, message }) => ({ status, body: { bell_error: code, text: message } }),
)

const Bell = z.strictObject({ id: z.string(), name: z.string() })
const Bells = z.array(Bell).catch([])

const bellKind: ResourceKind = {
  service: 'bell',
  type: 'bell',
  param: 'bell_id',
  fields: { one: [], many: [] },
  find({ db }, id) {
    const bell = Bells.parse(readSetting(db, 'bells')).find((each) => each.id === id)
    if (bell === undefined) return undefined
    return { ...bell, status: 'hanging', visibility: '', tags: [], enterpriseProject: undefined }
  },
}

const createBell = contract({
  id: 'CreateBell',
  method: 'POST',
  path: '/v9/{project_id}/bells',
  summary: 'Hang up a bell',
  actions: ['bell:bells:create'],
  request: z.object({
    params: z.object({ project_id: z.string() }),
    body: z.object({ name: z.string('BEL.0001') }),
  }),
  responses: { 201: Bell },
})

const showBell = contract({
  id: 'ShowBell',
  method: 'GET',
  path: '/v9/{project_id}/bells/{bell_id}',
  summary: 'Look at a bell',
  actions: ['bell:bells:get'],
  request: z.object({
    params: z.object({ project_id: z.string(), bell_id: z.string() }),
    query: z.object({ loud: z.string().optional() }),
  }),
  responses: { 200: Bell },
})

export const bell = defineService({
  id: 'bell',
  title: 'Bells',
  description: 'Bells on a wall.',
  catalogue: [{ type: 'bell', name: 'bell', description: 'Bells', path: '/v9', reach: 'region' }],
  errors: bellErrors,
  refusals: {
    invalid: ({ message }) => bellErrors.fail(bellErrors.has(message) ? message : 'BEL.0001'),
    denied: ({ action }) => bellErrors.fail('BEL.0003', { action }),
    missingBody: () => bellErrors.fail('BEL.0001'),
    malformedBody: () => bellErrors.fail('BEL.0001'),
  },
  refusalSchema: refusalDescription(
    'BellRefusal',
    jsonRefusals(z.strictObject({ bell_error: z.string(), text: z.string() }).meta({ id: 'BellError' })),
  ),
  resourceKinds: [bellKind],
  operations: [
    handle(createBell, ({ world }, { body: { name } }) => {
      const hung = { id: world.chance.uuid('bell'), name }
      writeSetting(world.db, 'bells', [...Bells.parse(readSetting(world.db, 'bells')), hung])
      return created(hung)
    }),
    handle(showBell, ({ world }, { params: { bell_id: id } }) => {
      const found = bellKind.find(world, id)
      if (found === undefined) throw bellErrors.fail('BEL.0002', { id })
      return ok({ id, name: found.name ?? '' })
    }),
  ],
})
