import { describe } from 'vitest'
import { ENTERPRISE_PROJECT } from '../../demo-world.ts'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { asPartner } from '../../private-image.ts'
import { asNewcomer, DOMAIN, NEWCOMER, policyOn, strictTest } from '../../tenants.ts'
import { byPassword, newToken } from '../iam/requests.ts'
import { expectDenied, expectEpsRefusal } from './refusal.ts'

const PATH = '/v1.0/enterprise-projects'
const TESTING = '60000000-0000-4000-8000-000000000002'
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

function wire(id: string, name: string, fields: object = {}) {
  const time = expect.stringMatching(TIME)
  return {
    id,
    name,
    description: '',
    status: 1,
    type: 'prod',
    created_at: time,
    updated_at: time,
    delete_flag: false,
    ...fields,
  }
}

const byDefault = wire('0', 'default', {
  description: 'The default enterprise project.',
  created_at: '2018-01-01T00:00:00Z',
  updated_at: '2018-01-01T00:00:00Z',
})
const production = wire(ENTERPRISE_PROJECT.production, 'production')
const testing = wire(TESTING, 'testing')
const retired = wire(ENTERPRISE_PROJECT.retired, 'retired', { status: 2 })

async function list(emulator: TestEmulator, query: string, sent?: object) {
  const reply = await emulator.get(`${PATH}${query}`, sent)
  expect(reply.status).toBe(200)
  return reply.body
}

async function names(emulator: TestEmulator, query = '?sort_key=name&sort_dir=asc', sent?: object) {
  const { enterprise_projects } = await list(emulator, query, sent)
  return enterprise_projects.map(({ name }: { name: string }) => name)
}

describe('list of enterprise projects', () => {
  test('contains those of the account and the default one, the newest first', async ({ emulator }) => {
    expect(await list(emulator, '')).toEqual({
      enterprise_projects: [retired, testing, production, byDefault],
      total_count: 4,
    })
  })

  test("contains those of the caller's account", async ({ emulator }) => {
    expect(await names(emulator, '', asPartner)).toEqual(['partner', 'default'])
  })

  test.for<[string, string, string[]]>([
    ['by id', '?id=0', ['default']],
    ['by a part of the name in any case', '?name=TEST', ['testing']],
    ['by the status enabled', '?status=1&sort_key=name&sort_dir=asc', ['default', 'production', 'testing']],
    ['by the status disabled', '?status=2', ['retired']],
    ['by the type poc, which none has', '?type=poc', []],
    ['by the type prod, which all have', '?type=prod&status=2', ['retired']],
  ])('filters %s', async ([, query, found], { emulator }) => {
    expect(await names(emulator, query)).toEqual(found)
  })

  test('has pages in a total order, and ends with an empty page', async ({ emulator }) => {
    const pages = []
    for (const offset of [0, 2, 4]) pages.push(await list(emulator, `?limit=2&offset=${offset}`))
    expect(pages).toEqual([
      { enterprise_projects: [retired, testing], total_count: 4 },
      { enterprise_projects: [production, byDefault], total_count: 4 },
      { enterprise_projects: [], total_count: 4 },
    ])
  })

  test('with a limit of 0 shows only the total number', async ({ emulator }) => {
    expect(await list(emulator, '?limit=0')).toEqual({ enterprise_projects: [], total_count: 4 })
  })

  test('can be sorted by the time of the last change', async ({ emulator }) => {
    await emulator.advance('1m')
    await emulator.put(`${PATH}/${TESTING}`, { name: 'trials' })
    expect(await names(emulator, '?sort_key=updated_at')).toEqual([
      'trials',
      'retired',
      'production',
      'default',
    ])
  })

  test.for<[string, string, string]>([
    ['a limit above 1000', '?limit=1001', 'EPS.0017'],
    ['a limit that is not a number', '?limit=all', 'EPS.0017'],
    ['a negative offset', '?offset=-1', 'EPS.0018'],
    ['an unknown status', '?status=3', 'EPS.0002'],
    ['an unknown sort key', '?sort_key=colour', 'EPS.0002'],
    ['an unknown sort direction', '?sort_dir=up', 'EPS.0002'],
  ])('refuses %s', async ([, query, code], { emulator }) => {
    expectEpsRefusal(await emulator.get(`${PATH}${query}`), code)
  })
})

