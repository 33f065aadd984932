import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../src/contract/openapi.ts'
import { contextOf, contract, handle, noContent, reply } from '../../src/contract/operation.ts'
import { ControlError } from '../../src/lib/errors.ts'
import { services } from '../../src/services/index.ts'
import { defineService } from '../../src/services/service.ts'
import { defineJobKind } from '../../src/simulation/job-kinds.ts'
import { submitJob } from '../../src/simulation/submit-job.ts'
import { jobOf } from '../demo-world.ts'
import { type Reply, type Scratch, scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

/** A data folder on a disk that can be filled. */
interface Disk extends Disposable {
  data: string
  /** True when blobs are on the disk too. */
  takesFiles: boolean
  fill(emulator: TestEmulator): Promise<void>
  free(emulator?: TestEmulator): Promise<void>
}

/** A file system of 3 MiB in memory; undefined where mounting needs rights that the tests do not have. */
function smallDisk(): Disk | undefined {
  const scratch = scratchFolder()
  const place = join(scratch.path, 'disk')
  const junk = join(place, 'junk')
  mkdirSync(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'none', place], { stdio: 'ignore' })
  } catch {
    scratch[Symbol.dispose]()
    return undefined
  }
  return {
    data: join(place, 'data'),
    takesFiles: true,
    async fill() {
      writeFileSync(junk, '')
      for (const size of [65_536, 4096])
        try {
          for (;;) appendFileSync(junk, Buffer.alloc(size))
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' })
        }
    },
    async free() {
      truncateSync(junk)
      rmSync(junk)
    },
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', place])
      scratch[Symbol.dispose]()
    },
  }
}

const refuse = () => new ControlError(400, 'no')
const LARGEST = 4_294_967_294

/**
 * A service that forbids the database to grow, as a full disk does, and whose jobs write a file. Its switches stand for the disk
 * where no small one can be mounted.
 */
function diskService() {
  let isFull = false
  const jobs = defineJobKind({
    types: ['diskJob'],
    payload: z.null(),
    defaultError: 'IMG.0061',
    open: () => ({
      succeed() {
        if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        return undefined
      },
    }),
  })
  const limit = contract({
    id: 'Limit',
    method: 'PUT',
    path: '/v9/disk',
    summary: 'Limit the pages of the database',
    request: z.object({ body: z.strictObject({ full: z.boolean() }) }),
    responses: { 204: null },
  })
  const write = contract({
    id: 'Write',
    method: 'POST',
    path: '/v9/{project_id}/disk',
    summary: 'Start a job that writes a file',
    request: z.object({ params: z.object({ project_id: z.string() }) }),
    responses: { 202: z.strictObject({ job_id: z.string() }) },
  })
  return defineService({
    id: 'disks',
    title: 'Disks',
    description: 'A disk that can be full.',
    refusals: { invalid: refuse, denied: refuse, missingBody: refuse, malformedBody: refuse },
    refusalSchema: refusalDescription('DiskRefusal', jsonRefusals()),
    jobKinds: [jobs],
    operations: [
      handle(limit, ({ world }, { body: { full } }) => {
        isFull = full
        // SQLite takes no limit below the pages that there are.
        world.db.$client.pragma(`max_page_count = ${full ? 1 : LARGEST}`)
        return noContent()
      }),
      handle(write, (call, { params: { project_id: projectId } }) => {
        const job = { type: 'diskJob' as const, flow: 'copy-image', projectId }
        return reply(202, { body: { job_id: submitJob(contextOf(call), jobs, job) } })
      }),
    ],
  })
}

function limitedDatabase(): Disk {
  const scratch: Scratch = scratchFolder()
  const limit = async (emulator: TestEmulator, full: boolean) =>
    expect((await emulator.put('/v9/disk', { full })).status).toBe(204)
  return {
    data: join(scratch.path, 'data'),
    takesFiles: false,
    fill: (emulator) => limit(emulator, true),
    free: async (emulator) => (emulator === undefined ? undefined : limit(emulator, false)),
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  }
}

/** Writes until there is no room any more, and returns the refusal. */
async function writeUntilRefused(write: (n: number) => Promise<Reply>): Promise<Reply> {
  for (let n = 0; n < 3000; n++) {
    const reply = await write(n)
    if (reply.status >= 400) return reply
  }
  throw new Error('there is always room')
}

