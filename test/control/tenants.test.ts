import { describe } from 'vitest'
import { expect, type Reply, type TestEmulator } from '../emulator.ts'
import { askForToken, byPassword, newToken, PROJECT_SCOPE } from '../services/iam/requests.ts'
import {
  asNewcomer,
  asReader,
  DOMAIN,
  expectProblem,
  NEWCOMER,
  PARTNER_DOMAIN,
  PARTNER_USER,
  PROJECT,
  policyOn,
  READER,
  READERS,
  strictTest as test,
} from '../tenants.ts'

const LIST = '/v2/cloudimages'
const reader = {
  id: READER,
  name: 'reader',
  domain_id: DOMAIN,
  project_id: PROJECT,
  enabled: true,
  roles: [],
  groups: ['readers'],
}

/** What the control plane shows of one kind of tenants. */
async function shown(emulator: TestEmulator, kind: string) {
  return (await emulator.get('/_ims/tenants', { token: null })).body[kind]
}

function expectSuccess(reply: Reply, body: unknown): void {
  expect({ status: reply.status, body: reply.body }).toEqual({ status: 200, body })
}

describe('GET /_ims/tenants', () => {
  test('shows accounts, projects, users, groups, agencies and enterprise projects without credentials', async ({
    emulator,
  }) => {
    const { status, body } = await emulator.get('/_ims/tenants', { token: null })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      domains: [
        { id: DOMAIN, name: 'demo' },
        { id: PARTNER_DOMAIN, name: 'partner' },
      ],
      groups: [
        { id: READERS, name: 'readers', domain_id: DOMAIN, roles: ['IMS ReadOnlyAccess'], users: [READER] },
      ],
      policies: [],
    })
    expect(body.users).toContainEqual(reader)
    expect(body.projects).toContainEqual({
      id: PROJECT,
      name: 'cn-north-4',
      region: 'cn-north-4',
      domain_id: DOMAIN,
    })
    expect(body.agencies).toContainEqual({
      name: 'partner_reads_images',
      domain_id: DOMAIN,
      projects: null,
      trusted_domain_id: PARTNER_DOMAIN,
      roles: ['IMS ReadOnlyAccess'],
    })
    const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
    expect(body.enterprise_projects).toContainEqual({
      id: '60000000-0000-4000-8000-000000000003',
      name: 'retired',
      domain_id: DOMAIN,
      description: '',
      enabled: false,
      created_at: time,
      updated_at: time,
    })
  })

  test('shows no password, token, secret key, or hash of one', async ({ emulator }) => {
    const { text } = await emulator.get('/_ims/tenants')
    expect(text).not.toMatch(/-password|-token|secret|DEMOACCESSKEY|[0-9a-f]{32}:[0-9a-f]|[0-9a-f]{64}/)
  })
})

describe('PATCH /_ims/users/{user_id}', () => {
  const path = `/_ims/users/${READER}`

  test('a disabled user is refused at its next request; an enabled one is accepted again', async ({
    emulator,
  }) => {
    expectSuccess(await emulator.patch(path, { enabled: false }), { ...reader, enabled: false })
    expect((await emulator.get(LIST, asReader)).status).toBe(401)
    expectSuccess(await emulator.patch(path, { enabled: true }), reader)
    expect((await emulator.get(LIST, asReader)).status).toBe(200)
  })

  test('new roles replace the old ones at the next request', async ({ emulator }) => {
    expect((await emulator.get(LIST, asNewcomer)).status).toBe(403)
    const roles = [{ role: 'IMS ReadOnlyAccess', project: PROJECT }]
    expectSuccess(await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles }), {
      ...reader,
      id: NEWCOMER,
      name: 'newcomer',
      roles,
      groups: [],
    })
    expect((await emulator.get(LIST, asNewcomer)).status).toBe(200)
    await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles: [] })
    expect((await emulator.get(LIST, asNewcomer)).status).toBe(403)
  })

  test('a new password is accepted, and the old one is refused', async ({ emulator }) => {
    expectSuccess(await emulator.patch(path, { password: 'another-password' }), reader)
    const identity = { name: 'reader', domain: { name: 'demo' } }
    const statusWith = async (password: string) =>
      (await askForToken(emulator, byPassword(identity, password))).status
    expect([await statusWith('reader-password'), await statusWith('another-password')]).toEqual([401, 201])
  })

  test('an unknown user id is refused with the id of the user of that name', async ({ emulator }) => {
    const reply = await emulator.patch('/_ims/users/reader', { enabled: false })
    expectProblem(reply, 404, 'Not Found', `no user has the id reader; did you mean ${READER}?`)
  })

  test('an unknown field is refused and changes nothing', async ({ emulator }) => {
    const reply = await emulator.patch(path, { enabled: false, rolls: [] })
    const detail = '"rolls" is no element of a change of a user; did you mean roles?'
    expectProblem(reply, 400, 'Bad Request', detail)
    expect(await shown(emulator, 'users')).toContainEqual(reader)
  })

  test('an empty change is refused', async ({ emulator }) => {
    const detail = 'nothing is to be changed; send at least one of enabled, roles, password'
    expectProblem(await emulator.patch(path, {}), 400, 'Bad Request', detail)
  })

  test.for<[string, unknown, string]>([
    [
      'is mistyped',
      'IMS FullAcess',
      'user reader is granted IMS FullAcess, which is neither a system role nor a policy of its domain; did you mean IMS FullAccess?',
    ],
    [
      'counts in a project of somebody else',
      { role: 'IMS FullAccess', project: '0605767b4480d5872f0ec00af5c37a9b' },
      'user reader is granted IMS FullAccess in 0605767b4480d5872f0ec00af5c37a9b, which is no project of its domain',
    ],
    [
      'counts in an enterprise project of somebody else',
      { role: 'IMS FullAccess', enterprise_project: '60000000-0000-4000-8000-000000000004' },
      'user reader is granted IMS FullAccess in 60000000-0000-4000-8000-000000000004, which is no enterprise project of its domain',
    ],
  ])('a role that %s is refused', async ([, role, detail], { emulator }) => {
    expectProblem(await emulator.patch(path, { roles: [role] }), 400, 'Bad Request', detail)
    expect(await shown(emulator, 'users')).toContainEqual(reader)
  })
})

