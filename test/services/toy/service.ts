import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../../src/contract/openapi.ts'
import { contextOf, contract, created, handle, ok, reply } from '../../../src/contract/operation.ts'
import { readSetting, setting, writeSetting } from '../../../src/database/settings.ts'
import { errorFamily } from '../../../src/lib/errors.ts'
import { defineService } from '../../../src/services/service.ts'
import type { ResourceKind } from '../../../src/simulation/cloud.ts'
import { defineJobKind } from '../../../src/simulation/job-kinds.ts'
import { submitJob } from '../../../src/simulation/submit-job.ts'

/** A service that no cloud has: bells that can be hung up and looked at. It shows what a further service costs. */

const bellErrors = errorFamily(
  {
    'BEL.0001': { status: 400, message: 'The bell has no name.' },
    'BEL.0002': { status: 404, message: 'There is no such bell.' },
    'BEL.0003': { status: 403, message: 'You may not touch the bell.' },
  },
  ({ code, status, message }) => ({ status, body: { bell_error: code, text: message } }),
)

const Bell = z.strictObject({ id: z.string(), name: z.string(), rung: z.int().default(0) })
const BELLS = setting('bells', z.array(Bell))

const bellKind: ResourceKind = {
  service: 'bell',
  type: 'bell',
  param: 'bell_id',
  fields: { one: [], many: [] },
  find({ db }, id) {
    const bell = (readSetting(db, BELLS) ?? []).find((each) => each.id === id)
    if (bell === undefined) return undefined
    const { name } = bell
    return { id, name, status: 'hanging', visibility: '', tags: [], enterpriseProject: undefined }
  },
}

/** Ringing takes virtual time: the bell has rung once the job succeeds. */
const ringJobs = defineJobKind({
  types: ['ringBellJob'],
  payload: z.strictObject({ bellId: z.string() }),
  defaultError: 'BEL.0002',
  open: ({ world: { db } }, { payload: { bellId } }) => ({
    succeed() {
      const bells = readSetting(db, BELLS) ?? []
      if (!bells.some(({ id }) => id === bellId)) return 'BEL.0002'
      const rung = bells.map((each) => (each.id === bellId ? { ...each, rung: each.rung + 1 } : each))
      writeSetting(db, BELLS, rung)
      return undefined
    },
  }),
})

const BellParams = z.object({ project_id: z.string(), bell_id: z.string() })

const ringBell = contract({
  id: 'RingBell',
  method: 'POST',
  path: '/v9/{project_id}/bells/{bell_id}/ring',
  summary: 'Ring a bell',
  actions: ['bell:bells:ring'],
  request: z.object({ params: BellParams }),
  responses: { 202: z.strictObject({ job_id: z.string() }) },
})

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
    params: BellParams,
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
  jobKinds: [ringJobs],
  operations: [
    handle(createBell, ({ world }, { body: { name } }) => {
      const hung = { id: world.chance.uuid('bell'), name, rung: 0 }
      writeSetting(world.db, BELLS, [...(readSetting(world.db, BELLS) ?? []), hung])
      return created(hung)
    }),
    handle(showBell, ({ world }, { params: { bell_id: id } }) => {
      const found = (readSetting(world.db, BELLS) ?? []).find((each) => each.id === id)
      if (found === undefined) throw bellErrors.fail('BEL.0002', { id })
      return ok(found)
    }),
    handle(ringBell, (call, { params: { project_id: projectId, bell_id: bellId } }) => {
      const job = { type: 'ringBellJob', flow: 'copy-image', projectId, payload: { bellId } } as const
      const job_id = call.world.db.transaction(() => submitJob(contextOf(call), ringJobs, job))
      return reply(202, { body: { job_id } })
    }),
  ],
})
