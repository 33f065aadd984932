import { readFileSync } from 'node:fs'
import { beforeAll, describe, test as plain } from 'vitest'
import { z } from 'zod'
import { JOB_TYPE } from '../../../src/services/ims/job-types.ts'
import { BACKUP, diskOf, jobOf, SERVER, VOLUME } from '../../demo-world.ts'
import { diskImageBytes, expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { putBytes } from '../../objects.ts'
import { addImages, asPartner, expectRefusal, imageId, PARTNER } from '../../private-image.ts'

const STATES = ['INIT', 'RUNNING', 'SUCCESS', 'FAIL'] as const
type State = (typeof STATES)[number]

const Entities = z.record(z.string(), z.unknown())
const Answers = z.record(
  z.string(),
  z.record(z.enum(STATES), z.strictObject({ ShowJobProgress: Entities, ShowJob: Entities })),
)

/**
 * What both calls show of a job's work, by its type and state: the answers to SUCCESS are those of the examples in the documents,
 * with their fields in that order. Ids stand as `<image>`, `<another image>` and `<job>`.
 */
const answers = Answers.parse(
  JSON.parse(readFileSync(new URL('../../data/job-answers.json', import.meta.url), 'utf8')),
)

const FILE = { image_url: 'images:tiny.qcow2', min_disk: 1 }
const action = '/v2/cloudimages/action'
const members = '/v1/cloudimages/members'
const shared = { images: [imageId(2)], projects: [PARTNER] }

/** The request that starts a job of each type; `{project}` stands for the caller's own. */
const REQUESTS: Readonly<Record<string, readonly ['post' | 'put' | 'delete', string, object]>> = {
  imsCreateImageByInstance: ['post', action, { name: 'made', instance_id: SERVER.web }],
  imsImportImageJob: ['post', action, { name: 'made', ...FILE }],
  imsImportDataImageJob: ['post', '/v1/cloudimages/dataimages/action', { name: 'made', ...FILE }],
  imsVolumeCreateImageJob: [
    'post',
    action,
    { name: 'made', volume_id: VOLUME.free, os_version: 'CentOS 7.6 64bit' },
  ],
  imsCreateWholeImageByInstanceJob: [
    'post',
    '/v1/cloudimages/wholeimages/action',
    { name: 'made', instance_id: SERVER.csbs },
  ],
  imsCreateWholeImageByBackupJob: [
    'post',
    '/v1/cloudimages/wholeimages/action',
    { name: 'made', backup_id: BACKUP.cbr, whole_image_type: 'CBR' },
  ],
  imsNativeImportImageJob: [
    'put',
    `/v1/cloudimages/${imageId(3)}/upload`,
    { image_url: 'images:tiny.qcow2' },
  ],
  imsNativeExportImageJob: [
    'post',
    `/v1/cloudimages/${imageId(1)}/file`,
    { bucket_url: 'images:out.vhd', file_format: 'vhd' },
  ],
  imsCopyImageInRegionJob: ['post', `/v1/cloudimages/${imageId(1)}/copy`, { name: 'made' }],
  imsCrossRegionCopyImageJob: [
    'post',
    `/v1/cloudimages/${imageId(1)}/cross_region_copy`,
    { name: 'made', region: 'cn-east-3', project_name: 'cn-east-3', agency_name: 'ims_admin_agency' },
  ],
  imsAddImageMembersJob: ['post', members, { images: [imageId(1)], projects: [PARTNER] }],
  imsUpdateImageMembersJob: [
    'put',
    members,
    { images: [imageId(4)], project_id: '{project}', status: 'accepted' },
  ],
  imsDelImageMembersJob: ['delete', members, shared],
  imsImportOvaImageJob: [
    'post',
    action,
    { name: 'made', ...FILE, data_images: [{ name: 'data', image_url: 'images:data.vmdk', min_disk: 1 }] },
  ],
  imsVolumesToSysDataImagesJob: [
    'post',
    action,
    { data_images: [2, 3].map((n) => ({ name: `disk-${n}`, volume_id: diskOf(1, n) })) },
  ],
}

async function startWorld(): Promise<TestEmulator> {
  const emulator = await startTestEmulator()
  putBytes(emulator, 'images', 'data.vmdk', diskImageBytes('tiny.vmdk'))
  const shared = { members: [{ project_id: PARTNER, status: 'pending' }] }
  await addImages(
    emulator,
    { name: 'first' },
    { name: 'second', ...shared },
    { name: 'third', status: 'queued' },
    { name: 'fourth', owner: PARTNER, members: [{ project_id: emulator.projectId, status: 'pending' }] },
  )
  return emulator
}

async function submit(emulator: TestEmulator, type: string): Promise<string> {
  const [method, path, json] = REQUESTS[type] ?? ['post', '', {}]
  const sent: unknown = JSON.parse(JSON.stringify(json).replace('{project}', emulator.projectId))
  return jobOf(await emulator[method](path, sent))
}

/** What both calls show of a job, with words for its ids and times. */
async function look(emulator: TestEmulator, id: string) {
  const shown = [await emulator.progress(id), await emulator.job(id)].map(({ body }) => body)
  const [progress, job] = shown.map(({ entities, ...fields }) => ({ entities: inWords(entities), fields }))
  expect(job?.fields).toEqual(progress?.fields)
  return {
    fields: progress?.fields,
    seen: { ShowJobProgress: progress?.entities, ShowJob: job?.entities },
  }
}

function inWords(entities: object): unknown {
  const text = JSON.stringify(entities)
    .replaceAll(/00000000-0000-4000-8000-00000000000([1-4])/g, '<image $1>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<new image>')
    .replaceAll(/("project_id":)"[0-9a-f]{32}"/g, '$1"<project>"')
    .replaceAll(/("subJobId":)"[0-9a-f]{32}"/g, '$1"<sub job>"')
    .replaceAll(/[0-9a-f]{32}/g, '<part>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
  return JSON.parse(text)
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

/** The fields of a job beside `entities`, in the order of the examples. */
function fieldsOf(job_id: string, job_type: string, status: State) {
  const failed = status === 'FAIL'
  return {
    job_id,
    job_type,
    begin_time: TIME,
    end_time: failed || status === 'SUCCESS' ? TIME : '',
    status,
    error_code: failed ? 'IMG.0014' : null,
    fail_reason: failed ? 'An exception occurred when IaaS OpenStack was executing the task.' : null,
  }
}

describe('both calls show of a job', () => {
  let working: TestEmulator
  let failing: TestEmulator
  beforeAll(async () => {
    working = await startWorld()
    failing = await startWorld()
    const when = { operation: ['Create*', 'Register*', 'Export*', 'Copy*', 'Batch*'] }
    const rule = { name: 'fails', when, then: { job: { fail_at: '50%', error: 'IMG.0014' } } }
    expect((await failing.post('/_ims/rules', rule)).status).toBe(201)
    return () => Promise.all([working.close(), failing.close()])
  })

  plain.each(Object.keys(REQUESTS))(
    'the type %s, and in each state what the documents show',
    async (type) => {
      const id = await submit(working, type)
      const seen: Record<string, unknown> = {}
      const states: [State, string][] = [
        ['INIT', ''],
        ['RUNNING', 'next'],
        ['SUCCESS', 'idle'],
      ]
      for (const [state, until] of states) {
        if (until !== '') await working.post('/_ims/clock/advance', { until })
        const found = await look(working, id)
        expect(found.fields).toEqual(fieldsOf(id, type, state))
        seen[state] = found.seen
      }
      const failed = await submit(failing, type)
      await failing.advance()
      const found = await look(failing, failed)
      expect(found.fields).toEqual(fieldsOf(failed, type, 'FAIL'))
      seen.FAIL = found.seen
      expect(JSON.stringify(seen, null, 2)).toBe(JSON.stringify(answers[type], null, 2))
    },
  )
})

plain('the answers of every type of job are known; the part of a job has one of its own too', () => {
  const types = [...Object.keys(answers), JOB_TYPE.copyVolume]
  expect(types.sort()).toEqual(Object.values(JOB_TYPE).sort())
  expect(Object.keys(REQUESTS).sort()).toEqual(Object.keys(answers).sort())
})

test('subJobId changes when an import has ended, as its job is another one then', async ({ emulator }) => {
  const id = await submit(emulator, 'imsImportImageJob')
  await emulator.advance('1s')
  const running = (await emulator.progress(id)).body.entities.subJobId
  await emulator.advance()
  const ended = (await emulator.progress(id)).body.entities.subJobId
  expect(running).toMatch(/^[0-9a-f]{32}$/)
  expect(ended).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set([id, running, ended]).size).toBe(3)
  expect((await emulator.progress(id)).body.entities.subJobId).toBe(ended)
})

test('ShowJobProgress refuses an unknown job and one of another project with IMG.0023', async ({
  emulator,
}) => {
  const id = await submit(emulator, 'imsImportImageJob')
  expectRefusal(await emulator.progress('0'.repeat(32)), 'IMG.0023')
  expectRefusal(await emulator.get(`/v1/cloudimages/job/${id}`, asPartner), 'IMG.0023')
})
