import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { addImages, imageId } from '../../private-image.ts'

const DOMAIN = '0605767a7780d5e50fe5c00a6d1b1c2a'
const PRODUCTION = '60000000-0000-4000-8000-000000000001'
const TESTING = '60000000-0000-4000-8000-000000000002'
const SOMEBODY = { token: 'somebody-token' }
const [IN_PRODUCTION, IN_TESTING, IN_NONE] = [imageId(1), imageId(2), imageId(3)]

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator({ auth: { mode: 'strict' } })
  await addImages(
    emulator,
    { id: IN_PRODUCTION, name: 'production', attributes: { enterprise_project_id: PRODUCTION } },
    { id: IN_TESTING, name: 'testing', attributes: { enterprise_project_id: TESTING } },
    { id: IN_NONE, name: 'none' },
  )
  await emulator.post('/_ims/fixtures', {
    policies: [
      {
        name: 'copier',
        domain_id: DOMAIN,
        document: {
          Version: '1.1',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['ims:images:*', 'ims:serverImages:create', 'eps:*:get', 'eps:resources:list'],
            },
          ],
        },
      },
      {
        name: 'reads files',
        domain_id: DOMAIN,
        document: { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['obs:object:GetObject'] }] },
      },
    ],
    users: [
      {
        id: 'somebody',
        name: 'somebody',
        project_id: emulator.projectId,
        roles: [{ role: 'copier', enterprise_project: PRODUCTION }, 'reads files'],
        ...SOMEBODY,
      },
    ],
  })
})
afterAll(() => emulator.close())
beforeEach(() => emulator.advance())

const namesOf = async (query: string) => {
  const { body } = await emulator.get(`/v2/cloudimages?__imagetype=private${query}`, SOMEBODY)
  return body.images.map(({ name }: { name: string }) => name)
}

test.each(['', '&enterprise_project_id=all_granted_eps', `&enterprise_project_id=${PRODUCTION}`])(
  'a list with the query "%s" shows only images that the caller has rights in',
  async (query) => {
    expect(await namesOf(query)).toEqual(['production'])
  },
)

test('public images are listed for a caller with rights in one enterprise project', async () => {
  const { body } = await emulator.get('/v2/cloudimages?__imagetype=gold&limit=3', SOMEBODY)
  expect(body.images).toHaveLength(3)
})

test('a list of an enterprise project without rights is refused', async () => {
  const reply = await emulator.get(`/v2/cloudimages?enterprise_project_id=${TESTING}`, SOMEBODY)
  expect(reply.status).toBe(403)
})

test('an image can be read and changed only in enterprise projects where the caller has the right', async () => {
  const rename = [{ op: 'replace', path: '/name', value: 'production' }]
  expect((await emulator.get(`/v2/images/${IN_PRODUCTION}`, SOMEBODY)).status).toBe(200)
  expect((await emulator.patch(`/v2/cloudimages/${IN_PRODUCTION}`, rename, SOMEBODY)).status).toBe(200)
  for (const id of [IN_TESTING, IN_NONE]) {
    expect((await emulator.get(`/v2/images/${id}`, SOMEBODY)).status).toBe(403)
    expect((await emulator.patch(`/v2/cloudimages/${id}`, rename, SOMEBODY)).status).toBe(403)
  }
})

test('an image can be created only in enterprise projects where the caller has the right', async () => {
  const file = { name: 'new', image_url: 'images:tiny.qcow2', min_disk: 1 }
  const into = (id: string) =>
    emulator.post('/v2/cloudimages/action', { ...file, enterprise_project_id: id }, SOMEBODY)
  expect((await into(TESTING)).status).toBe(403)
  expect((await emulator.post('/v2/cloudimages/action', file, SOMEBODY)).status).toBe(403)
  expect((await into(PRODUCTION)).status).toBe(200)
})

test('calls without support for enterprise projects are refused', async () => {
  expect((await emulator.get('/v2/images', SOMEBODY)).status).toBe(403)
  expect((await emulator.get(`/v2/images/${IN_PRODUCTION}/members`, SOMEBODY)).status).toBe(403)
})

test('the caller can show its own enterprise project only', async () => {
  const statusOf = async (id: string) =>
    (await emulator.get(`/v1.0/enterprise-projects/${id}`, SOMEBODY)).status
  expect(await statusOf(PRODUCTION)).toBe(200)
  expect(await statusOf(TESTING)).toBe(403)
  const filter = { projects: [emulator.projectId], resource_types: ['images'] }
  const listed = await emulator.post(
    `/v1.0/enterprise-projects/${PRODUCTION}/resources/filter`,
    filter,
    SOMEBODY,
  )
  expect(listed.status).toBe(200)
})
