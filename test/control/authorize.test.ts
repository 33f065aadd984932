import { describe } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../emulator.ts'
import { addImages, NO_IMAGE, PARTNER } from '../private-image.ts'
import {
  askForToken,
  byAgency,
  byPassword,
  newToken,
  PROJECT_SCOPE,
  tokenOf,
} from '../services/iam/requests.ts'
import {
  asNewcomer,
  asReader,
  DOMAIN,
  expectProblem,
  NEWCOMER,
  PROJECT,
  policyOn,
  READER,
  strictTest as test,
} from '../tenants.ts'

const PRODUCTION = '60000000-0000-4000-8000-000000000001'
const TESTING = '60000000-0000-4000-8000-000000000002'
const reader = {
  user_id: READER,
  user_name: 'reader',
  project_id: PROJECT,
  domain_id: DOMAIN,
  roles: ['system_all_ims_readonly'],
}

async function ask(emulator: TestEmulator, question: object) {
  const { status, body } = await emulator.post('/_ims/authorize', question, { token: null })
  expect({ status, body }).toEqual({ status: 200, body: expect.any(Object) })
  return body
}

/** Grants the newcomer policies that a test writes, by name. */
async function grant(emulator: TestEmulator, policies: Record<string, object>, roles: unknown[]) {
  for (const [name, document] of Object.entries(policies))
    expect((await emulator.put(`/_ims/policies/${DOMAIN}/${name}`, document)).status).toBe(201)
  expect((await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles })).status).toBe(200)
}