describe('PATCH /_ims/groups/{group_id}', () => {
  const path = `/_ims/groups/${READERS}`
  const readers = {
    id: READERS,
    name: 'readers',
    domain_id: DOMAIN,
    roles: ['IMS ReadOnlyAccess'],
    users: [READER],
  }

  test('users in the new list of a group have its roles at the next request, and others lose them', async ({
    emulator,
  }) => {
    const reply = await emulator.patch(path, { users: [NEWCOMER, NEWCOMER] })
    expectSuccess(reply, { ...readers, users: [NEWCOMER] })
    expect((await emulator.get(LIST, asNewcomer)).status).toBe(200)
    expect((await emulator.get(LIST, asReader)).status).toBe(403)
  })

  test('roles of a group count for its users', async ({ emulator }) => {
    expectSuccess(await emulator.patch(path, { roles: [] }), { ...readers, roles: [] })
    expect((await emulator.get(LIST, asReader)).status).toBe(403)
  })

  test('a user of another domain is refused, and the group does not change', async ({ emulator }) => {
    const reply = await emulator.patch(path, { roles: [], users: [PARTNER_USER] })
    const detail = `user partner (${PARTNER_USER}) is of the domain ${PARTNER_DOMAIN}; group readers takes users of its own, ${DOMAIN}`
    expectProblem(reply, 400, 'Bad Request', detail)
    expect(await shown(emulator, 'groups')).toEqual([readers])
  })

  test('an unknown user is refused', async ({ emulator }) => {
    const detail = `no user has the id newcomer; did you mean ${NEWCOMER}?`
    expectProblem(await emulator.patch(path, { users: ['newcomer'] }), 400, 'Bad Request', detail)
  })

  test('an unknown group is refused with the nearest one', async ({ emulator }) => {
    const reply = await emulator.patch('/_ims/groups/readers', { roles: [] })
    expectProblem(reply, 404, 'Not Found', `no group has the id readers; did you mean ${READERS}?`)
  })
})

