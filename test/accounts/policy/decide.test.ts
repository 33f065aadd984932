import { describe, expect, test } from 'vitest'
import { type AccessRequest, decide, explain } from '../../../src/accounts/policy/decide.ts'
import { PolicyDocument } from '../../../src/accounts/policy/document.ts'
import { compilePolicy } from '../../../src/accounts/policy/statements.ts'

const IMAGE = 'ims:cn-north-4:0a1b:image:67e17426'

function policy(name: string, version: '1.1' | '5.0', ...statements: object[]) {
  return compilePolicy(name, PolicyDocument.parse({ Version: version, Statement: statements }))
}

function request(action: string, resource?: string, context: AccessRequest['context'] = {}): AccessRequest {
  return { action, resource, context }
}

const allows = (statement: object, asked: AccessRequest) =>
  decide([policy('p', '5.0', { Effect: 'Allow', ...statement })], asked).allowed

test('request without policies is not allowed, without a deciding statement', () => {
  expect(decide([], request('ims:images:get'))).toEqual({ allowed: false, because: 'not allowed' })
})

test('decision names the first statement that allows, with its match', () => {
  const policies = [
    policy('viewer', '1.1', { Effect: 'Allow', Action: ['ims:quotas:get'] }),
    policy('images', '5.0', { Sid: 'All', Effect: 'Allow', Action: ['ims:images:*'] }),
    policy('everything', '1.1', { Effect: 'Allow', Action: ['*'] }),
  ]
  expect(decide(policies, request('ims:images:get'))).toEqual({
    allowed: true,
    because: 'allowed',
    by: {
      policy: 'images',
      index: 0,
      sid: 'All',
      effect: 'Allow',
      applies: true,
      why: 'action ims:images:get matches ims:images:*',
    },
  })
})

test.each(['first', 'last'])('Deny wins over every Allow when it comes %s', (place) => {
  const deny = policy('no deletes', '1.1', { Effect: 'Deny', Action: ['ims:images:delete'] })
  const allow = policy('full', '1.1', { Effect: 'Allow', Action: ['ims:*:*'] })
  const policies = place === 'first' ? [deny, allow] : [allow, deny]
  expect(decide(policies, request('ims:images:delete', IMAGE))).toEqual({
    allowed: false,
    because: 'denied',
    by: {
      policy: 'no deletes',
      index: 0,
      effect: 'Deny',
      applies: true,
      why: 'action ims:images:delete matches ims:images:delete',
    },
  })
  expect(decide(policies, request('ims:images:get', IMAGE)).allowed).toBe(true)
})

describe('actions', () => {
  test.each([
    ['*', 'kms:cmk:get', true],
    ['*:*:*', 'kms:cmk:get', true],
    ['KMS:*:*', 'kms:cmk:get', true],
    ['kms:*', 'kms:cmk:get', true],
    ['kms:*', 'kms2:cmk:get', false],
    ['evs:volumes:*', 'evs:volumes:create', true],
    ['evs:volumes:*', 'evs:snapshots:create', false],
    ['ims:*:get*', 'ims:images:get', true],
    ['ims:*:get*', 'ims:images:list', false],
    ['obs:bucket:ListAllMybuckets', 'obs:bucket:listallmyBuckets', true],
    ['ims:images:?et', 'ims:images:get', true],
    ['ims:images:get', 'ims:images:getAll', false],
  ])('pattern %s matches action %s: %s', (pattern, action, expected) => {
    expect(allows({ Action: [pattern] }, request(action))).toBe(expected)
  })

  test('NotAction applies to every other action', () => {
    expect(allows({ NotAction: ['iam:*:*'] }, request('ims:images:get'))).toBe(true)
    expect(allows({ NotAction: ['iam:*:*'] }, request('iam:users:list'))).toBe(false)
  })
})

