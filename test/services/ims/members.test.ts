import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { startLimited } from '../../limited.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const PATH = '/v1/cloudimages/members'
const PUBLIC = '1ef2a30f-80ce-47cc-896a-b3aed49017be'
const THIRD = '0605767c3380d5911f1ac00a1c7d2e8b'
const ELSEWHERE = '0605767c4480d5922f1bc00a2d8e3f9c'

/** A third tenant in the region, and one of another region. */
async function addProjects(emulator: TestEmulator): Promise<void> {
  const domain = { domain_id: '0605767c2280d5901f0dc00a0b1c2d3e', domain_name: 'third' }
  const added = await emulator.post('/_ims/fixtures', {
    projects: [
      { id: THIRD, name: 'cn-north-4', region: 'cn-north-4', ...domain },
      { id: ELSEWHERE, name: 'cn-south-1', region: 'cn-south-1', ...domain },
    ],
  })
  expect(added.status).toBe(201)
}

const share = (emulator: TestEmulator, id: string, ...projects: string[]) =>
  emulator.post(PATH, { images: [id], projects })
const decide = (emulator: TestEmulator, id: string, status: string) =>
  emulator.put(PATH, { images: [id], project_id: PARTNER, status }, asPartner)

async function members(emulator: TestEmulator, id: string): Promise<[string, string][]> {
  const reply = await emulator.get(`/v1/${emulator.projectId}/cloudimages/${id}/members`)
  return reply.body.members.map((member: { member_id: string; status: string }) => [
    member.member_id,
    member.status,
  ])
}

describe('sharing, deciding and ending are jobs', () => {
  test('a job that adds members shows no entities in INIT and the result for each image and project at its end', async ({
    emulator,
  }) => {
    await addProjects(emulator)
    const [one = '', two = ''] = await addImages(emulator, {}, {})
    const created = await emulator.post(PATH, { images: [one, two], projects: [PARTNER, THIRD] })
    expect([created.status, created.body]).toEqual([200, { job_id: expect.stringMatching(/^[0-9a-f]{32}$/) }])
    const job = await emulator.job(created.body.job_id)
    const begin = job.body.begin_time
    expect(job.body).toEqual({
      job_id: created.body.job_id,
      job_type: 'imsAddImageMembersJob',
      begin_time: begin,
      end_time: '',
      status: 'INIT',
      error_code: null,
      fail_reason: null,
      entities: {},
    })
    expect(await members(emulator, one)).toEqual([])
    await emulator.advance()
    const ended = await emulator.job(created.body.job_id)
    expect(ended.body).toEqual({
      ...job.body,
      end_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      status: 'SUCCESS',
      entities: {
        results: [one, two].flatMap((image_id) =>
          [PARTNER, THIRD].map((project_id) => ({ image_id, project_id, status: 'success' })),
        ),
      },
    })
    const both = [
      [PARTNER, 'pending'],
      [THIRD, 'pending'],
    ]
    expect(await members(emulator, one)).toEqual(both)
    expect(await members(emulator, two)).toEqual(both)
  })

  test('a member can accept an image and reject it later', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER, status: 'pending' }] })
    for (const status of ['accepted', 'rejected', 'accepted']) {
      const created = await decide(emulator, id, status)
      expect([created.status, created.body]).toEqual([
        200,
        { job_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ])
      await emulator.advance()
      const job = await emulator.get(`/v1/${PARTNER}/jobs/${created.body.job_id}`, asPartner)
      expect(job.body).toMatchObject({
        job_type: 'imsUpdateImageMembersJob',
        status: 'SUCCESS',
        entities: { results: [{ image_id: id, project_id: PARTNER, status: 'success' }] },
      })
      expect(await members(emulator, id)).toEqual([[PARTNER, status]])
    }
  })

  test('the end of a sharing removes the member and has no results, and ending it again succeeds', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER }] })
    for (const _ of ['first', 'again']) {
      const created = await emulator.delete(PATH, { images: [id], projects: [PARTNER] })
      expect(created.status).toBe(200)
      await emulator.advance()
      expect((await emulator.job(created.body.job_id)).body).toMatchObject({
        job_type: 'imsDelImageMembersJob',
        status: 'SUCCESS',
        entities: { results: [] },
      })
      expect(await members(emulator, id)).toEqual([])
    }
  })

  test('a second sharing keeps an accepted member and sets a rejected one to pending', async ({
    emulator,
  }) => {
    await addProjects(emulator)
    const [id = ''] = await addImages(emulator, {
      members: [{ project_id: PARTNER, status: 'rejected' }, { project_id: THIRD }],
    })
    await share(emulator, id, PARTNER, THIRD)
    await emulator.advance()
    expect(await members(emulator, id)).toEqual([
      [PARTNER, 'pending'],
      [THIRD, 'accepted'],
    ])
  })
})