describe('/_ims/policies/{domain_id}/{name}', () => {
  const path = `/_ims/policies/${DOMAIN}/lookers`
  const looking = policyOn('Allow', 'ims:images:list')

  test('a new policy answers 201, can be granted, and changes take effect', async ({ emulator }) => {
    const made = await emulator.put(path, looking)
    expect({ status: made.status, body: made.body }).toEqual({
      status: 201,
      body: { domain_id: DOMAIN, name: 'lookers', document: looking },
    })
    await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles: ['lookers'] })
    expect((await emulator.get(LIST, asNewcomer)).status).toBe(200)

    const refusing = policyOn('Deny', 'ims:*:*')
    expectSuccess(await emulator.put(path, refusing), {
      domain_id: DOMAIN,
      name: 'lookers',
      document: refusing,
    })
    expect((await emulator.get(LIST, asNewcomer)).status).toBe(403)
    expect(await shown(emulator, 'policies')).toEqual([
      { domain_id: DOMAIN, name: 'lookers', document: refusing },
    ])
  })

  test('a document with a mistake is refused with its place', async ({ emulator }) => {
    const reply = await emulator.put(path, {
      Version: '1.1',
      Statement: [{ Effect: 'Alow', Action: ['ims:*:*'] }],
    })
    expectProblem(reply, 400, 'Bad Request', 'Statement.0.Effect: found "Alow"; write "Allow" or "Deny"')
    expect(await shown(emulator, 'policies')).toEqual([])
  })

  test('the name of a system role is refused', async ({ emulator }) => {
    const reply = await emulator.put(`/_ims/policies/${DOMAIN}/IMS%20FullAccess`, looking)
    const detail = 'IMS FullAccess is a system role, which no policy can stand for; choose another name'
    expectProblem(reply, 409, 'Conflict', detail)
  })

  test('an unknown domain is refused with the nearest one', async ({ emulator }) => {
    const reply = await emulator.put('/_ims/policies/demo/lookers', looking)
    expectProblem(reply, 404, 'Not Found', `no domain has the id demo; did you mean ${DOMAIN}?`)
  })

  test('a policy that is not granted can be deleted', async ({ emulator }) => {
    await emulator.put(path, looking)
    const reply = await emulator.delete(path)
    expect({ status: reply.status, text: reply.text }).toEqual({ status: 204, text: '' })
    expect(await shown(emulator, 'policies')).toEqual([])
  })

  test('a granted policy cannot be deleted; the refusal names its users', async ({ emulator }) => {
    await emulator.put(path, looking)
    await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles: ['lookers'] })
    await emulator.patch(`/_ims/groups/${READERS}`, { roles: ['lookers'] })
    const detail =
      'policy lookers is granted to user newcomer, group readers; take it from them before deleting it'
    expectProblem(await emulator.delete(path), 409, 'Conflict', detail)
    expect(await shown(emulator, 'policies')).toHaveLength(1)
  })

  test('deleting an unknown policy is refused with the nearest one', async ({ emulator }) => {
    await emulator.put(path, looking)
    const reply = await emulator.delete(`/_ims/policies/${DOMAIN}/loookers`)
    const detail = `domain ${DOMAIN} has no policy loookers; did you mean lookers?`
    expectProblem(reply, 404, 'Not Found', detail)
  })
})

describe('/_ims/auth', () => {
  test('shows the mode and the life of new tokens', async ({ emulator }) => {
    expectSuccess(await emulator.get('/_ims/auth'), { mode: 'strict', token_life: '24h' })
  })

  test('a change of the mode takes effect at the next request and lasts until a reset', async ({
    emulator,
  }) => {
    expect((await emulator.get(LIST, { token: 'nobody' })).status).toBe(401)
    expectSuccess(await emulator.patch('/_ims/auth', { mode: 'lenient' }), {
      mode: 'lenient',
      token_life: '24h',
    })
    expect((await emulator.get(LIST, { token: 'nobody' })).status).toBe(200)
    await emulator.post('/_ims/reset')
    expectSuccess(await emulator.get('/_ims/auth'), { mode: 'strict', token_life: '24h' })
  })

  test('the life of tokens changes alone, and is shown in the format of requests', async ({ emulator }) => {
    const reply = await emulator.patch('/_ims/auth', { token_life: '5400.25s' })
    expectSuccess(reply, { mode: 'strict', token_life: '1h30m250ms' })
    expectSuccess(await emulator.patch('/_ims/auth', { token_life: '1h30m250ms' }), reply.body)
  })

  test('a new token expires after the new life', async ({ emulator }) => {
    await emulator.patch('/_ims/auth', { token_life: '1h' })
    const token = await newToken(emulator, byPassword(), PROJECT_SCOPE)
    await emulator.advance('59m')
    expect((await emulator.get(LIST, { token })).status).toBe(200)
    await emulator.advance('1m')
    expect((await emulator.get(LIST, { token })).status).toBe(401)
  })

  test.for<[string, unknown, string]>([
    ['a mode that there is not', { mode: 'sloppy' }, 'mode: found "sloppy"; write "lenient" or "strict"'],
    [
      'a life that is no duration',
      { token_life: 'soon' },
      'token_life: found "soon"; write a duration above zero and up to 3650d, such as 1h or 90m',
    ],
    [
      'a life of nothing',
      { token_life: '0s' },
      'token_life: found "0s"; write a duration above zero and up to 3650d, such as 1h or 90m',
    ],
    ['no change', {}, 'nothing is to be changed; send at least one of mode, token_life'],
    [
      'a field that there is not',
      { token_live: '1h' },
      '"token_live" is no element of a change of authentication; did you mean token_life?',
    ],
  ])('%s is refused and changes nothing', async ([, change, detail], { emulator }) => {
    expectProblem(await emulator.patch('/_ims/auth', change), 400, 'Bad Request', detail)
    expectSuccess(await emulator.get('/_ims/auth'), { mode: 'strict', token_life: '24h' })
  })
})
