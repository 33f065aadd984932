import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { PolicyDocument } from '../../../src/accounts/policy/document.ts'
import { compilePolicy } from '../../../src/accounts/policy/statements.ts'

/** Lists the mistakes of a document with their paths. */
function mistakes(document: unknown): string[] {
  const { error } = PolicyDocument.safeParse(document)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const ALLOW = { Effect: 'Allow', Action: ['ims:images:get'] }
const statement11 = (parts: object) => ({ Version: '1.1', Statement: [{ ...ALLOW, ...parts }] })
const statement50 = (parts: object) => ({ Version: '5.0', Statement: [{ ...ALLOW, ...parts }] })

describe("policy of IAM's documentation is accepted unchanged", () => {
  test.each([
    [
      'a custom policy on buckets with two conditions',
      {
        Version: '1.1',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['obs:bucket:ListAllMyBuckets', 'obs:bucket:HeadBucket'],
            Condition: {
              StringEndWithIfExists: { 'g:UserName': ['specialCharacter'] },
              Bool: { 'g:MFAPresent': ['true'] },
            },
            Resource: ['obs:*:*:bucket:*'],
          },
        ],
      },
    ],
    [
      'wildcards over the services of images',
      {
        Version: '1.1',
        Statement: [{ Action: ['ims:*:*', 'ecs:*:list', 'ecs:*:get', 'evs:*:get'], Effect: 'Allow' }],
      },
    ],
    [
      'an agency that may be assumed',
      statement11({
        Action: ['iam:agencies:assume'],
        Resource: { uri: ['/iam/agencies/07805acaba800fdd4fbdc00b8f888c7c'] },
      }),
    ],
    [
      'an identity policy with two statements',
      {
        Version: '5.0',
        Statement: [
          { Sid: 'StatementIDExample', Effect: 'Allow', Action: ['obs:bucket:listBucket'] },
          { Effect: 'Allow', Action: ['ecs:servers:get', 'ecs:servers:list'] },
        ],
      },
    ],
    [
      'a Deny until a day',
      statement50({
        Effect: 'Deny',
        Action: ['ram:*:*'],
        Condition: { DateLessThan: { 'g:CurrentTime': ['2022-08-01T00:00:00Z'] } },
      }),
    ],
    [
      'values that are no list and no text',
      statement50({ Condition: { NumberLessThan: { 'g:MFAAge': 900 } } }),
    ],
  ])('%s', (_title, document) => {
    expect(PolicyDocument.parse(document)).toEqual(document)
  })
})

describe('mistake names the value found and the value to write', () => {
  test.each<[unknown, string]>([
    ['text', ': found "text"; write a policy as an object with Version and Statement'],
    [null, ': found null; write a policy as an object with Version and Statement'],
    [{ Statement: [ALLOW] }, 'Version: found Version nothing; write "1.1" or "5.0"'],
    [
      { Version: '2012-10-17', Statement: [ALLOW] },
      'Version: found Version "2012-10-17"; write "1.1" or "5.0"',
    ],
    [{ Version: '1.1', Statement: ALLOW }, 'Statement: found an object; write a list of statements'],
    [{ Version: '1.1', Statement: [] }, 'Statement: found an empty list; write at least one of statements'],
    [
      { Version: '1.1', Statement: [ALLOW], Statements: [] },
      ': "Statements" is no element of a policy; did you mean Statement?',
    ],
    [
      { Version: '1.1', Statement: [3] },
      'Statement.0: found 3; write a statement of version 1.1 as an object',
    ],
    [statement11({ Effect: 'allow' }), 'Statement.0.Effect: found "allow"; write "Allow" or "Deny"'],
    [
      statement11({ Action: 'ims:images:get' }),
      'Statement.0.Action: found "ims:images:get"; write a list of actions',
    ],
    [
      statement11({ Action: ['images:get'] }),
      'Statement.0.Action.0: found "images:get"; write service:type:operation, such as "ims:images:get" or "ims:*:*" (at most 128 characters)',
    ],
    [
      statement11({ Resource: ['image:67e17426'] }),
      'Statement.0.Resource.0: found "image:67e17426"; write service:region:account:type:path, such as "ims:*:*:image:*", or "*" (at most 128 characters)',
    ],
    [
      statement50({ Resource: ['image:67e17426'] }),
      'Statement.0.Resource.0: found "image:67e17426"; write service:region:account:type:path, such as "ims:*:*:image:*", or "*" (at most 6144 characters)',
    ],
    [
      statement11({ Conditions: {} }),
      'Statement.0: "Conditions" is no element of a statement of version 1.1; did you mean Condition?',
    ],
    [
      statement11({ Sid: 'One' }),
      'Statement.0: "Sid" is no element of a statement of version 1.1; write Effect, Action, Resource, Condition',
    ],
    [
      statement50({ NotAction: ['ims:*:*'] }),
      'Statement.0: a statement has either Action or NotAction; write one of them',
    ],
    [
      { Version: '5.0', Statement: [{ Effect: 'Deny' }] },
      'Statement.0: a statement has either Action or NotAction; write one of them',
    ],
    [
      statement50({ Resource: ['*'], NotResource: ['*'] }),
      'Statement.0: a statement has Resource or NotResource, not both; leave one of them out',
    ],
    [
      statement50({ Condition: { StringEqual: { 'g:UserName': 'a' } } }),
      'Statement.0.Condition.StringEqual: "StringEqual" is no condition operator; did you mean StringEquals?',
    ],
    [
      statement50({ Condition: { 'ForAnyValue:NumericEqualsIfExists': { 'g:MFAAge': 1 } } }),
      'Statement.0.Condition.ForAnyValue:NumericEqualsIfExists: "ForAnyValue:NumericEqualsIfExists" is no condition operator; did you mean ForAnyValue:NumberEqualsIfExists?',
    ],
    [
      statement50({ Condition: { NullIfExists: { 'g:MFAAge': 'true' } } }),
      'Statement.0.Condition.NullIfExists: "NullIfExists" is no condition operator; did you mean Null?',
    ],
    [
      statement50({ Condition: { NumberEquals: { 'g:MFAAge': ['1', 'one'] } } }),
      'Statement.0.Condition.NumberEquals.g:MFAAge: found "one"; NumberEquals compares with a number',
    ],
    [
      statement50({ Condition: { DateLessThan: { 'g:CurrentTime': 'tomorrow' } } }),
      'Statement.0.Condition.DateLessThan.g:CurrentTime: found "tomorrow"; DateLessThan compares with a time such as 2026-01-01T00:00:00Z',
    ],
    [
      statement50({ Condition: { IpAddress: { 'g:SourceIp': '10.0.0.0/33' } } }),
      'Statement.0.Condition.IpAddress.g:SourceIp: found "10.0.0.0/33"; IpAddress compares with an IP address or range such as 10.0.0.0/8',
    ],
    [
      statement50({ Condition: { Bool: { MFAPresent: 'true' } } }),
      'Statement.0.Condition.Bool.MFAPresent: "MFAPresent" is no condition key; write one such as "g:UserName"',
    ],
    [
      statement50({ Condition: { Bool: { 'g:MFAPresent': [] } } }),
      'Statement.0.Condition.Bool.g:MFAPresent: found an empty list; write at least one value',
    ],
    [
      JSON.parse(
        '{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["*"],"Condition":{"__proto__":{"g:UserName":"a"}}}]}',
      ),
      'Statement.0.Condition: "__proto__" is neither an operator nor a condition key; leave it out',
    ],
  ])('%j', (document, expected) => {
    expect(mistakes(document)).toEqual([expected])
  })
})