describe('POST /_ims/authorize', () => {
  const readOnly = { policy: 'IMS ReadOnlyAccess', source: 'group readers', index: 0, effect: 'Allow' }

  test('returns the caller, the decision and the statement that decides', async ({ emulator }) => {
    const by = { ...readOnly, applies: true, why: 'action ims:images:list matches ims:*:list*' }
    expect(await ask(emulator, { user: READER, action: 'ims:images:list' })).toEqual({
      allowed: true,
      mode: 'strict',
      would_be_refused_now: false,
      caller: reader,
      actions: [{ action: 'ims:images:list', allowed: true, because: 'allowed', by, statements: [by] }],
      without_effect: [],
    })
  })

  test('explains why no statement allows an action, and lists actions that only some requests need', async ({
    emulator,
  }) => {
    const refused = (action: string) => ({
      action,
      allowed: false,
      because: 'not allowed',
      statements: [{ ...readOnly, applies: false, why: `no action matches ${action}` }],
    })
    expect(await ask(emulator, { user: 'reader', operation: 'UpdateImage' })).toEqual({
      allowed: false,
      mode: 'strict',
      would_be_refused_now: true,
      caller: reader,
      actions: [
        refused('ims:images:update'),
        {
          ...refused('ims:serverImages:create'),
          when: 'the image moves to another enterprise project',
        },
      ],
      without_effect: [],
    })
  })

  test('names the statement that denies, though another one allows', async ({ emulator }) => {
    await grant(emulator, { all: policyOn('Allow', 'ims:*:*'), none: policyOn('Deny', 'ims:images:*') }, [
      'all',
      'none',
    ])
    const { actions } = await ask(emulator, { user: 'newcomer', action: 'ims:images:list' })
    const by = {
      policy: 'none',
      source: 'user newcomer',
      index: 0,
      effect: 'Deny',
      applies: true,
      why: 'action ims:images:list matches ims:images:*',
    }
    expect(actions).toEqual([
      {
        action: 'ims:images:list',
        allowed: false,
        because: 'denied',
        by,
        statements: [
          {
            policy: 'all',
            source: 'user newcomer',
            index: 0,
            effect: 'Allow',
            applies: true,
            why: 'action ims:images:list matches ims:*:*',
          },
          by,
        ],
      },
    ])
  })

  test('names the sid of a statement that has one', async ({ emulator }) => {
    const Statement = [{ Sid: 'Looking', Effect: 'Allow', Action: ['ims:images:list'] }]
    await grant(emulator, { five: { Version: '5.0', Statement } }, ['five'])
    const { actions } = await ask(emulator, { user: 'newcomer', action: 'ims:images:list' })
    expect(actions[0].by).toMatchObject({ policy: 'five', index: 0, sid: 'Looking' })
  })

  test('in a lenient world returns the decision of a strict one, and that nothing is refused now', async () => {
    await using emulator = await startTestEmulator()
    const { allowed, mode, would_be_refused_now } = await ask(emulator, {
      user: 'newcomer',
      action: 'ims:images:list',
    })
    expect({ allowed, mode, would_be_refused_now }).toEqual({
      allowed: false,
      mode: 'lenient',
      would_be_refused_now: false,
    })
  })

  test('names a role that counts only beside another one', async ({ emulator }) => {
    await grant(emulator, {}, ['IMS Administrator'])
    const answer = await ask(emulator, { user: 'newcomer', action: 'ims:images:list' })
    expect(answer).toMatchObject({ allowed: false, actions: [{ because: 'not allowed', statements: [] }] })
    expect(answer.without_effect).toEqual([
      {
        role: 'IMS Administrator',
        source: 'user newcomer',
        why: 'counts only beside Tenant Administrator in the same project',
      },
    ])
  })

  test('names a role that was granted in another project', async ({ emulator }) => {
    const east = '0605767a9500d5ed2fb3c00a8e3a0e03'
    await grant(emulator, {}, [{ role: 'IMS FullAccess', project: east }])
    const here = await ask(emulator, { user: 'newcomer', action: 'ims:images:list' })
    expect(here.allowed).toBe(false)
    expect(here.without_effect).toEqual([
      {
        role: 'IMS FullAccess',
        source: 'user newcomer',
        why: `granted in the project ${east}; the caller acts in ${PROJECT}`,
      },
    ])
    const there = await ask(emulator, { user: 'newcomer', project_id: east, action: 'ims:images:list' })
    expect(there).toMatchObject({ allowed: true, caller: { project_id: east }, without_effect: [] })
  })

  test('agrees with the answers to real requests, allowed and refused', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    const requests: [string, string][] = [
      ['GET', '/v2/cloudimages'],
      ['GET', `/v2/images/${id}`],
      ['GET', '/v1/cloudimages/quota'],
      ['DELETE', `/v2/images/${id}`],
    ]
    for (const who of [asReader, asNewcomer, { token: 'demo-token' }]) {
      for (const [method, path] of requests) {
        const { allowed } = await ask(emulator, { ...who, method, path })
        const { status } = await emulator.request(method, path, who)
        expect({ method, path, allowed }).toEqual({ method, path, allowed: status !== 403 })
      }
    }
  })
})

