import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/accounts/policy/decide.ts'
import { PolicyDocument } from '../../../src/accounts/policy/document.ts'
import { compilePolicy } from '../../../src/accounts/policy/statements.ts'

type Context = Readonly<Record<string, string | readonly string[]>>

/** Returns true when a statement with only this condition applies to a request with these keys. */
function holds(condition: unknown, context: Context): boolean {
  const document = PolicyDocument.parse({
    Version: '5.0',
    Statement: [{ Effect: 'Allow', Action: ['*'], Condition: condition }],
  })
  const request = { action: 'ims:images:get', resource: undefined, context }
  return decide([compilePolicy('test', document)], request).allowed
}

/** Operator, value of the policy, a value that matches, one that does not. */
const OPERATORS: readonly [string, string | readonly string[], string, string][] = [
  ['StringEquals', 'alice', 'alice', 'Alice'],
  ['StringNotEquals', 'alice', 'Alice', 'alice'],
  ['StringEqualsIgnoreCase', 'Alice', 'aLICE', 'alic'],
  ['StringNotEqualsIgnoreCase', 'Alice', 'bob', 'aLICE'],
  ['StringLike', 'a*e', 'alice', 'Alice'],
  ['StringNotLike', 'a*e', 'Alice', 'alice'],
  ['StringMatch', 'al?ce', 'alice', 'allice'],
  ['StringNotMatch', 'al?ce', 'allice', 'alice'],
  ['StringStartWith', 'cn-north', 'cn-north-4', 'CN-north-4'],
  ['StringNotStartWith', 'cn-north', 'cn-east-3', 'cn-north-4'],
  ['StringEndWith', 'Character', 'specialCharacter', 'specialcharacter'],
  ['StringNotEndWith', '-4', 'cn-east-3', 'cn-north-4'],
  ['StringEqualsAnyOf', ['alice', 'bob'], 'bob', 'carol'],
  ['StringNotEqualsAnyOf', ['alice', 'bob'], 'carol', 'bob'],
  ['StringEqualsIgnoreCaseAnyOf', ['alice', 'bob'], 'BOB', 'carol'],
  ['StringNotEqualsIgnoreCaseAnyOf', ['alice', 'bob'], 'carol', 'BOB'],
  ['StringLikeAnyOf', ['a*', 'b*'], 'bob', 'carol'],
  ['StringNotLikeAnyOf', ['a*', 'b*'], 'carol', 'bob'],
  ['StringStartWithAnyOf', ['a', 'b'], 'bob', 'carol'],
  ['StringEndWithAnyOf', ['e', 'b'], 'bob', 'carol'],
  ['NumberEquals', '60', '60.0', '61'],
  ['NumberNotEquals', '60', '61', '60'],
  ['NumberLessThan', '60', '59', '60'],
  ['NumberLessThanEquals', '60', '60', '60.5'],
  ['NumberGreaterThan', '60', '100', '60'],
  ['NumberGreaterThanEquals', '-1', '-1', '-2'],
  ['NumberEqualsAnyOf', ['1', '2'], '2', '3'],
  ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T08:00:00+08:00', '2026-01-01T00:00:01Z'],
  ['DateNotEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', '2026-01-01T00:00:00Z'],
  ['DateLessThan', '2022-08-01T00:00:00Z', '2022-07-31T23:59:59Z', '2022-08-01T00:00:00Z'],
  ['DateLessThanEquals', '2022-08-01T00:00:00Z', '2022-08-01T00:00:00Z', '2022-08-01T00:00:01Z'],
  ['DateGreaterThan', '2022-08-01T00:00:00Z', '2022-08-01T00:00:00.001Z', '2022-08-01T00:00:00Z'],
  ['DateGreaterThanEquals', '2022-08-01T00:00:00Z', '2022-08-01T00:00:00Z', '2022-07-31T23:59:59Z'],
  ['Bool', 'true', 'True', 'false'],
  ['IpAddress', '10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
  ['IpAddress', '127.0.0.1', '::ffff:127.0.0.1', '127.0.0.2'],
  ['IpAddress', '2001:db8::/32', '2001:db8::1', '2001:db9::1'],
  ['NotIpAddress', ['10.0.0.0/8', '192.168.0.0/16'], '8.8.8.8', '192.168.1.1'],
  ['IsNullOrEmpty', 'true', '', 'x'],
  ['IsNullOrEmpty', 'false', 'x', ''],
]

describe.each(OPERATORS)('%s with %s', (operator, wanted, fitting, other) => {
  const condition = { [operator]: { 'g:Key': wanted } }

  test(`matches ${fitting}`, () => {
    expect(holds(condition, { 'g:Key': fitting })).toBe(true)
  })

  test(`does not match ${other}`, () => {
    expect(holds(condition, { 'g:Key': other })).toBe(false)
  })
})

/** Null and IsNullOrEmpty have no IfExists. */
const WITH_IF_EXISTS = OPERATORS.filter(([operator]) => operator !== 'IsNullOrEmpty')

describe.each(WITH_IF_EXISTS)('%sIfExists with %s', (operator, wanted, fitting, other) => {
  const condition = { [operator]: { 'g:Key': wanted } }

  test('matches a missing key, which the operator without IfExists does not', () => {
    expect(holds(condition, {})).toBe(false)
    expect(holds({ [`${operator}IfExists`]: { 'g:Key': wanted } }, {})).toBe(true)
  })

  test('compares an existing key like the operator without IfExists', () => {
    const ifExists = { [`${operator}IfExists`]: { 'g:Key': wanted } }
    expect(holds(ifExists, { 'g:Key': fitting })).toBe(true)
    expect(holds(ifExists, { 'g:Key': other })).toBe(false)
  })
})

test.each([
  ['Null', 'true', {}, true],
  ['Null', 'true', { 'g:Key': '' }, false],
  ['Null', 'false', {}, false],
  ['Null', 'false', { 'g:Key': '' }, true],
  ['Null', 'true', { 'g:Key': [] }, true],
  ['IsNullOrEmpty', 'true', {}, true],
  ['IsNullOrEmpty', 'false', {}, false],
  ['IsNullOrEmpty', 'true', { 'g:Key': ['', 'x'] }, false],
])('%s %s with the keys %j is %s', (operator, wanted, context: Context, expected) => {
  expect(holds({ [operator]: { 'g:Key': wanted } }, context)).toBe(expected)
})

test.each([
  ['NumberEquals', '1', 'one'],
  ['NumberNotEquals', '1', 'one'],
  ['DateLessThan', '2022-08-01T00:00:00Z', 'yesterday'],
  ['Bool', 'true', 'yes'],
  ['IpAddress', '10.0.0.0/8', 'localhost'],
  ['NotIpAddress', '10.0.0.0/8', 'localhost'],
])('%s %s does not match %s, a value of another kind', (operator, wanted, found) => {
  expect(holds({ [operator]: { 'g:Key': wanted } }, { 'g:Key': found })).toBe(false)
})

/** Prefix and operator, values of the request, result for the policy values `env` and `team`. */
test.each([
  ['StringEquals', ['env', 'cost'], true],
  ['StringEquals', ['cost'], false],
  ['StringNotEquals', ['cost', 'owner'], true],
  ['StringNotEquals', ['cost', 'env'], false],
  ['ForAnyValue:StringEquals', ['cost', 'env'], true],
  ['ForAnyValue:StringEquals', ['cost'], false],
  ['ForAnyValue:StringEquals', [], false],
  ['ForAnyValue:StringNotEquals', ['cost', 'env'], true],
  ['ForAnyValue:StringNotEquals', ['env', 'team'], false],
  ['ForAllValues:StringEquals', ['env', 'team'], true],
  ['ForAllValues:StringEquals', ['env', 'cost'], false],
  ['ForAllValues:StringEquals', [], true],
  ['ForAllValues:StringNotEquals', ['cost', 'owner'], true],
  ['ForAllValues:StringNotEquals', ['cost', 'env'], false],
  ['ForAnyValue:StringEqualsIfExists', [], true],
])('%s with the tag keys %j is %s', (operator, found, expected) => {
  expect(holds({ [operator]: { 'g:TagKeys': ['env', 'team'] } }, { 'g:TagKeys': found })).toBe(expected)
})

test('condition holds when each of its operators and keys does', () => {
  const condition = {
    StringEquals: { 'g:UserName': 'alice', 'g:ProjectName': ['cn-north-4', 'cn-east-3'] },
    Bool: { 'g:MFAPresent': true },
  }
  const all = { 'g:UserName': 'alice', 'g:ProjectName': 'cn-east-3', 'g:MFAPresent': 'true' }
  expect(holds(condition, all)).toBe(true)
  for (const key of Object.keys(all)) expect(holds(condition, { ...all, [key]: 'other' }), key).toBe(false)
})

test('condition keys ignore case, and a key in the same case takes precedence', () => {
  const condition = { StringEquals: { 'g:ResourceTag/Env': 'prod' } }
  expect(holds(condition, { 'G:resourcetag/env': 'prod' })).toBe(true)
  expect(holds(condition, { 'g:ResourceTag/Env': 'prod', 'g:ResourceTag/env': 'test' })).toBe(true)
  expect(holds(condition, { 'g:ResourceTag/env': 'prod', 'g:ResourceTag/Env': 'test' })).toBe(false)
})

test('g:ServiceName defaults to the service of the action', () => {
  const condition = { StringEquals: { 'g:ServiceName': 'ims' } }
  expect(holds(condition, {})).toBe(true)
  expect(holds(condition, { 'g:ServiceName': 'ecs' })).toBe(false)
})

test('inherited property of an object is not a key of the request', () => {
  expect(holds({ Null: { 'x:constructor': 'true' } }, {})).toBe(true)
})