describe('showing an enterprise project', () => {
  test('finds it by its id', async ({ emulator }) => {
    const shown = await emulator.get(`${PATH}/${ENTERPRISE_PROJECT.production}`)
    expect({ status: shown.status, body: shown.body }).toEqual({
      status: 200,
      body: { enterprise_project: production },
    })
    expect((await emulator.get(`${PATH}/0`)).body).toEqual({ enterprise_project: byDefault })
  })

  test.for<[string, string]>([
    ['of another account', ENTERPRISE_PROJECT.partner],
    ['that does not exist', ENTERPRISE_PROJECT.none],
  ])('%s is not found', async ([, id], { emulator }) => {
    expectEpsRefusal(await emulator.get(`${PATH}/${id}`), 'EPS.0005')
  })
})

describe('creating an enterprise project', () => {
  test('returns it, counts it and lets images be put into it', async ({ emulator }) => {
    const made = await emulator.post(PATH, { name: '测试_a-1', description: 'for trials', type: 'prod' })
    const { id } = made.body.enterprise_project
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect({ status: made.status, body: made.body }).toEqual({
      status: 201,
      body: { enterprise_project: wire(id, '测试_a-1', { description: 'for trials' }) },
    })
    expect((await emulator.get(`${PATH}/${id}`)).body).toEqual(made.body)
    expect((await emulator.get(`${PATH}/quotas`)).body).toEqual({
      quotas: { resources: [{ type: 'enterprise_project', used: 4, quota: 100 }] },
    })
    const image = await emulator.importImage({ enterprise_project_id: id })
    const { images } = (await emulator.get(`/v2/cloudimages?enterprise_project_id=${id}`)).body
    expect(images).toMatchObject([{ id: image, enterprise_project_id: id }])
  })

  test.for<[string, unknown, string]>([
    ['without a name', { description: 'x' }, 'EPS.0007'],
    ['with an empty name', { name: '' }, 'EPS.0007'],
    ['with a name of 256 characters', { name: 'a'.repeat(256) }, 'EPS.0007'],
    ['with a space in its name', { name: 'a b' }, 'EPS.0007'],
    ['with the name of the default one in another letter case', { name: 'Default' }, 'EPS.0007'],
    ['with a description of 513 characters', { name: 'a', description: 'a'.repeat(513) }, 'EPS.0008'],
    ['of the type poc', { name: 'a', type: 'poc' }, 'EPS.0002'],
    ['with a taken name', { name: 'testing' }, 'EPS.0010'],
  ])('%s is refused and creates none', async ([, body, code], { emulator }) => {
    expectEpsRefusal(await emulator.post(PATH, body), code)
    expect((await list(emulator, '')).total_count).toBe(4)
  })

  test('accepts a name that another account uses', async ({ emulator }) => {
    expect((await emulator.post(PATH, { name: 'partner' })).status).toBe(201)
  })

  test('is refused without a body and with a body that is not JSON', async ({ emulator }) => {
    expectEpsRefusal(await emulator.post(PATH), 'EPS.0002')
    expectEpsRefusal(await emulator.request('POST', PATH, { body: '{' }), 'EPS.0002')
  })

  test('is refused with EPS.0009 at the quota of 100', async ({ emulator }) => {
    const enterprise_projects = Array.from({ length: 97 }, (_, n) => ({
      id: `70000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      domain_id: DOMAIN,
      name: `ep-${n}`,
    }))
    await emulator.post('/_ims/fixtures', { enterprise_projects })
    expectEpsRefusal(await emulator.post(PATH, { name: 'one-more' }), 'EPS.0009')
    expect((await list(emulator, '?limit=0')).total_count).toBe(101)
  })
})

describe('updating an enterprise project', () => {
  const path = `${PATH}/${TESTING}`

  test('changes its name and keeps the description that is left out', async ({ emulator }) => {
    await emulator.put(path, { name: 'testing', description: 'first' })
    await emulator.advance('1m')
    const changed = await emulator.put(path, { name: 'trials' })
    expect(changed.status).toBe(200)
    const { created_at, updated_at } = changed.body.enterprise_project
    expect(changed.body).toEqual({
      enterprise_project: wire(TESTING, 'trials', { description: 'first', created_at, updated_at }),
    })
    expect(Date.parse(updated_at) - Date.parse(created_at)).toBe(60_000)
    expect((await emulator.get(path)).body).toEqual(changed.body)
  })

  test.for<[string, string, unknown, string]>([
    ['the default one', '0', { name: 'mine' }, 'EPS.0012'],
    ['a disabled one', ENTERPRISE_PROJECT.retired, { name: 'mine' }, 'EPS.0014'],
    ['one of another account', ENTERPRISE_PROJECT.partner, { name: 'mine' }, 'EPS.0005'],
    ['to a taken name', TESTING, { name: 'production' }, 'EPS.0010'],
    ['without a name', TESTING, { description: 'x' }, 'EPS.0007'],
  ])('%s is refused and changes nothing', async ([, id, body, code], { emulator }) => {
    const before = await list(emulator, '')
    expectEpsRefusal(await emulator.put(`${PATH}/${id}`, body), code)
    expect(await list(emulator, '')).toEqual(before)
  })
})

describe('disabling and enabling an enterprise project', () => {
  const act = (emulator: TestEmulator, id: string, action: unknown) =>
    emulator.post(`${PATH}/${id}/action`, { action })

  test('returns 204, and changes nothing the second time', async ({ emulator }) => {
    for (const [action, status] of [
      ['disable', 2],
      ['disable', 2],
      ['enable', 1],
    ]) {
      const reply = await act(emulator, TESTING, action)
      expect({ status: reply.status, text: reply.text }).toEqual({ status: 204, text: '' })
      const shown = await emulator.get(`${PATH}/${TESTING}`)
      expect(shown.body).toEqual({ enterprise_project: wire(TESTING, 'testing', { status }) })
    }
  })

  test.for<[string, string, unknown, string]>([
    ['the default one', '0', 'disable', 'EPS.0015'],
    ['one of another account', ENTERPRISE_PROJECT.partner, 'disable', 'EPS.0005'],
    ['with an unknown action', TESTING, 'delete', 'EPS.0013'],
  ])('%s is refused', async ([, id, action, code], { emulator }) => {
    expectEpsRefusal(await act(emulator, id, action), code)
  })
})

describe('in a strict world', () => {
  const requests: [string, string, string, object | undefined][] = [
    ['eps:enterpriseProjects:list', 'GET', PATH, undefined],
    ['eps:enterpriseProjects:get', 'GET', `${PATH}/0`, undefined],
    ['eps:enterpriseProjects:create', 'POST', PATH, { name: 'mine' }],
    ['eps:enterpriseProjects:update', 'PUT', `${PATH}/${TESTING}`, { name: 'mine' }],
    ['eps:enterpriseProjects:enable', 'POST', `${PATH}/${TESTING}/action`, { action: 'enable' }],
    ['eps:enterpriseProjects:disable', 'POST', `${PATH}/${TESTING}/action`, { action: 'disable' }],
  ]

  strictTest.for(requests)(
    'the call needs %s and no other right',
    async ([action, method, path, json], { emulator }) => {
      const send = () => emulator.request(method, path, { ...asNewcomer, ...(json && { json }) })
      expectDenied(await send(), 'EPS.0004', action)
      await emulator.put(`/_ims/policies/${DOMAIN}/one`, policyOn('Allow', action))
      await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles: ['one'] })
      expect((await send()).status).toBeLessThan(300)
    },
  )

  strictTest('the quota is anybody to see', async ({ emulator }) => {
    expect((await emulator.get(`${PATH}/quotas`, asNewcomer)).status).toBe(200)
  })

  strictTest('who has a role in one enterprise project sees that one alone', async ({ emulator }) => {
    const roles = [{ role: 'EPS ReadOnlyAccess', enterprise_project: TESTING }]
    await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles })
    expect(await list(emulator, '', asNewcomer)).toEqual({ enterprise_projects: [testing], total_count: 1 })
  })

  strictTest('a token of a domain alone is good enough', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword(), { domain: { name: 'demo' } })
    expect(await list(emulator, '?limit=0', { token })).toEqual({ enterprise_projects: [], total_count: 4 })
  })

  strictTest('an unknown token is refused as the gateway does', async ({ emulator }) => {
    const { status, body } = await emulator.get(PATH, { token: 'nobody' })
    expect({ status, code: body.error_code }).toEqual({ status: 401, code: 'APIGW.0301' })
  })
})

test('the gateway refuses unknown methods and unknown paths', async ({ emulator }) => {
  const method = await emulator.patch(PATH, {})
  expect({ status: method.status, code: method.body.error_code }).toEqual({ status: 405, code: 'APIGW.0103' })
  const path = await emulator.get(`${PATH}/0/colours`)
  expect({ status: path.status, code: path.body.error_code }).toEqual({ status: 404, code: 'APIGW.0101' })
})