const LONG = 'x'.repeat(1000)

test.each([
  ['a full disk', smallDisk],
  ['a full database', limitedDatabase],
])('%s refuses what needs room, answers reads, and is over when there is room', async (_, open) => {
  using disk = open() ?? limitedDatabase()
  const faults: unknown[] = []
  using buckets = scratchFolder()
  const options = {
    data: disk.data,
    buckets: buckets.path,
    services: [...services.huawei, diskService()],
    log: (_id: string, fault: unknown) => faults.push(fault),
  }
  let id: string
  {
    await using emulator = await startTestEmulator(options)
    id = await emulator.importImage()
    const json = { name: 'later', image_url: 'images:tiny.qcow2', min_disk: 1 }
    const job = jobOf(await emulator.post('/v2/cloudimages/action', json))
    const waiting = (await emulator.post('/v2/images', { name: 'empty' })).body.id
    await disk.fill(emulator)
    const refused = await writeUntilRefused((n) =>
      emulator.post('/v2/images', { name: `${n}${LONG}`.slice(0, 100) }),
    )
    expect(refused).toMatchObject({
      status: 507,
      text: expect.stringContaining('the disk of the emulator is full'),
    })
    expect(await emulator.post('/v2/cloudimages/action', json)).toMatchObject({
      status: 507,
      body: {
        error_code: 'APIGW.0601',
        error_msg: expect.stringContaining('the disk of the emulator is full'),
      },
    })
    const image = { imagetype: 'private', name: LONG.slice(0, 100), owner: emulator.projectId, min_disk: 1 }
    const fixtures = await writeUntilRefused((n) =>
      emulator.post('/_ims/fixtures', {
        images: [{ ...image, id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` }],
      }),
    )
    expect(fixtures).toMatchObject({
      status: 507,
      body: {
        title: 'Insufficient Storage',
        detail: expect.stringContaining('the disk of the emulator is full'),
      },
    })
    if (disk.takesFiles) {
      const upload = await emulator.request('PUT', `/v2/images/${waiting}/file`, {
        body: new Uint8Array(2 ** 20),
        headers: { 'Content-Type': 'application/octet-stream' },
      })
      expect(upload.status).toBe(507)
    }
    for (const path of ['/_ims/health', '/_ims/ready', '/_ims/worlds', '/_ims/journal', '/v2/cloudimages'])
      expect((await emulator.get(path)).status).toBe(200)
    expect((await emulator.get(`/v2/images/${id}`)).body.status).toBe('active')
    expect((await emulator.get(`/v2/images/${id}/file`)).status).toBe(200)
    await disk.free(emulator)
    expect((await emulator.get(`/v2/images/${waiting}`)).body.status).toBe('queued')
    expect((await emulator.post('/v2/images', { name: 'again' })).status).toBe(201)
    await emulator.advance()
    expect((await emulator.job(job)).body).toMatchObject({ status: 'SUCCESS' })
    await disk.fill(emulator)
  }
  await disk.free()
  await using emulator = await startTestEmulator(options)
  expect((await emulator.get(`/v2/images/${id}`)).body.status).toBe('active')
  expect((await emulator.post('/v2/images', { name: 'after' })).status).toBe(201)
  expect(faults.map(String)).toEqual([])
})

test('a job that needs room waits for it, which is reported once', async () => {
  using disk = limitedDatabase()
  const faults: unknown[] = []
  await using emulator = await startTestEmulator({
    data: disk.data,
    services: [...services.huawei, diskService()],
    log: (_id, fault) => faults.push(fault),
  })
  const job = (await emulator.post(`/v9/${emulator.projectId}/disk`)).body.job_id
  await disk.fill(emulator)
  expect(await emulator.advance('1d')).toMatchObject({
    status: 507,
    body: { detail: expect.stringContaining('the disk of the emulator is full') },
  })
  for (let n = 0; n < 3; n++) expect((await emulator.get('/v2/cloudimages')).status).toBe(200)
  expect(faults.map(String)).toEqual([
    'Error: the disk is full: the jobs of the world default go on when there is room',
  ])
  await disk.free(emulator)
  const { happened, planned } = (await emulator.get('/_ims/timeline')).body
  expect(planned).toEqual([])
  expect(happened).toContainEqual(expect.objectContaining({ job_id: job, event: 'succeeded' }))
  expect(faults).toHaveLength(1)
})