describe('resources', () => {
  test.each([
    ['*', IMAGE, true],
    ['IMS:*:*:image:*', IMAGE, true],
    ['ims:cn-north-4:*:image:*', IMAGE, true],
    ['ims:cn-east-3:*:image:*', IMAGE, false],
    ['ims:*:*:image:67e17426', IMAGE, true],
    ['ims:*:*:image:67e17427', IMAGE, false],
    ['ims:*:*:snapshot:*', IMAGE, false],
    ['obs:*:*:object:my-bucket/my-object/*', 'obs:cn-north-4:0a1b:object:my-bucket/my-object/a:b', true],
    ['iam::0a1b:user:alice', 'iam::0a1b:user:alice', true],
    ['*', undefined, true],
    ['*:*:*:*:*', undefined, true],
    ['ims:*:*:image:*', undefined, false],
  ])('pattern %s matches resource %s: %s, and the opposite in NotResource', (pattern, resource, expected) => {
    const asked = request('ims:images:get', resource)
    expect(allows({ Action: ['*'], Resource: [pattern] }, asked)).toBe(expected)
    expect(allows({ Action: ['*'], NotResource: [pattern] }, asked)).toBe(!expected)
  })

  test('statement without resources applies to every resource', () => {
    expect(allows({ Action: ['ims:images:get'] }, request('ims:images:get', IMAGE))).toBe(true)
    expect(allows({ Action: ['ims:images:list'] }, request('ims:images:list'))).toBe(true)
  })

  test('policy of version 1.1 permits to assume the agencies that it names', () => {
    const uri = '/iam/agencies/07805acaba800fdd4fbdc00b8f888c7c'
    const agencies = policy('agencies', '1.1', {
      Effect: 'Allow',
      Action: ['iam:agencies:assume'],
      Resource: { uri: [uri] },
    })
    expect(decide([agencies], request('iam:agencies:assume', uri)).allowed).toBe(true)
    expect(decide([agencies], request('iam:agencies:assume', '/iam/agencies/other')).allowed).toBe(false)
  })
})

test('explanation lists every statement with its matches or its first mismatch', () => {
  const policies = [
    policy(
      'a',
      '5.0',
      { Effect: 'Allow', Action: ['ecs:*:*'] },
      { Effect: 'Allow', NotAction: ['ims:images:*'] },
      { Effect: 'Allow', Action: ['ims:*:*'], Resource: ['ims:*:*:image:other'] },
      { Effect: 'Allow', Action: ['ims:*:*'], NotResource: ['ims:*:*:image:*'] },
      { Effect: 'Deny', Action: ['ims:*:*'], Condition: { StringEquals: { 'g:UserName': ['alice'] } } },
      { Effect: 'Deny', Action: ['*'], Condition: { StringNotEquals: { 'g:UserName': ['bob', 'eve'] } } },
      { Effect: 'Deny', Action: ['*'], Condition: { IpAddress: { 'g:SourceIp': ['10.0.0.0/8', '::1'] } } },
    ),
    policy('b', '5.0', {
      Effect: 'Allow',
      NotAction: ['iam:*:*'],
      Resource: ['ims:*:*:image:*'],
      Condition: { StringLike: { 'g:UserName': 'b*' } },
    }),
  ]
  const { statements, ...decision } = explain(
    policies,
    request('ims:images:get', IMAGE, { 'g:UserName': 'bob' }),
  )
  expect(
    statements.map(({ policy: name, index, effect, applies, why }) => [name, index, effect, applies, why]),
  ).toEqual([
    ['a', 0, 'Allow', false, 'no action matches ims:images:get'],
    ['a', 1, 'Allow', false, 'NotAction ims:images:* excludes action ims:images:get'],
    ['a', 2, 'Allow', false, `no resource matches ${IMAGE}`],
    ['a', 3, 'Allow', false, `NotResource ims:*:*:image:* excludes resource ${IMAGE}`],
    ['a', 4, 'Deny', false, 'condition StringEquals g:UserName: found bob, wants alice'],
    [
      'a',
      5,
      'Deny',
      false,
      'condition StringNotEquals g:UserName: found bob, wants anything but bob and eve',
    ],
    ['a', 6, 'Deny', false, 'condition IpAddress g:SourceIp: found nothing, wants 10.0.0.0/8 or ::1'],
    [
      'b',
      0,
      'Allow',
      true,
      `NotAction does not exclude action ims:images:get; resource ${IMAGE} matches ims:*:*:image:*; condition StringLike g:UserName: found bob, wants b*`,
    ],
  ])
  expect(decision).toEqual({ allowed: true, because: 'allowed', by: statements[7] })
})

test('explanation names a request without a resource', () => {
  const one = policy('one', '1.1', { Effect: 'Allow', Action: ['ims:*:*'], Resource: ['ims:*:*:image:*'] })
  const all = policy('all', '1.1', { Effect: 'Allow', Action: ['ims:*:*'], Resource: ['*'] })
  expect(explain([one, all], request('ims:images:list')).statements.map(({ why }) => why)).toEqual([
    'no resource matches a request on no resource in particular',
    'action ims:images:list matches ims:*:*; a request on no resource in particular matches *',
  ])
})
