import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const PUBLIC = '1ef2a30f-80ce-47cc-896a-b3aed49017be'
const THIRD = '0605767c3380d5911f1ac00a1c7d2e8b'
const TIME = '2024-05-06T07:08:09Z'
/** The id of the partner's project in Base64. */
const MARKER = 'MDYwNTc2N2I0NDgwZDU4NzJmMGVjMDBhZjVjMzdhOWI='

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
  const domain = { domain_id: '0605767c2280d5901f0dc00a0b1c2d3e', domain_name: 'third' }
  await emulator.post('/_ims/fixtures', {
    projects: [{ id: THIRD, name: 'cn-north-4', region: 'cn-north-4', ...domain }],
  })
  await addImages(
    emulator,
    {
      created_at: TIME,
      members: [{ project_id: PARTNER, status: 'pending' }, { project_id: THIRD }],
    },
    {},
    { owner: PARTNER },
  )
  return () => emulator.close()
})

const membersPath = (id: string, project = emulator.projectId) => `/v1/${project}/cloudimages/${id}/members`

const memberOf = (member_id: string, status: string) => ({
  status,
  created_at: TIME,
  updated_at: TIME,
  image_id: imageId(1),
  member_id,
  member_type: 'project',
  schema: '/v2/schemas/member',
})

plain('the owner lists every member', async () => {
  const reply = await emulator.get(membersPath(imageId(1)))
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    members: [memberOf(PARTNER, 'pending'), memberOf(THIRD, 'accepted')],
    schema: '/v2/schemas/members',
    page_info: { current_count: 2 },
  })
})

plain('a member lists only itself', async () => {
  const path = membersPath(imageId(1), PARTNER)
  expect((await emulator.get(path, asPartner)).body).toEqual({
    members: [memberOf(PARTNER, 'pending')],
    schema: '/v2/schemas/members',
    page_info: { current_count: 1 },
  })
  expectRefusal(await emulator.get(`${path}/${THIRD}`, asPartner), 'IMG.0114')
})

plain('an image without members has an empty list', async () => {
  expect((await emulator.get(membersPath(imageId(2)))).body).toEqual({
    members: [],
    schema: '/v2/schemas/members',
    page_info: { current_count: 0 },
  })
})

plain(
  'every page but the last has the marker of the next one, in Base64; an id is a marker too',
  async () => {
    const path = membersPath(imageId(1))
    const first = await emulator.get(`${path}?limit=1`)
    expect(first.body.members).toEqual([memberOf(PARTNER, 'pending')])
    expect(first.body.page_info).toEqual({ current_count: 1, next_marker: MARKER })
    for (const marker of [MARKER, PARTNER]) {
      const second = await emulator.get(`${path}?limit=1&marker=${marker}`)
      expect(second.body.members).toEqual([memberOf(THIRD, 'accepted')])
      expect(second.body.page_info).toEqual({ current_count: 1 })
    }
    const native = await emulator.get(`/v2/images/${imageId(1)}/members?limit=1`)
    expect(native.body.page_info).toEqual({ current_count: 1, next_marker: MARKER })
  },
)

plain('one member can be shown', async () => {
  const reply = await emulator.get(`${membersPath(imageId(1))}/${PARTNER}`)
  expect([reply.status, reply.body]).toEqual([200, memberOf(PARTNER, 'pending')])
})

describe('the members of an image are not shown', () => {
  plain.each([
    ['when the image id is malformed', 'x', 'IMG.0066'],
    ['when the image is unknown', NO_IMAGE, 'IMG.0027'],
    ['when the image belongs to another tenant', imageId(3), 'IMG.0027'],
    ['when the image is public', PUBLIC, 'IMG.0047'],
  ])('a request is refused %s', async (_when, id, code) => {
    expectRefusal(await emulator.get(membersPath(id)), code)
    expectRefusal(await emulator.get(`${membersPath(id)}/${PARTNER}`), code)
  })

  plain('a request with another project in its path is refused with IMG.0030', async () => {
    expectRefusal(await emulator.get(membersPath(imageId(1), PARTNER)), 'IMG.0030')
    expectRefusal(await emulator.get(`${membersPath(imageId(1), PARTNER)}/${THIRD}`), 'IMG.0030')
  })

  plain.each([
    ['a limit of 0', 'limit=0'],
    ['a limit above 1000', 'limit=1001'],
    ['a limit that is not a number', 'limit=all'],
    ['a marker that names no member', `marker=${NO_IMAGE}`],
  ])('a request with %s is refused with IMG.0001', async (_what, query) => {
    expectRefusal(await emulator.get(`${membersPath(imageId(1))}?${query}`), 'IMG.0001')
  })

  plain('a project that is not a member is refused with IMG.0114', async () => {
    expectRefusal(await emulator.get(`${membersPath(imageId(2))}/${PARTNER}`), 'IMG.0114')
  })
})
