import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BACKUP, SERVER, VAULT } from '../demo-world.ts'
import { putObject, scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

/** One valid request. `n` is the position of the image that the request is about. */
type Step =
  | { does: 'make'; of: 'server' | 'volume' | 'disks' | 'file' | 'files' | 'data' | 'whole' | 'backup' }
  | { does: 'describe' | 'register' | 'copy' | 'copy away' | 'export' | 'delete'; n: number }
  | { does: 'advance'; by: string | undefined }

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('make' as const),
      of: fc.constantFrom(
        ...(['server', 'volume', 'disks', 'file', 'files', 'data', 'whole', 'backup'] as const),
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom(
        ...(['describe', 'register', 'copy', 'copy away', 'export', 'delete', 'delete'] as const),
      ),
      n: fc.nat(9),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('advance' as const),
      by: fc.constantFrom('50ms', '2s', '7s', undefined),
    }),
  },
)

const ACTION = '/v2/cloudimages/action'
const file = { name: 'file', image_url: 'images:tiny.qcow2', min_disk: 1 }
const MAKE: Record<Extract<Step, { does: 'make' }>['of'], readonly [path: string, body: object]> = {
  server: [ACTION, { name: 'server', instance_id: SERVER.web }],
  volume: [
    ACTION,
    { name: 'volume', volume_id: '20000000-0000-4000-8000-000000000001', os_version: 'CentOS 7.6 64bit' },
  ],
  disks: [ACTION, { data_images: [{ name: 'disk', volume_id: '20000000-0000-4000-8000-000000000202' }] }],
  file: [ACTION, file],
  files: [ACTION, { ...file, data_images: [{ image_url: 'images:large.qcow2', min_disk: 1 }] }],
  data: ['/v1/cloudimages/dataimages/action', file],
  whole: [
    '/v1/cloudimages/wholeimages/action',
    { name: 'whole', instance_id: SERVER.encrypted, vault_id: VAULT.servers },
  ],
  backup: [
    '/v1/cloudimages/wholeimages/action',
    { name: 'backup', backup_id: BACKUP.cbr, whole_image_type: 'CBR' },
  ],
}

async function privateImages(emulator: TestEmulator): Promise<{ id: string; status: string }[]> {
  return (await emulator.get('/v2/cloudimages?__imagetype=private&limit=1000')).body.images
}

async function send(emulator: TestEmulator, step: Step, serial: number): Promise<string | undefined> {
  if (step.does === 'advance') {
    await emulator.advance(step.by)
    return undefined
  }
  if (step.does === 'make') return (await emulator.post(...MAKE[step.of])).body.job_id
  if (step.does === 'describe') {
    await emulator.post('/v2/images', { name: 'described' })
    return undefined
  }
  const id = (await privateImages(emulator))[step.n]?.id
  if (id === undefined) return undefined
  const path = `/v1/cloudimages/${id}`
  if (step.does === 'register')
    return (await emulator.put(`${path}/upload`, { image_url: file.image_url })).body.job_id
  if (step.does === 'copy') return (await emulator.post(`${path}/copy`, { name: 'copy' })).body.job_id
  if (step.does === 'export') {
    const body = { bucket_url: `images:out-${serial}`, file_format: 'vhd' }
    return (await emulator.post(`${path}/file`, body)).body.job_id
  }
  if (step.does === 'delete') {
    await emulator.delete(`/v2/images/${id}`, { delete_backup: true })
    return undefined
  }
  const body = {
    name: 'away',
    region: 'cn-east-3',
    project_name: 'cn-east-3',
    agency_name: 'ims_admin_agency',
  }
  return (await emulator.post(`${path}/cross_region_copy`, { ...body, vault_id: VAULT.replicas })).body.job_id
}

/** Statuses that an image can have, by its status one request earlier. Several transitions can lie between two requests. */
const REACHABLE: Record<string, readonly string[]> = {
  queued: ['queued', 'saving', 'active', 'killed'],
  saving: ['saving', 'active', 'killed'],
  active: ['active'],
  killed: ['killed'],
}

test('quota, statuses and blobs are consistent after random image requests, and every job ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 25 }), async (steps) => {
      using data = scratchFolder()
      await using emulator = await startTestEmulator({ data: data.path, pace: 60 })
      putObject(emulator, 'images', 'large.qcow2', 'two-gib.qcow2')
      const jobs: string[] = []
      let before = new Map<string, string>()
      for (const [serial, step] of steps.entries()) {
        const job = await send(emulator, step, serial)
        if (job !== undefined) jobs.push(job)
        const images = await privateImages(emulator)
        const [quota] = (await emulator.get('/v1/cloudimages/quota')).body.quotas.resources
        expect(quota).toMatchObject({ type: 'image', used: images.length })
        for (const { id, status } of images) {
          const last = before.get(id)
          if (last !== undefined) expect(REACHABLE[last]).toContain(status)
        }
        before = new Map(images.map(({ id, status }) => [id, status]))
      }
      await emulator.advance()
      for (const job of jobs) expect((await emulator.job(job)).body.status).toMatch(/^(SUCCESS|FAIL)$/)
      const here = await privateImages(emulator)
      expect(here.filter(({ status }) => status === 'saving')).toEqual([])
      const there = await emulator.get('/v2/cloudimages?__imagetype=private&limit=1000', {
        token: 'demo-east-token',
      })
      const withBytes = [...here, ...there.body.images].filter(({ status }) => status !== 'queued')
      const { objects } = (await emulator.get('/_ims/buckets/images/objects')).body
      const exported = objects.filter(({ key }: { key: string }) => key.startsWith('out-'))
      expect(blobsIn(data.path).length).toBe(withBytes.length + exported.length)
    }),
    { numRuns: 10 },
  )
}, 60_000)

/** Names of the blobs in a data folder; none while the world has stored no bytes. */
function blobsIn(data: string): string[] {
  const folder = join(data, 'blobs')
  return existsSync(folder) ? readdirSync(folder) : []
}
