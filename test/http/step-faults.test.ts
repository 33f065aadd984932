import { join } from 'node:path'
import { expect, test as plain } from 'vitest'
import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../src/contract/openapi.ts'
import { contextOf, contract, handle, reply } from '../../src/contract/operation.ts'
import { readSetting, setting, writeSetting } from '../../src/database/settings.ts'
import { ControlError } from '../../src/lib/errors.ts'
import { services } from '../../src/services/index.ts'
import { defineService } from '../../src/services/service.ts'
import { defineJobKind } from '../../src/simulation/job-kinds.ts'
import { submitJob } from '../../src/simulation/submit-job.ts'
import { scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

const MADE = setting('made', z.number())

/** What the work of a job does. `trap` throws at the step, and `pit` also when the job fails. */
const Work = z.strictObject({ does: z.enum(['works', 'trap', 'pit']) })

/** A service whose jobs throw. Its jobs also count how often they were carried out. */
function machineShop() {
  const seen = { tries: 0 }
  const jobs = defineJobKind({
    types: ['machineJob'],
    payload: Work,
    defaultError: 'IMG.0061',
    open: ({ world: { db } }, { payload: { does } }) => ({
      succeed() {
        seen.tries += 1
        const made = readSetting(db, MADE) ?? 0
        writeSetting(db, MADE, made + 1)
        if (does !== 'works') throw new Error('the machine is jammed')
        return undefined
      },
      fail() {
        if (does === 'pit') throw new Error('and cannot be opened')
      },
    }),
  })
  const refuse = () => new ControlError(400, 'no')
  const params = z.object({ project_id: z.string() })
  const submit = contract({
    id: 'Submit',
    method: 'POST',
    path: '/v9/{project_id}/machines',
    summary: 'Start a machine',
    request: z.object({ params, body: Work }),
    responses: { 202: z.strictObject({ job_id: z.string() }) },
  })
  const show = contract({
    id: 'Show',
    method: 'GET',
    path: '/v9/{project_id}/machines',
    summary: 'What the machines have made',
    request: z.object({ params }),
    responses: { 202: z.strictObject({ made: z.number() }) },
  })
  const service = defineService({
    id: 'machines',
    title: 'Machines',
    description: 'Machines that get stuck.',
    refusals: { invalid: refuse, denied: refuse, missingBody: refuse, malformedBody: refuse },
    refusalSchema: refusalDescription('MachineRefusal', jsonRefusals()),
    jobKinds: [jobs],
    operations: [
      handle(submit, (call, { params: { project_id: projectId }, body: payload }) => {
        const job = { type: 'machineJob' as const, flow: 'copy-image', projectId, payload }
        return reply(202, { body: { job_id: submitJob(contextOf(call), jobs, job) } })
      }),
      handle(show, ({ world }) => {
        return reply(202, { body: { made: readSetting(world.db, MADE) ?? 0 } })
      }),
    ],
  })
  return { service, seen }
}

async function startMachines(options: { data?: string; buckets?: string } = {}) {
  const { service, seen } = machineShop()
  const faults: unknown[] = []
  const emulator = await startTestEmulator({
    services: [...services.huawei, service],
    log: (_id, fault) => faults.push(fault),
    ...options,
  })
  const path = `/v9/${emulator.projectId}/machines`
  return {
    emulator,
    seen,
    faults,
    submit: async (does: string): Promise<string> => (await emulator.post(path, { does })).body.job_id,
    made: async (): Promise<number> => (await emulator.get(path)).body.made,
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

async function ends(emulator: TestEmulator) {
  const { happened, planned } = (await emulator.get('/_ims/timeline')).body
  expect(planned).toEqual([])
  return happened
    .filter(({ event }: { event: string }) => event !== 'began')
    .map(({ job_id, error }: { job_id: string; error: string | null }) => [job_id, error])
}

plain.for(['trap', 'pit'])(
  'a step that throws (%s) fails its job alone, and the world goes on',
  async (does) => {
    await using machines = await startMachines()
    const { emulator, faults } = machines
    const before = await machines.submit('works')
    const broken = await machines.submit(does)
    const after = await machines.submit('works')
    const { body } = await emulator.advance('1d')
    expect(new Set(body.settled.map(({ job_id }: { job_id: string }) => job_id))).toEqual(
      new Set([before, broken, after]),
    )
    const ended = await ends(emulator)
    expect(ended).toHaveLength(3)
    expect(ended).toEqual(
      expect.arrayContaining([
        [before, null],
        [broken, 'IMG.0061'],
        [after, null],
      ]),
    )
    expect(await machines.made()).toBe(2)
    expect(faults.map(String)).toEqual([
      expect.stringContaining(`${broken} threw Error: the machine is jammed`),
      ...(does === 'pit' ? [expect.stringContaining('and cannot be opened')] : []),
    ])
    for (const path of ['/_ims/health', '/_ims/ready', '/_ims/worlds', '/v2/cloudimages'])
      expect((await emulator.get(path)).status).toBe(200)
    await emulator.importImage()
    expect((await emulator.post('/_ims/reset')).status).toBe(204)
  },
)

plain('a step that throws is reported once, also after a restart', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  const buckets = join(scratch.path, 'buckets')
  let broken: string
  {
    await using machines = await startMachines({ data, buckets })
    broken = await machines.submit('pit')
    await machines.emulator.advance('1d')
    expect(machines.faults).toHaveLength(2)
  }
  await using again = await startMachines({ data, buckets })
  expect(await ends(again.emulator)).toEqual([[broken, 'IMG.0061']])
  expect([again.faults, again.seen.tries]).toEqual([[], 0])
})

plain('an export that is due with a step that throws still succeeds', async () => {
  await using machines = await startMachines()
  const { emulator } = machines
  const image = await emulator.importImage()
  const body = { bucket_url: 'images:out/disk.qcow2', file_format: 'qcow2' }
  const job = (await emulator.post(`/v1/cloudimages/${image}/file`, body)).body.job_id
  await machines.submit('trap')
  await emulator.advance('1d')
  expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS' })
  expect(machines.faults).toHaveLength(1)
})

plain('probes and calls about whole worlds do not settle the world first', async () => {
  await using machines = await startMachines()
  const { emulator, seen } = machines
  await machines.submit('works')
  // Time goes on between the requests, and a day passes within a millisecond.
  expect((await emulator.patch('/_ims/clock', { rate: 86_400_000 })).status).toBe(200)
  await emulator.post('/_ims/worlds', { name: 'other' })
  for (const path of ['/_ims/health', '/_ims/ready', '/_ims/worlds', '/_ims/worlds/default', '/metrics'])
    expect((await emulator.get(path)).status).toBe(200)
  await emulator.delete('/_ims/worlds/other')
  expect((await emulator.get('/_ims/snapshots')).status).toBe(200)
  expect(seen.tries).toBe(0)
  expect(await machines.made()).toBe(1)
  await machines.submit('works')
  expect((await emulator.post('/_ims/reset')).status).toBe(204)
  expect(seen.tries).toBe(1)
})
