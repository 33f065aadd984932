import { describe } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect, type TestEmulator } from '../../emulator.ts'
import { asPartner } from '../../private-image.ts'
import {
  asNewcomer,
  asReader,
  DOMAIN,
  NEWCOMER,
  PARTNER_DOMAIN,
  PARTNER_USER,
  PROJECT,
  READER,
  strictTest as test,
} from '../../tenants.ts'
import { DEMO_USER, expectRefusal } from './requests.ts'

const list = (emulator: TestEmulator, path: string) => ({
  self: emulator.url + path,
  previous: null,
  next: null,
})

describe('list of domains', () => {
  test('contains only the account of the caller', async ({ emulator }) => {
    const domain = (id: string, name: string) => ({
      id,
      name,
      description: '',
      enabled: true,
      links: { self: `${emulator.url}/v3/domains/${id}` },
    })
    const links = list(emulator, '/v3/auth/domains')
    const own = await emulator.get('/v3/auth/domains', asNewcomer)
    expect([own.status, own.body]).toEqual([200, { domains: [domain(DOMAIN, 'demo')], links }])
    const theirs = await emulator.get('/v3/auth/domains', asPartner)
    expect(theirs.body).toEqual({ domains: [domain(PARTNER_DOMAIN, 'partner')], links })
  })
})

describe('regions', () => {
  const region = ({ url }: TestEmulator, id: string, english: string, chinese: string) => ({
    id,
    type: 'public',
    description: '',
    parent_region_id: null,
    locales: { 'en-us': english, 'zh-cn': chinese },
    links: { self: `${url}/v3/regions/${id}` },
  })

  test('the list contains the regions that have a project', async ({ emulator }) => {
    const reply = await emulator.get('/v3/regions')
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        regions: [
          region(emulator, 'cn-north-4', 'CN North-Beijing4', '华北-北京四'),
          region(emulator, 'cn-east-3', 'CN East-Shanghai1', '华东-上海一'),
        ],
        links: list(emulator, '/v3/regions'),
      },
    ])
  })

  test('a region without a name is called by its id', async ({ emulator }) => {
    const project = { id: 'a'.repeat(32), name: 'xx-test-1', region: 'xx-test-1', domain_id: DOMAIN }
    await emulator.post('/_ims/fixtures', { projects: [project] })
    const reply = await emulator.get('/v3/regions/xx-test-1')
    expect(reply.body).toEqual({ region: region(emulator, 'xx-test-1', 'xx-test-1', 'xx-test-1') })
  })

  test('a region without projects is answered 404', async ({ emulator }) => {
    expectRefusal(await emulator.get('/v3/regions/af-south-1'), 404, 'Could not find region: af-south-1.')
  })
})

describe('users', () => {
  const user = ({ url }: TestEmulator, id: string, name: string, project = PROJECT) => ({
    id,
    name,
    description: '',
    domain_id: DOMAIN,
    enabled: true,
    default_project_id: project,
    last_project_id: '',
    password_expires_at: null,
    pwd_status: false,
    links: { self: `${url}/v3/users/${id}` },
  })
  const namesAt = async (emulator: TestEmulator, path: string) =>
    (await emulator.get(path)).body.users.map(({ name }: { name: string }) => name)

  test('the list contains the users of the account, without passwords', async ({ emulator }) => {
    const reply = await emulator.get('/v3/users')
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        users: [
          user(emulator, DEMO_USER, 'demo'),
          user(emulator, '0605767a8880d5a41fb1c00a1d2e9f31', 'demo-east', EAST.project),
          user(emulator, READER, 'reader'),
          user(emulator, NEWCOMER, 'newcomer'),
        ],
        links: list(emulator, '/v3/users'),
      },
    ])
  })

  test.for([
    ['name=reader', ['reader']],
    ['name=read', []],
    [`name=reader&domain_id=${DOMAIN}&enabled=true`, ['reader']],
    ['enabled=false', ['gone']],
  ] as const)('are cut down by %s', async ([query, names], { emulator }) => {
    const gone = { id: 'd'.repeat(32), name: 'gone', project_id: PROJECT, enabled: false }
    await emulator.post('/_ims/fixtures', { users: [gone] })
    expect(await namesAt(emulator, `/v3/users?${query}`)).toEqual(names)
  })

  test('listing the users of another account is refused with 403', async ({ emulator }) => {
    const reply = await emulator.get(`/v3/users?domain_id=${PARTNER_DOMAIN}`)
    expectRefusal(reply, 403, 'You are not authorized to perform the requested action.')
  })

  test('the list needs a right', async ({ emulator }) => {
    const reply = await emulator.get('/v3/users?name=reader', asReader)
    expectRefusal(reply, 403, "Policy doesn't allow iam:users:listUsers to be performed.")
  })

  test('showing another user needs a right, showing oneself does not', async ({ emulator }) => {
    const own = await emulator.get(`/v3/users/${READER}`, asReader)
    expect([own.status, own.body]).toEqual([200, { user: user(emulator, READER, 'reader') }])
    const other = await emulator.get(`/v3/users/${DEMO_USER}`, asReader)
    expectRefusal(other, 403, "Policy doesn't allow iam:users:getUser to be performed.")
    expect((await emulator.get(`/v3/users/${READER}`)).body).toEqual(own.body)
  })

  test('a user of another account is answered 404', async ({ emulator }) => {
    const reply = await emulator.get(`/v3/users/${PARTNER_USER}`)
    expectRefusal(reply, 404, `Could not find user: ${PARTNER_USER}.`)
  })
})
