import { describe } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect, type TestEmulator } from '../../emulator.ts'
import { asPartner, PARTNER } from '../../private-image.ts'
import { asNewcomer, asReader, DOMAIN, PARTNER_DOMAIN, PROJECT, strictTest as test } from '../../tenants.ts'
import {
  askForToken,
  byAgency,
  expectRefusal,
  expectUnauthenticated,
  PROJECT_SCOPE,
  tokenOf,
} from './requests.ts'

const project = ({ url }: TestEmulator, id: string, name: string, parent = DOMAIN, domain = DOMAIN) => ({
  id,
  name,
  description: '',
  domain_id: domain,
  parent_id: parent,
  enabled: true,
  is_domain: false,
  links: { self: `${url}/v3/projects/${id}` },
})
const listed = (emulator: TestEmulator, path: string, projects: object[]) => ({
  projects,
  links: { self: emulator.url + path, previous: null, next: null },
})
const namesAt = async (emulator: TestEmulator, path: string, sent = {}) =>
  (await emulator.get(path, sent)).body.projects.map(({ name }: { name: string }) => name)

const NOT_AUTHORIZED = 'You are not authorized to perform the requested action.'

describe('list of projects', () => {
  test("contains the projects of the caller's account only", async ({ emulator }) => {
    const reply = await emulator.get('/v3/projects')
    const own = [project(emulator, PROJECT, 'cn-north-4'), project(emulator, EAST.project, 'cn-east-3')]
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 200,
      body: listed(emulator, '/v3/projects', own),
    })
    const theirs = project(emulator, PARTNER, 'cn-north-4', PARTNER_DOMAIN, PARTNER_DOMAIN)
    const partner = await emulator.get('/v3/projects', asPartner)
    expect(partner.body).toEqual(listed(emulator, '/v3/projects', [theirs]))
  })

  test('filtered by name, contains the project with exactly that name', async ({ emulator }) => {
    const path = '/v3/projects?name=cn-north-4'
    const found = listed(emulator, path, [project(emulator, PROJECT, 'cn-north-4')])
    expect((await emulator.get(path)).body).toEqual(found)
    expect(await namesAt(emulator, '/v3/projects?name=cn-north')).toEqual([])
    expect(await namesAt(emulator, '/v3/projects?name=CN-NORTH-4')).toEqual([])
  })

  test('needs no right', async ({ emulator }) => {
    expect(await namesAt(emulator, '/v3/projects?name=cn-north-4', asNewcomer)).toEqual(['cn-north-4'])
  })

  test.for([
    [`domain_id=${DOMAIN}`, ['cn-north-4', 'cn-east-3']],
    [`parent_id=${DOMAIN}`, ['cn-north-4', 'cn-east-3']],
    [`parent_id=${PROJECT}`, []],
    ['enabled=true', ['cn-north-4', 'cn-east-3']],
    ['enabled=False', []],
    ['is_domain=false', ['cn-north-4', 'cn-east-3']],
    ['is_domain=true', []],
    ['page=1&per_page=1', ['cn-north-4']],
    ['page=2&per_page=1', ['cn-east-3']],
    ['page=3&per_page=1', []],
  ] as const)('is filtered by %s', async ([query, names], { emulator }) => {
    expect(await namesAt(emulator, `/v3/projects?${query}`)).toEqual(names)
  })

  test.for([
    ['enabled=yes', 'enabled: must be true or false'],
    ['page=0&per_page=1', 'page: must be a whole number from 1'],
    ['page=1&per_page=5001', 'per_page: Too big: expected number to be <=5000'],
    ['page=1', 'page and per_page must be sent together'],
  ] as const)('is refused with %s', async ([query, sentence], { emulator }) => {
    expectRefusal(await emulator.get(`/v3/projects?${query}`), 400, sentence)
  })

  test('of another account is refused', async ({ emulator }) => {
    expectRefusal(await emulator.get(`/v3/projects?domain_id=${PARTNER_DOMAIN}`), 403, NOT_AUTHORIZED)
  })

  test('needs credentials', async ({ emulator }) => {
    expectUnauthenticated(await emulator.get('/v3/projects', { token: null }), 'x-auth-token not found')
  })
})