describe('limit of IAM is enforced', () => {
  const times = <T>(count: number, item: (index: number) => T) =>
    Array.from({ length: count }, (_, i) => item(i))
  const many = (count: number) => ({
    StringEquals: Object.fromEntries(times(count, (i) => [`g:Key${i}`, 'x'])),
  })

  test.each<[string, unknown, unknown]>([
    [
      'statements',
      { Version: '1.1', Statement: times(8, () => ALLOW) },
      { Version: '1.1', Statement: times(9, () => ALLOW) },
    ],
    [
      'actions',
      statement11({ Action: times(100, () => 'ims:images:get') }),
      statement11({ Action: times(101, () => 'ims:images:get') }),
    ],
    [
      'resources',
      statement11({ Resource: times(10, () => '*') }),
      statement11({ Resource: times(11, () => '*') }),
    ],
    ['conditions', statement11({ Condition: many(10) }), statement11({ Condition: many(11) })],
    [
      'characters of a resource',
      statement11({ Resource: [`ims:*:*:image:${'a'.repeat(114)}`] }),
      statement11({ Resource: [`ims:*:*:image:${'a'.repeat(115)}`] }),
    ],
    [
      'bytes of a whole policy',
      statement50({ Sid: 'ü'.repeat(3000) }),
      statement50({ Sid: 'ü'.repeat(3050) }),
    ],
  ])('on %s', (_what, most, more) => {
    expect(mistakes(most)).toEqual([])
    expect(mistakes(more)).toHaveLength(1)
  })
})

test('every document is either compiled or refused with a ZodError', () => {
  const word = fc.constantFrom(
    ...[
      'Version',
      'Statement',
      'Effect',
      'Action',
      'NotAction',
      'Resource',
      'NotResource',
      'Condition',
      'Sid',
      'uri',
    ],
    ...['StringEquals', 'Null', 'IpAddress', 'g:UserName', '__proto__', 'constructor', 'toString', 'length'],
  )
  const leaf = fc.oneof(
    fc.constantFrom(
      '1.1',
      '5.0',
      'Allow',
      'Deny',
      '*',
      'ims:images:get',
      'ims:*:*:image:*',
      'true',
      '10.0.0.0/8',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  )
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.oneof(word, fc.string()), tie('tree')), { maxLength: 5 }).map((entries) => {
        // JSON.parse makes `__proto__` a key like any other.
        return JSON.parse(
          `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`,
        )
      }),
    ),
  }))
  const nearlyAPolicy = fc.record({
    Version: fc.constantFrom('1.1', '5.0'),
    Statement: fc.array(
      fc.record(
        {
          Effect: fc.constantFrom('Allow', 'Deny'),
          Action: fc.oneof(fc.constant(['*']), tree),
          Condition: tree,
          Resource: tree,
        },
        { requiredKeys: ['Effect', 'Action'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  })
  fc.assert(
    fc.property(fc.oneof(tree, nearlyAPolicy), (document) => {
      const result = PolicyDocument.safeParse(document)
      if (result.success) {
        expect(compilePolicy('fuzz', result.data).statements).toHaveLength(result.data.Statement.length)
      } else {
        expect(result.error).toBeInstanceOf(z.ZodError)
        expect(result.error.issues.length).toBeGreaterThan(0)
      }
    }),
    { numRuns: 3_000 },
  )
})