describe('a job that finds its image gone', () => {
  test('a job that adds members fails with IMG.0112 for a deleted image and shares the other one', async ({
    emulator,
  }) => {
    const [gone = '', kept = ''] = await addImages(emulator, {}, {})
    const created = await emulator.post(PATH, { images: [gone, kept], projects: [PARTNER] })
    expect((await emulator.delete(`/v2/images/${gone}`)).status).toBe(204)
    await emulator.advance()
    expect((await emulator.job(created.body.job_id)).body).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0112',
      fail_reason: 'Failed to add the tenant.',
      entities: {
        results: [
          { image_id: gone, project_id: PARTNER, status: 'fail' },
          { image_id: kept, project_id: PARTNER, status: 'success' },
        ],
      },
    })
    expect(await members(emulator, kept)).toEqual([[PARTNER, 'pending']])
  })

  test('a job that removes members of a deleted image fails with IMG.0113', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER }] })
    const created = await emulator.delete(PATH, { images: [id], projects: [PARTNER] })
    await emulator.delete(`/v2/images/${id}`)
    await emulator.advance()
    expect((await emulator.job(created.body.job_id)).body).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0113',
      entities: { results: [] },
    })
  })

  test('a job that accepts an image fails with IMG.0114 when the sharing has ended meanwhile', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER, status: 'pending' }] })
    await emulator.delete(PATH, { images: [id], projects: [PARTNER] })
    const created = await decide(emulator, id, 'accepted')
    await emulator.advance()
    expect((await emulator.get(`/v1/${PARTNER}/jobs/${created.body.job_id}`, asPartner)).body).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0114',
      entities: { results: [{ image_id: id, project_id: PARTNER, status: 'fail' }] },
    })
  })
})

describe('a request on members is refused', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addProjects(emulator)
    await addImages(
      emulator,
      {},
      { status: 'queued' },
      { owner: PARTNER, members: [{ project_id: emulator.projectId }] },
      { owner: PARTNER },
      { imagetype: 'private', members: [{ project_id: PARTNER, status: 'pending' }] },
    )
    return () => emulator.close()
  })

  const [own, queued, sharedIn, foreign, pending] = [1, 2, 3, 4, 5].map(imageId)
  const projects = [PARTNER]
  const common: [string, unknown, string][] = [
    ['without images', { projects }, 'IMG.0066'],
    ['with an empty list of images', { images: [], projects }, 'IMG.0066'],
    ['with an image id that is not a text', { images: [1], projects }, 'IMG.0066'],
    ['with a malformed image id', { images: ['x'], projects }, 'IMG.0066'],
    ['without a recipient', { images: [own] }, 'IMG.0001'],
    [
      'with three empty lists of recipients',
      { images: [own], projects: [], domains: [], organizations: [] },
      'IMG.0001',
    ],
    ['with projects that are no list', { images: [own], projects: PARTNER }, 'IMG.0067'],
    ['with an empty project id', { images: [own], projects: [''] }, 'IMG.0067'],
    ['with an empty account id', { images: [own], domains: [''] }, 'IMG.0067'],
    ['with an organisation that is no URN', { images: [own], organizations: ['o-demo'] }, 'IMG.0067'],
    ['for an unknown image', { images: [NO_IMAGE], projects }, 'IMG.0027'],
    ['for a public image', { images: [PUBLIC], projects }, 'IMG.0089'],
    ['for an image that was shared with the project', { images: [sharedIn], projects: [THIRD] }, 'IMG.0047'],
    ['for an image of another tenant', { images: [foreign], projects: [THIRD] }, 'IMG.0106'],
  ]
  plain.each(common)(
    'a request %s is refused, both to add and to remove members',
    async (_when, body, code) => {
      expectRefusal(await emulator.post(PATH, body), code)
      expectRefusal(await emulator.delete(PATH, body), code)
    },
  )

  plain('a request for a market image is refused with IMG.0107', async () => {
    const market = await emulator.get('/v2/cloudimages?__imagetype=market&limit=1')
    const images = [market.body.images[0].id]
    expectRefusal(await emulator.post(PATH, { images, projects }), 'IMG.0107')
    const decided = { images, project_id: emulator.projectId, status: 'accepted' }
    expectRefusal(await emulator.put(PATH, decided), 'IMG.0107')
  })

  plain.each([
    ['that shares an image which is not active', { images: [queued], projects }, 'IMG.0046'],
    ['that shares with its own project', 'self', 'IMG.0076'],
    ['that shares with an unknown project', { images: [own], projects: ['f'.repeat(32)] }, 'IMG.0108'],
    ['that shares with a project of another region', { images: [own], projects: [ELSEWHERE] }, 'IMG.0108'],
  ])('a request %s is refused', async (_when, body, code) => {
    const sent = body === 'self' ? { images: [own], projects: [emulator.projectId] } : body
    expectRefusal(await emulator.post(PATH, sent), code)
  })

  plain('a request with one image that cannot be shared shares none of its images', async () => {
    expectRefusal(await emulator.post(PATH, { images: [own, queued], projects }), 'IMG.0046')
    await emulator.advance()
    expect(await members(emulator, String(own))).toEqual([])
  })

  const decision = { project_id: PARTNER, status: 'accepted' }
  plain.each([
    ['that decides about an empty list of images', { images: [], ...decision }, 'IMG.0066'],
    ['that decides about a malformed image id', { images: ['x'], ...decision }, 'IMG.0066'],
    ['that decides without a project', { images: [pending], status: 'accepted' }, 'IMG.0067'],
    [
      'that decides for another project',
      { images: [pending], project_id: THIRD, status: 'accepted' },
      'IMG.0030',
    ],
    ['that decides without a status', { images: [pending], project_id: PARTNER }, 'IMG.0001'],
    [
      'that sets a member to pending',
      { images: [pending], project_id: PARTNER, status: 'pending' },
      'IMG.0001',
    ],
    ['that names a vault which is not a text', { images: [pending], ...decision, vault_id: 1 }, 'IMG.0184'],
    ['that decides about an unknown image', { images: [NO_IMAGE], ...decision }, 'IMG.0027'],
    ['that decides about an image that was not shared', { images: [own], ...decision }, 'IMG.0027'],
    ['that decides about a public image', { images: [PUBLIC], ...decision }, 'IMG.0089'],
    ['that decides about an image of its own', { images: [foreign], ...decision }, 'IMG.0076'],
  ])('a request %s is refused', async (_when, body, code) => {
    expectRefusal(await emulator.put(PATH, body, asPartner), code)
    expect(await members(emulator, String(pending))).toEqual([[PARTNER, 'pending']])
  })
})

