import { describe } from 'vitest'
import { expect, type TestEmulator } from '../../emulator.ts'
import {
  ADMIN_ROLE,
  asA,
  asAdmin,
  issued,
  MEMBER_ROLE,
  PROJECT_A,
  PROJECT_B,
  READER_ROLE,
  signIn,
  keystoneTest as test,
  USER_A,
} from './keystone.ts'

interface Named {
  id: string
  name: string
}

const names = (list: readonly Named[]) => list.map(({ name }) => name)

/** Creates a thing as the administrator and returns it. */
async function create(cloud: TestEmulator, noun: string, fields: object) {
  const reply = await cloud.post(`/v3/${noun}s`, { [noun]: fields }, asAdmin)
  expect(reply.status).toBe(201)
  return reply.body[noun]
}

const grant = (cloud: TestEmulator, target: string, user: string, role: string) =>
  cloud.put(`/v3/${target}/users/${user}/roles/${role}`, undefined, asAdmin)

describe('the administrator of Keystone', () => {
  test('makes a project and a user with a role in it, who then works there until all is deleted', async ({
    cloud,
  }) => {
    const project = await create(cloud, 'project', { name: 'p', description: 'made', domain_id: 'default' })
    expect(project).toMatchObject({
      domain_id: 'default',
      parent_id: 'default',
      enabled: true,
      is_domain: false,
    })
    const user = await create(cloud, 'user', { name: 'u', password: 'u-password', email: 'u@example.org' })
    expect(user).toMatchObject({ domain_id: 'default', enabled: true, email: 'u@example.org' })
    expect(user).not.toHaveProperty('default_project_id')
    const scope = { project: { id: project.id } }
    expect((await signIn(cloud, 'u', scope)).status).toBe(401)
    expect((await grant(cloud, `projects/${project.id}`, user.id, MEMBER_ROLE)).status).toBe(204)
    const own = issued(await signIn(cloud, 'u', scope))
    expect((await cloud.post('/v2/images', { name: 'x' }, own)).body.owner).toBe(project.id)
    expect(names((await cloud.get('/v3/auth/projects', own)).body.projects)).toEqual(['p'])
    expect((await cloud.delete(`/v3/users/${user.id}`, undefined, asAdmin)).status).toBe(204)
    expect((await cloud.get('/v2/images', own)).status).toBe(401)
    expect((await cloud.delete(`/v3/projects/${project.id}`, undefined, asAdmin)).status).toBe(204)
    expect((await cloud.get(`/v3/projects/${project.id}`, asAdmin)).body.error).toEqual({
      code: 404,
      message: `Could not find project: ${project.id}.`,
      title: 'Not Found',
    })
  })

  test('lists, finds and changes projects', async ({ cloud }) => {
    const { id } = await create(cloud, 'project', { name: 'p' })
    const list = async (query: string) =>
      names((await cloud.get(`/v3/projects?${query}`, asAdmin)).body.projects)
    expect(await list('')).toEqual(['admin', 'a', 'b', 'c', 'p'])
    expect(await list('name=p&domain_id=default&enabled=true&parent_id=default')).toEqual(['p'])
    expect(await list('is_domain=true')).toEqual([])
    expect((await cloud.post('/v3/projects', { project: { name: 'p' } }, asAdmin)).status).toBe(409)
    const patched = await cloud.patch(
      `/v3/projects/${id}`,
      { project: { name: 'q', description: 'new', enabled: false } },
      asAdmin,
    )
    expect(patched.body.project).toMatchObject({ name: 'q', description: 'new', enabled: false })
    expect(await list('enabled=false')).toEqual(['q'])
  })

  test('a disabled project and a disabled user get no token, and lose those that they have', async ({
    cloud,
  }) => {
    const before = issued(await signIn(cloud, 'a'))
    await cloud.patch(`/v3/projects/${PROJECT_A}`, { project: { enabled: false } }, asAdmin)
    expect((await cloud.get('/v2/images', before)).status).toBe(401)
    expect((await signIn(cloud, 'a', { project: { id: PROJECT_A } })).status).toBe(401)
    await cloud.patch(`/v3/projects/${PROJECT_A}`, { project: { enabled: true } }, asAdmin)
    const again = issued(await signIn(cloud, 'a'))
    await cloud.patch(`/v3/users/${USER_A}`, { user: { enabled: false } }, asAdmin)
    expect((await cloud.get('/v2/images', again)).status).toBe(401)
    expect((await signIn(cloud, 'a')).status).toBe(403)
  })

  test('makes, changes and deletes users', async ({ cloud }) => {
    const { id } = await create(cloud, 'user', { name: 'u', default_project_id: PROJECT_B, description: 'd' })
    const show = async (sent = asAdmin) => (await cloud.get(`/v3/users/${id}`, sent)).body.user
    expect(await show()).toMatchObject({ default_project_id: PROJECT_B, description: 'd' })
    expect((await cloud.post('/v3/users', { user: { name: 'u' } }, asAdmin)).status).toBe(409)
    const change = { name: 'v', password: 'v-password', default_project_id: null, email: 'v@example.org' }
    const patched = await cloud.patch(`/v3/users/${id}`, { user: change }, asAdmin)
    expect(patched.body.user).toMatchObject({ name: 'v', email: 'v@example.org' })
    expect(await show()).not.toHaveProperty('default_project_id')
    const own = issued(await signIn(cloud, 'v'))
    expect((await show(own)).name).toBe('v')
    const users = async (query: string) => names((await cloud.get(`/v3/users?${query}`, asAdmin)).body.users)
    expect(await users('name=v&domain_id=default&enabled=true')).toEqual(['v'])
    expect(await users('domain_id=other')).toEqual([])
  })

  test('a password is changed by the old one, which revokes the tokens of before', async ({ cloud }) => {
    const before = issued(await signIn(cloud, 'a'))
    const change = (original_password: string) =>
      cloud.post(
        `/v3/users/${USER_A}/password`,
        { user: { original_password, password: 'another' } },
        { token: null },
      )
    expect((await change('wrong')).status).toBe(401)
    expect((await change('a-password')).status).toBe(204)
    expect((await cloud.get('/v2/images', before)).status).toBe(401)
    expect((await signIn(cloud, 'a')).status).toBe(401)
    expect((await signIn(cloud, 'a', undefined, 'another')).status).toBe(201)
  })

  test('makes, changes and deletes roles, but not those that every world has', async ({ cloud }) => {
    const { id } = await create(cloud, 'role', { name: 'operator', description: 'd' })
    const { roles } = (await cloud.get('/v3/roles', asAdmin)).body
    expect(names(roles)).toEqual(['admin', 'member', 'reader', 'operator'])
    expect(names((await cloud.get('/v3/roles?name=member', asAdmin)).body.roles)).toEqual(['member'])
    expect((await cloud.post('/v3/roles', { role: { name: 'member' } }, asAdmin)).status).toBe(409)
    await grant(cloud, `projects/${PROJECT_A}`, USER_A, id)
    expect((await signIn(cloud, 'a')).body.token.roles).toContainEqual({ id, name: 'operator' })
    await cloud.patch(`/v3/roles/${id}`, { role: { name: 'renamed' } }, asAdmin)
    expect((await signIn(cloud, 'a')).body.token.roles).toContainEqual({ id, name: 'renamed' })
    expect((await cloud.get(`/v3/roles/${id}`, asAdmin)).body.role).toMatchObject({
      name: 'renamed',
      description: 'd',
      domain_id: null,
    })
    expect((await cloud.delete(`/v3/roles/${id}`, undefined, asAdmin)).status).toBe(204)
    expect((await cloud.get(`/v3/roles/${id}`, asAdmin)).status).toBe(404)
    expect(names((await signIn(cloud, 'a')).body.token.roles)).toEqual(['member', 'reader'])
    expect((await cloud.delete(`/v3/roles/${ADMIN_ROLE}`, undefined, asAdmin)).status).toBe(403)
  })

  test('grants a role in a project, shows it, and takes it away', async ({ cloud }) => {
    const path = `/v3/projects/${PROJECT_B}/users/${USER_A}/roles`
    expect((await cloud.get(path, asAdmin)).body.roles).toEqual([])
    expect((await cloud.request('HEAD', `${path}/${READER_ROLE}`, asAdmin)).status).toBe(404)
    for (const _ of ['once', 'again'])
      expect((await cloud.put(`${path}/${READER_ROLE}`, undefined, asAdmin)).status).toBe(204)
    expect(names((await cloud.get(path, asAdmin)).body.roles)).toEqual(['reader'])
    expect((await cloud.request('HEAD', `${path}/${READER_ROLE}`, asAdmin)).status).toBe(204)
    expect(names((await cloud.get(`/v3/users/${USER_A}/projects`, asA)).body.projects)).toEqual(['a', 'b'])
    const query = `user.id=${USER_A}&scope.project.id=${PROJECT_B}&role.id=${READER_ROLE}&include_names`
    const domain = { id: 'default', name: 'Default' }
    expect((await cloud.get(`/v3/role_assignments?${query}`, asAdmin)).body.role_assignments).toEqual([
      {
        role: { id: READER_ROLE, name: 'reader' },
        user: { id: USER_A, name: 'a', domain },
        scope: { project: { id: PROJECT_B, name: 'b', domain } },
        links: { assignment: `${cloud.url}${path}/${READER_ROLE}` },
      },
    ])
    expect((await cloud.delete(`${path}/${READER_ROLE}`, undefined, asAdmin)).status).toBe(204)
    expect((await cloud.delete(`${path}/${READER_ROLE}`, undefined, asAdmin)).status).toBe(404)
    expect((await signIn(cloud, 'a', { project: { id: PROJECT_B } })).status).toBe(401)
  })

  test('makes a domain with a user and a project of its own, and deletes it once it is disabled', async ({
    cloud,
  }) => {
    const domain = await create(cloud, 'domain', { name: 'd', description: 'x' })
    expect(names((await cloud.get('/v3/domains?name=d', asAdmin)).body.domains)).toEqual(['d'])
    expect((await cloud.post('/v3/domains', { domain: { name: 'd' } }, asAdmin)).status).toBe(409)
    const user = await create(cloud, 'user', { name: 'u', password: 'p', domain_id: domain.id })
    const project = await create(cloud, 'project', { name: 'p', domain_id: domain.id })
    await grant(cloud, `domains/${domain.id}`, user.id, ADMIN_ROLE)
    const identity = { methods: ['password'], password: { user: { id: user.id, password: 'p' } } }
    const scoped = (scope: object) =>
      cloud.post('/v3/auth/tokens', { auth: { identity, scope } }, { token: null })
    const inDomain = await scoped({ domain: { id: domain.id } })
    expect(inDomain.body.token).toMatchObject({
      domain: { id: domain.id, name: 'd' },
      roles: [{ name: 'admin' }],
    })
    expect((await scoped({ project: { id: project.id } })).status).toBe(401)
    expect((await cloud.get(`/v3/domains/${domain.id}`, issued(inDomain))).body.domain).toMatchObject({
      description: 'x',
    })
    expect((await cloud.delete(`/v3/domains/${domain.id}`, undefined, asAdmin)).body.error.message).toBe(
      'Cannot delete a domain that is enabled, please disable it first.',
    )
    await cloud.patch(`/v3/domains/${domain.id}`, { domain: { enabled: false } }, asAdmin)
    expect((await scoped({ domain: { id: domain.id } })).status).toBe(401)
    expect((await cloud.delete(`/v3/domains/${domain.id}`, undefined, asAdmin)).status).toBe(204)
    for (const path of [`domains/${domain.id}`, `projects/${project.id}`, `users/${user.id}`])
      expect([path, (await cloud.get(`/v3/${path}`, asAdmin)).status]).toEqual([path, 404])
  })

  test('gives a user a role in a project of another domain, whose token acts there', async ({ cloud }) => {
    const domain = await create(cloud, 'domain', { name: 'd' })
    const project = await create(cloud, 'project', { name: 'p', domain_id: domain.id })
    await grant(cloud, `projects/${project.id}`, USER_A, MEMBER_ROLE)
    const reply = await signIn(cloud, 'a', { project: { id: project.id } })
    expect(reply.body.token).toMatchObject({
      project: { id: project.id, domain: { id: domain.id, name: 'd' } },
      user: { id: USER_A, domain: { id: 'default' } },
      roles: [{ name: 'member' }],
    })
    expect((await cloud.post('/v2/images', {}, issued(reply))).body.owner).toBe(project.id)
  })

  test('is the only one who may do so, while all may look at themselves', async ({ cloud }) => {
    for (const [method, path, json] of [
      ['GET', '/v3/domains', undefined],
      ['GET', '/v3/projects', undefined],
      ['GET', '/v3/roles', undefined],
      ['GET', '/v3/role_assignments', undefined],
      ['GET', `/v3/projects/${PROJECT_B}`, undefined],
      ['POST', '/v3/projects', { project: { name: 'x' } }],
      ['POST', '/v3/users', { user: { name: 'x' } }],
      ['PUT', `/v3/projects/${PROJECT_A}/users/${USER_A}/roles/${ADMIN_ROLE}`, undefined],
    ] as const)
      expect([path, (await cloud.request(method, path, { json, ...asA })).status]).toEqual([path, 403])
    for (const path of [`users/${USER_A}`, `projects/${PROJECT_A}`, 'domains/default'])
      expect([path, (await cloud.get(`/v3/${path}`, asA)).status]).toEqual([path, 200])
  })

  test('deletes the default project of a user, who then has none', async ({ cloud }) => {
    expect((await cloud.delete(`/v3/projects/${PROJECT_A}`, undefined, asAdmin)).status).toBe(204)
    const { user } = (await cloud.get(`/v3/users/${USER_A}`, asAdmin)).body
    expect(user).not.toHaveProperty('default_project_id')
    expect((await signIn(cloud, 'a')).body.token).not.toHaveProperty('project')
    expect(names((await cloud.get('/v3/projects', asAdmin)).body.projects)).toEqual(['admin', 'b', 'c'])
  })
})