describe('the resource of a question', () => {
  test('conditions are evaluated for the address in the question', async ({ emulator }) => {
    const Condition = { IpAddress: { 'g:SourceIp': ['10.0.0.0/8'] } }
    const Statement = [{ Effect: 'Allow', Action: ['ims:images:list'], Condition }]
    await grant(emulator, { inside: { Version: '5.0', Statement } }, ['inside'])
    const question = { user: 'newcomer', action: 'ims:images:list' }
    expect(await ask(emulator, { ...question, source_ip: '10.1.2.3' })).toMatchObject({ allowed: true })
    expect(await ask(emulator, { ...question, source_ip: '192.0.2.1' })).toMatchObject({ allowed: false })
  })

  test('a role in an enterprise project counts only for its images', async ({ emulator }) => {
    const [inside, outside] = await addImages(
      emulator,
      { attributes: { enterprise_project_id: PRODUCTION } },
      {},
    )
    await grant(emulator, {}, [{ role: 'IMS FullAccess', enterprise_project: PRODUCTION }])
    const question = { user: 'newcomer', operation: 'UpdateImage' }
    expect(await ask(emulator, { ...question, image_id: inside })).toMatchObject({ allowed: true })
    const { allowed, actions } = await ask(emulator, { ...question, image_id: outside })
    expect(allowed).toBe(false)
    expect(actions[0].statements[0]).toMatchObject({
      source: 'user newcomer',
      applies: false,
      why: `granted in the enterprise project ${PRODUCTION}; the request is about 0`,
    })
  })

  test('a role in an enterprise project does not count for an operation outside enterprise projects', async ({
    emulator,
  }) => {
    await grant(emulator, {}, [{ role: 'IMS FullAccess', enterprise_project: PRODUCTION }])
    const { allowed, actions } = await ask(emulator, { user: 'newcomer', operation: 'ListTags' })
    expect(allowed).toBe(false)
    expect(actions[0].statements[0].why).toBe(
      `granted in the enterprise project ${PRODUCTION}; roles in enterprise projects do not count for this call`,
    )
  })

  test('a list is allowed in the enterprise projects in which the caller has the right', async ({
    emulator,
  }) => {
    await grant(emulator, {}, [{ role: 'IMS ReadOnlyAccess', enterprise_project: PRODUCTION }])
    const question = { user: 'newcomer', method: 'GET' }
    expect(await ask(emulator, { ...question, path: '/v2/cloudimages?limit=5' })).toMatchObject({
      allowed: true,
      actions: [{ because: 'allowed in enterprise projects', enterprise_projects: [PRODUCTION] }],
    })
    const other = `/v2/cloudimages?enterprise_project_id=${TESTING}`
    expect(await ask(emulator, { ...question, path: other })).toMatchObject({
      allowed: false,
      actions: [{ because: 'not allowed' }],
    })
  })

  test('a fixed path segment is not taken for an image id', async ({ emulator }) => {
    for (const path of ['/v1/cloudimages/quota', '/w/default/v1/cloudimages/quota']) {
      const { actions } = await ask(emulator, { user: 'reader', method: 'get', path })
      expect(actions).toMatchObject([{ action: 'ims:quotas:get', allowed: true }])
    }
  })

  test('an operation that needs no action is allowed', async ({ emulator }) => {
    const { allowed, actions } = await ask(emulator, { user: 'newcomer', operation: 'ShowJob' })
    expect({ allowed, actions }).toEqual({ allowed: true, actions: [] })
  })
})

describe('a path is routed as a request with it', () => {
  /** The operation that answered the latest request. */
  async function answering(emulator: TestEmulator): Promise<string> {
    const { body } = await emulator.get('/_ims/journal?limit=1', { token: null })
    return body.requests[0].operation
  }

  test.for([
    ['GET', '/v1/cloudimages/job/copy'],
    ['GET', '/v1/cloudimages/tags'],
    ['GET', `/v1/${PROJECT}/jobs/copy`],
    ['PUT', '/v1/cloudimages/tags'],
    ['GET', '/v2/%69mages'],
    ['GET', '/w/default/v2/cloudimages?limit=1'],
  ])('%s %s', async ([method = '', path = ''], { emulator }) => {
    await emulator.request(method, path)
    const operation = await answering(emulator)
    const user = { user: READER, project_id: PROJECT }
    const byOperation = await ask(emulator, { ...user, operation })
    expect(await ask(emulator, { ...user, method, path })).toEqual(byOperation)
  })

  test('GET of an image whose id is percent-encoded', async ({ emulator }) => {
    const [image] = (await emulator.get('/v2/cloudimages?limit=1')).body.images
    const path = `/v2/images/%${image.id.charCodeAt(0).toString(16)}${image.id.slice(1)}`
    const reply = await emulator.get(path)
    expect({ status: reply.status, id: reply.body.id }).toEqual({ status: 200, id: image.id })
    const operation = await answering(emulator)
    const explained = await ask(emulator, { user: READER, method: 'GET', path })
    expect(explained.allowed).toBe(true)
    expect(explained).toEqual(await ask(emulator, { user: READER, operation, image_id: image.id }))
  })
})