describe('an encrypted image', () => {
  test('sharing an encrypted image with a project without a grant of its key is refused with IMG.0098', async ({
    emulator,
  }) => {
    await addProjects(emulator)
    const key = { project_id: emulator.projectId }
    await emulator.post('/_ims/fixtures', {
      keys: [
        { ...key, id: 'custom', alias: 'mine', grants: [PARTNER] },
        { ...key, id: 'default', alias: 'ims/default', default: true, grants: [PARTNER] },
      ],
    })
    const encrypted = (id: string) => ({ attributes: { __system__cmkid: id } })
    const [custom = '', standard = '', lost = ''] = await addImages(
      emulator,
      encrypted('custom'),
      encrypted('default'),
      encrypted('deleted key'),
    )
    expectRefusal(await share(emulator, custom, PARTNER, THIRD), 'IMG.0098')
    expectRefusal(await share(emulator, standard, PARTNER), 'IMG.0098')
    expectRefusal(await share(emulator, lost, PARTNER), 'IMG.0098')
    expect((await share(emulator, custom, PARTNER)).status).toBe(200)
  })
})

describe('the limits of sharing', () => {
  plain('more members than the limit of an image are refused with IMG.0088', async () => {
    await using emulator = await startLimited({ members_per_image: 1 })
    await addProjects(emulator)
    const [id = ''] = await addImages(emulator, {})
    expectRefusal(await share(emulator, id, PARTNER, THIRD), 'IMG.0088')
    expect((await share(emulator, id, PARTNER)).status).toBe(200)
    await emulator.advance()
    expectRefusal(await share(emulator, id, THIRD), 'IMG.0088')
    expect((await share(emulator, id, PARTNER)).status).toBe(200)
  })

  plain('the later of two jobs that exceed the limit together fails with IMG.0088', async () => {
    await using emulator = await startLimited({ members_per_image: 1 })
    await addProjects(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, PARTNER)
    const late = await share(emulator, id, THIRD)
    await emulator.advance()
    expect((await emulator.job(late.body.job_id)).body).toMatchObject({
      status: 'FAIL',
      error_code: 'IMG.0088',
      entities: { results: [{ image_id: id, project_id: THIRD, status: 'fail' }] },
    })
    expect(await members(emulator, id)).toEqual([[PARTNER, 'pending']])
  })

  plain(
    'sharing another image is refused with IMG.0088 when the accepted images reach the limit of the project',
    async () => {
      await using emulator = await startLimited({ shared_images: 1 })
      const [_accepted, waiting = '', another = ''] = await addImages(
        emulator,
        { members: [{ project_id: PARTNER, status: 'accepted' }] },
        { members: [{ project_id: PARTNER, status: 'pending' }] },
        {},
      )
      expectRefusal(await share(emulator, another, PARTNER), 'IMG.0088')
      expect((await share(emulator, waiting, PARTNER)).status).toBe(200)
    },
  )
})
