import { describe, expect, test } from 'vitest'
import { shippedScenarios } from '../../../src/simulation/scenario/load.ts'
import { jobOf, SERVER } from '../../demo-world.ts'
import { startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { addImages, asPartner, PARTNER } from '../../private-image.ts'
import { PARTNER_DOMAIN } from '../../tenants.ts'

const FILE = { name: 'file', image_url: 'images:tiny.qcow2', min_disk: 1 }
const LIST = '/v2/cloudimages?limit=1'
const create = (emulator: TestEmulator, more = {}) =>
  emulator.post('/v2/cloudimages/action', { ...FILE, ...more })
const imagesOf = async (emulator: TestEmulator) =>
  (await emulator.get('/v2/cloudimages?__imagetype=private')).body.images

/** The end of a job that runs for a day of virtual time. */
async function endOf(emulator: TestEmulator, id: string): Promise<[string, string | null]> {
  await emulator.advance('24h')
  const { status, error_code } = (await emulator.job(id)).body
  return [status, error_code]
}

/** The effect of each shipped scenario as a client sees it. */
const EFFECTS: Readonly<Record<string, (emulator: TestEmulator) => Promise<void>>> = {
  async standard(emulator) {
    const id = jobOf(await create(emulator))
    await emulator.advance('5s')
    expect((await emulator.job(id)).body.status).toBe('RUNNING')
    await emulator.advance('1s')
    expect((await emulator.job(id)).body.status).toBe('SUCCESS')
  },
  async instant(emulator) {
    expect((await emulator.job(jobOf(await create(emulator)))).body.status).toBe('SUCCESS')
  },
  async realistic(emulator) {
    const id = jobOf(await create(emulator))
    await emulator.advance('354s')
    expect((await emulator.job(id)).body.status).toBe('RUNNING')
    await emulator.advance('1s')
    expect((await emulator.job(id)).body.status).toBe('SUCCESS')
  },
  async slow(emulator) {
    const id = jobOf(await create(emulator))
    await emulator.advance('29m')
    expect((await emulator.job(id)).body.status).toBe('RUNNING')
  },
  async 'import-fails'(emulator) {
    expect(await endOf(emulator, jobOf(await create(emulator)))).toEqual(['FAIL', 'IMG.0057'])
    expect(await imagesOf(emulator)).toEqual([])
    const fromServer = { name: 'server', instance_id: SERVER.web }
    expect(
      await endOf(
        emulator,
        jobOf(
          await emulator.post('/v1/cloudimages/wholeimages/action', {
            ...fromServer,
            instance_id: SERVER.csbs,
          }),
        ),
      ),
    ).toEqual(['SUCCESS', null])
  },
  async 'copy-fails'(emulator) {
    const image = await emulator.importImage()
    const copied = await emulator.post(`/v1/cloudimages/${image}/copy`, { name: 'copied' })
    expect(await endOf(emulator, jobOf(copied))).toEqual(['FAIL', 'IMG.0061'])
  },
  async 'export-fails'(emulator) {
    const image = await emulator.importImage()
    const target = { bucket_url: 'images:out.qcow2', file_format: 'qcow2' }
    const exported = await emulator.post(`/v1/cloudimages/${image}/file`, target)
    expect(await endOf(emulator, jobOf(exported))).toEqual(['FAIL', 'IMG.0069'])
  },
  async 'stuck-job'(emulator) {
    expect(await endOf(emulator, jobOf(await create(emulator)))).toEqual(['SUCCESS', null])
    expect(await endOf(emulator, jobOf(await create(emulator)))).toEqual(['RUNNING', null])
  },
  async 'quota-exhausted'(emulator) {
    expect((await create(emulator)).body.error.code).toBe('IMG.0015')
  },
  async 'quota-raised'(emulator) {
    expect((await create(emulator)).body.error.code).toBe('IMG.0015')
    await emulator.advance('1m')
    expect((await create(emulator)).status).toBe(200)
  },
  async throttled(emulator) {
    const statuses: number[] = []
    for (let n = 0; n < 5; n++) statuses.push((await emulator.get(LIST)).status)
    await emulator.advance('2s')
    for (let n = 0; n < 3; n++) statuses.push((await emulator.get(LIST)).status)
    expect(statuses).toEqual([200, 200, 429, 429, 429, 200, 200, 429])
  },
  async 'flaky-network'(emulator) {
    const outcomes: string[] = []
    for (let n = 0; n < 40; n++)
      outcomes.push(
        await emulator.get(LIST).then(
          ({ status }) => String(status),
          (error: Error) => error.message,
        ),
      )
    expect(new Set(outcomes)).toEqual(new Set(['200', 'fetch failed', 'terminated']))
  },
  async 'brown-out'(emulator) {
    const failures = async () => {
      let failed = 0
      for (let n = 0; n < 10; n++) if ((await emulator.get(LIST)).status === 503) failed++
      return failed
    }
    expect(await failures()).toBe(0)
    await emulator.advance('5s')
    expect(await failures()).toBeGreaterThan(0)
    await emulator.advance('10s')
    expect(await failures()).toBe(0)
  },
  async 'eventual-consistency'(emulator) {
    const id = jobOf(await create(emulator))
    await emulator.advance('10s')
    expect((await emulator.job(id)).body.status).toBe('SUCCESS')
    expect(await imagesOf(emulator)).toEqual([])
    await emulator.advance('20s')
    expect(await imagesOf(emulator)).toHaveLength(1)
  },
  async 'token-expiry'(emulator) {
    const user = { name: 'demo', password: 'demo-password', domain: { name: 'demo' } }
    const identity = { methods: ['password'], password: { user } }
    const scope = { project: { id: emulator.projectId } }
    const token = (await emulator.post('/v3/auth/tokens', { auth: { identity, scope } })).headers.get(
      'x-subject-token',
    )
    expect((await emulator.get(LIST, { token })).status).toBe(200)
    await emulator.advance('1m')
    expect((await emulator.get(LIST, { token })).body.error_msg).toContain('token expires')
  },
  async 'upload-unauthorized'(emulator) {
    const { id } = (
      await emulator.post('/v2/images', { name: 'x', disk_format: 'raw', container_format: 'bare' })
    ).body
    const upload = () =>
      emulator.request('PUT', `/v2/images/${id}/file`, {
        body: 'bytes',
        headers: { 'Content-Type': 'application/octet-stream' },
      })
    expect((await upload()).status).toBe(401)
    expect((await upload()).status).toBe(204)
  },
  async 'member-rejects'(emulator) {
    const [one = '', two = ''] = await addImages(emulator, {}, {})
    await emulator.post('/v1/cloudimages/members', { images: [one], domains: [PARTNER_DOMAIN] })
    await emulator.post(`/v2/images/${two}/members`, { member: PARTNER })
    await emulator.advance()
    for (const [id, member] of [
      [one, PARTNER_DOMAIN],
      [two, PARTNER],
    ])
      expect((await emulator.get(`/v2/images/${id}/members/${member}`)).body.status).toBe('rejected')
    const rejected = '/v2/cloudimages?__imagetype=shared&visibility=shared&member_status=rejected'
    const seen = (await emulator.get(rejected, asPartner)).body.images.map(({ id }: { id: string }) => id)
    expect(seen.sort()).toEqual([one, two].sort())
    await emulator.put(`/v2/images/${two}/members/${PARTNER}`, { status: 'accepted' }, asPartner)
    expect((await emulator.get(`/v2/images/${two}/members`)).body.members[0].status).toBe('accepted')
  },
  async 'kms-denied'(emulator) {
    const image = await emulator.importImage()
    const copy = (more: object) => emulator.post(`/v1/cloudimages/${image}/copy`, { name: 'copied', ...more })
    expect((await copy({ cmk_id: '0000-any' })).body.error.code).toBe('IMG.0099')
    expect((await copy({})).status).toBe(200)
  },
  async maintenance(emulator) {
    expect((await create(emulator)).status).toBe(503)
    expect((await emulator.get(LIST)).status).toBe(200)
  },
  async 'name-taken'(emulator) {
    expect((await create(emulator)).body.error.code).toBe('IMG.0009')
    expect((await create(emulator)).status).toBe(200)
  },
  async otc(emulator) {
    const { body } = await emulator.get('/v2/cloudimages?__imagetype=gold&name=Standard_Debian_11_latest')
    expect(body.images).toMatchObject([{ __platform: 'Debian', status: 'active' }])
    expect(emulator.region).toBe('eu-de')
  },
  async 'success-without-image'(emulator) {
    expect(await endOf(emulator, jobOf(await create(emulator)))).toEqual(['SUCCESS', null])
    expect((await imagesOf(emulator)).map(({ status }: { status: string }) => status)).toEqual(['killed'])
  },
}

describe('a shipped scenario', () => {
  const cloud = shippedScenarios().filter((name) => name !== 'glance-stock')

  test('every shipped scenario has a test here', () => {
    expect(Object.keys(EFFECTS).sort()).toEqual(cloud)
  })

  test.each(Object.entries(EFFECTS))('%s does what its summary says', async (scenario, show) => {
    await using emulator = await startTestEmulator({ scenario })
    await show(emulator)
  })
})