describe('the caller of a question', () => {
  test('is found by name, by token and by access key', async ({ emulator }) => {
    const byName = await ask(emulator, { user: 'reader', action: 'ims:images:list' })
    const byToken = await ask(emulator, { token: 'reader-token', action: 'ims:images:list' })
    const byKey = await ask(emulator, { access_key: 'DEMOACCESSKEY0000004', action: 'ims:images:list' })
    expect([byToken, byKey]).toEqual([byName, byName])
  })

  test('a disabled user is refused before its rights are checked', async ({ emulator }) => {
    await emulator.patch(`/_ims/users/${READER}`, { enabled: false })
    expect(await ask(emulator, { token: 'reader-token', action: 'ims:images:list' })).toMatchObject({
      allowed: false,
      would_be_refused_now: true,
      refused_first: 'user reader is not enabled; it is answered 401',
      actions: [{ allowed: true }],
    })
  })

  test('an expired token is refused before rights are checked', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword(), PROJECT_SCOPE)
    const { now } = (await emulator.get('/_ims/clock')).body
    await emulator.advance('24h')
    const end = new Date(Date.parse(now) + 86_400_000).toISOString()
    expect(await ask(emulator, { token, action: 'ims:images:list' })).toMatchObject({
      allowed: false,
      refused_first: `the token ended at ${end}; it is answered 401`,
    })
  })

  test('a token of a domain is refused by the image service and accepted by others', async ({ emulator }) => {
    const token = await newToken(emulator, byPassword(), { domain: { name: 'demo' } })
    expect(await ask(emulator, { token, operation: 'ListImages' })).toMatchObject({
      allowed: false,
      refused_first: 'the token is good for a domain and for none of its projects; it is answered IMG.0087',
    })
    expect(await ask(emulator, { token, operation: 'ListEnterpriseProject' })).toMatchObject({
      allowed: true,
    })
  })

  test('the roles of an assumed agency name it as their source', async ({ emulator }) => {
    const caller = { token: 'partner-token' }
    const reply = await askForToken(emulator, byAgency(), { project: { name: 'cn-north-4' } }, caller)
    const { actions } = await ask(emulator, { token: tokenOf(reply), action: 'ims:images:list' })
    expect(actions[0].by).toMatchObject({
      policy: 'IMS ReadOnlyAccess',
      source: 'agency partner_reads_images',
    })
  })

  test('acts in the project of the path, unless its token has another project', async ({ emulator }) => {
    const east = '0605767a9500d5ed2fb3c00a8e3a0e03'
    const question = { method: 'GET', path: `/v2/${east}/images/tags` }
    for (const who of [{ user: 'demo' }, { access_key: 'DEMOACCESSKEY0000001' }]) {
      const answer = await ask(emulator, { ...who, ...question })
      expect(answer).toMatchObject({ allowed: true, caller: { project_id: east } })
    }
    expect(await ask(emulator, { token: 'demo-token', ...question })).toMatchObject({
      allowed: false,
      refused_first: `the path names the project ${east}, the caller acts in ${PROJECT}; it is answered IMG.0030`,
    })
  })

  test('a foreign project in the path is refused before rights are checked', async ({ emulator }) => {
    const path = `/v2/${PARTNER}/images/tags`
    expect(await ask(emulator, { user: 'reader', method: 'GET', path })).toMatchObject({
      allowed: false,
      refused_first: `the path names the project ${PARTNER}, the caller acts in ${PROJECT}; it is answered IMG.0030`,
    })
  })
})