describe("list of the caller's own projects", () => {
  test('contains the projects in which the caller has a role', async ({ emulator }) => {
    const all = [project(emulator, PROJECT, 'cn-north-4'), project(emulator, EAST.project, 'cn-east-3')]
    const reply = await emulator.get('/v3/auth/projects', asReader)
    expect(reply.body).toEqual(listed(emulator, '/v3/auth/projects', all))
    expect(await namesAt(emulator, '/v3/auth/projects', asNewcomer)).toEqual([])
    const roles = [{ role: 'IMS ReadOnlyAccess', project: EAST.project }]
    const user = { id: 'e'.repeat(32), name: 'east', project_id: PROJECT, token: 'east-token', roles }
    await emulator.post('/_ims/fixtures', { users: [user] })
    expect(await namesAt(emulator, '/v3/auth/projects', { token: 'east-token' })).toEqual(['cn-east-3'])
  })

  test('contains the projects of the agency that the caller has assumed', async ({ emulator }) => {
    const token = tokenOf(await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner))
    const { body } = await emulator.get('/v3/auth/projects', { token })
    expect(body.projects.map(({ id }: { id: string }) => id)).toEqual([PROJECT, EAST.project])
  })
})

describe('showing a project', () => {
  test('works for users of its account', async ({ emulator }) => {
    const reply = await emulator.get(`/v3/projects/${PROJECT}`, asNewcomer)
    expect([reply.status, reply.body]).toEqual([200, { project: project(emulator, PROJECT, 'cn-north-4') }])
  })

  test('of another account is refused, by its id and as a name in a list', async ({ emulator }) => {
    expectRefusal(await emulator.get(`/v3/projects/${PARTNER}`), 403, NOT_AUTHORIZED)
    expectRefusal(await emulator.get(`/v3/projects?name=${PARTNER}`), 403, NOT_AUTHORIZED)
    expect((await emulator.get(`/v3/projects?name=${PROJECT}`)).body.projects).toEqual([])
    expectRefusal(await emulator.get('/v3/projects/nowhere'), 404, 'Could not find project: nowhere.')
  })
})

describe('creating a project', () => {
  const create = (emulator: TestEmulator, fields: object, sent = {}) =>
    emulator.post('/v3/projects', { project: fields }, sent)

  test('puts it into the region that its name begins with', async ({ emulator }) => {
    const reply = await create(emulator, { name: 'cn-north-4_dev', parent_id: PROJECT, domain_id: DOMAIN })
    const { id } = reply.body.project
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 201,
      body: { project: project(emulator, id, 'cn-north-4_dev', PROJECT) },
    })
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect((await emulator.get('/v3/projects?name=cn-north-4_dev')).body.projects).toEqual([
      reply.body.project,
    ])
  })

  test("with the id of a region as name makes the region's first project, as clients do", async ({
    emulator,
  }) => {
    const reply = await create(emulator, { name: 'cn-east-3', domain_id: PARTNER_DOMAIN }, asPartner)
    const { id } = reply.body.project
    expect(reply.body.project).toEqual(project(emulator, id, 'cn-east-3', PARTNER_DOMAIN, PARTNER_DOMAIN))
    const images = await emulator.get('/v2/cloudimages?limit=1', {
      token: tokenOf(
        await askForToken(
          emulator,
          { methods: ['token'], token: { id: 'partner-token' } },
          { project: { name: 'cn-east-3' } },
        ),
      ),
    })
    expect(images.status).toBe(200)
  })

  test.for([
    [
      'a name without a region',
      { name: 'dev' },
      400,
      'The project name dev must be or begin with the id of a region and an underscore.',
    ],
    [
      'a taken name',
      { name: 'cn-east-3' },
      409,
      'Conflict occurred when attempting to store project - the name cn-east-3 is taken.',
    ],
    ['another account', { name: 'cn-east-3_x', domain_id: PARTNER_DOMAIN }, 403, NOT_AUTHORIZED],
    [
      'a parent of another account',
      { name: 'cn-east-3_x', parent_id: PARTNER },
      404,
      `Could not find project: ${PARTNER}.`,
    ],
    ['no name', {}, 400, 'project.name: Invalid input: expected string, received undefined'],
    [
      'a name of 65 letters',
      { name: `cn-east-3_${'x'.repeat(55)}` },
      400,
      'project.name: Too big: expected string to have <=64 characters',
    ],
  ] as const)('is refused with %s', async ([, fields, status, sentence], { emulator }) => {
    expectRefusal(await create(emulator, fields), status, sentence)
    expect(await namesAt(emulator, '/v3/projects')).toEqual(['cn-north-4', 'cn-east-3'])
  })

  test('needs a right', async ({ emulator }) => {
    const reply = await create(emulator, { name: 'cn-east-3_x' }, asReader)
    expectRefusal(reply, 403, "Policy doesn't allow iam:projects:createProject to be performed.")
  })
})