describe('a question is refused when it', () => {
  const NOT_WHO = 'say who: send exactly one of user (id or name), token and access_key'
  const NOT_WHAT = 'say what: send exactly one of action, operation, and method with path'
  const list = { action: 'ims:images:list' }

  test.for<[string, object, number, string]>([
    ['names nobody', list, 400, NOT_WHO],
    ['names two callers', { user: 'reader', token: 'demo-token', ...list }, 400, NOT_WHO],
    ['asks for nothing', { user: 'reader' }, 400, NOT_WHAT],
    ['asks for two things', { user: 'reader', operation: 'ListImages', ...list }, 400, NOT_WHAT],
    ['has a path without a method', { user: 'reader', path: '/v2/cloudimages', ...list }, 400, NOT_WHAT],
    [
      'has a field that there is not',
      { usr: 'reader', ...list },
      400,
      '"usr" is no element of a question; did you mean user?',
    ],
    [
      'names a user that there is not',
      { user: 'raeder', ...list },
      404,
      'user: no user has the id or name raeder; did you mean reader?',
    ],
    [
      'shows a token of nobody',
      { token: 'secret-of-mine', ...list },
      404,
      'no user has this token: a strict world refuses it, a lenient one treats it as the demo user',
    ],
    [
      'shows an access key of nobody',
      { access_key: 'AAAA', ...list },
      404,
      'no user has this access key: a strict world refuses it, a lenient one treats it as the demo user',
    ],
    [
      'has another project than its token',
      { token: 'reader-token', project_id: PARTNER, ...list },
      400,
      'project_id: a token is good for its own project alone; leave it out',
    ],
    [
      'has a project of another domain',
      { user: 'reader', project_id: PARTNER, ...list },
      400,
      `project_id: ${PARTNER} is no project of the domain ${DOMAIN}; send one of ${PROJECT} (cn-north-4), 0605767a9500d5ed2fb3c00a8e3a0e03 (cn-east-3), or none for the home project`,
    ],
    [
      'has an action that is none',
      { user: 'reader', action: 'list' },
      400,
      'action: list is no action; write service:type:operation, such as ims:images:get',
    ],
    [
      'has an action that no call needs',
      { user: 'reader', action: 'ims:image:list' },
      404,
      'action: no call needs ims:image:list; did you mean ims:images:list?',
    ],
    [
      'has an operation that there is not',
      { user: 'reader', operation: 'ListImage' },
      404,
      'operation: there is no ListImage; did you mean ListImages?',
    ],
    [
      'has a path that nothing is at',
      { user: 'reader', method: 'GET', path: '/v9/images' },
      404,
      'path: no call is at /v9/images; /_ims/openapi.json lists those there are',
    ],
    ...['', 'Ubuntu 22.04', 'TRACE', 'CONNECT'].map((method): [string, object, number, string] => [
      `has the method "${method}"`,
      { user: 'reader', method, path: '/v2/cloudimages' },
      400,
      'method: write a method of HTTP, such as GET',
    ]),
    ...['//', 'http://[', 'http://a:b'].map((path): [string, object, number, string] => [
      `has the path ${path}`,
      { user: 'reader', method: 'GET', path },
      404,
      `path: no call is at ${path}; /_ims/openapi.json lists those there are`,
    ]),
    [
      'has a method that the path does not take',
      { user: 'reader', method: 'PUT', path: '/v2/cloudimages' },
      404,
      'method: /v2/cloudimages takes GET, not PUT',
    ],
    [
      'is about an image that there is not',
      { user: 'reader', image_id: NO_IMAGE, ...list },
      404,
      `image_id: there is no image ${NO_IMAGE}; leave it out to ask about none in particular`,
    ],
    [
      'is about an enterprise project of another domain',
      { user: 'reader', enterprise_project_id: '60000000-0000-4000-8000-000000000004', ...list },
      404,
      `enterprise_project_id: the domain ${DOMAIN} has no enterprise project 60000000-0000-4000-8000-000000000004`,
    ],
    [
      'comes from an address that is none',
      { user: 'reader', source_ip: 'here', ...list },
      400,
      'source_ip: write an address, such as 10.0.0.7',
    ],
  ])('%s', async ([, question, status, detail], { emulator }) => {
    const reply = await emulator.post('/_ims/authorize', question)
    expectProblem(reply, status, status === 404 ? 'Not Found' : 'Bad Request', detail)
  })

  test('names a user whose name two domains have', async ({ emulator }) => {
    const user = { id: 'second-reader', name: 'reader', project_id: PARTNER }
    await emulator.post('/_ims/fixtures', { users: [user] })
    const detail = `user: 2 users are called reader; send the id of one: ${READER} (domain ${DOMAIN}), second-reader (domain 0605767b2280d5f10fd2c00ad0e4b8d7)`
    const reply = await emulator.post('/_ims/authorize', { user: 'reader', ...list })
    expectProblem(reply, 409, 'Conflict', detail)
  })
})
