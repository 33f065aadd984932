import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, explain } from '../../../src/accounts/policy/decide.ts'
import { PolicyDocument } from '../../../src/accounts/policy/document.ts'
import { compilePolicy } from '../../../src/accounts/policy/statements.ts'

interface Statement {
  Effect: string
  Action?: string[]
  NotAction?: string[]
  Resource?: string[]
  NotResource?: string[]
  Condition?: Record<string, Record<string, string[]>>
}
interface Asked {
  action: string
  resource: string | undefined
  context: Record<string, string | string[]>
}

/** A recursive definition of wildcards. */
function like(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern[0] === '*') return like(rest, text) || (text !== '' && like(pattern, text.slice(1)))
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && like(rest, text.slice(1))
}

const anyLike = (patterns: string[], text: string | undefined) =>
  patterns.some((pattern) =>
    text === undefined
      ? pattern.replaceAll(/[*:]/g, '') === ''
      : like(pattern.toLowerCase(), text.toLowerCase()),
  )

/** The operators of the test as plain functions of one value. */
const PLAIN: Record<string, (found: string, wanted: string[]) => boolean> = {
  StringEquals: (found, wanted) => wanted.includes(found),
  StringNotEquals: (found, wanted) => !wanted.includes(found),
  StringEqualsIgnoreCase: (found, wanted) => wanted.some((one) => one.toLowerCase() === found.toLowerCase()),
  StringLike: (found, wanted) => wanted.some((one) => like(one, found)),
  StringNotMatch: (found, wanted) => !wanted.some((one) => like(one, found)),
  StringStartWith: (found, wanted) => wanted.some((one) => found.slice(0, one.length) === one),
  NumberLessThan: (found, wanted) => /^\d+$/.test(found) && wanted.some((one) => +found < +one),
  NumberNotEquals: (found, wanted) => /^\d+$/.test(found) && wanted.every((one) => +found !== +one),
}
const NUMBERS = ['NumberLessThan', 'NumberNotEquals']

function conditionHolds(operator: string, wanted: string[], found: string[]): boolean {
  if (operator === 'Null') return wanted.includes(found.length === 0 ? 'true' : 'false')
  const forAll = operator.startsWith('ForAllValues:')
  const forAny = operator.startsWith('ForAnyValue:')
  const ifExists = operator.endsWith('IfExists')
  const base = operator.replace(/^For\w+:/, '').replace(/IfExists$/, '')
  if (found.length === 0) return ifExists || forAll
  const fits = (value: string) => PLAIN[base]?.(value, wanted) ?? false
  return forAll || (!forAny && base.includes('Not')) ? found.every(fits) : found.some(fits)
}

function appliesPlainly(statement: Statement, { action, resource, context }: Asked): boolean {
  if (statement.Action && !anyLike(statement.Action, action)) return false
  if (statement.NotAction && anyLike(statement.NotAction, action)) return false
  if (statement.Resource && !anyLike(statement.Resource, resource)) return false
  if (statement.NotResource && anyLike(statement.NotResource, resource)) return false
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (!conditionHolds(operator, wanted, [context[key] ?? []].flat())) return false
    }
  }
  return true
}

const some = <T>(items: fc.Arbitrary<T>) => fc.array(items, { minLength: 1, maxLength: 3 })
const part = (...words: string[]) => fc.constantFrom(...words, '*', '*', `${words[0]?.slice(0, 2)}*`, '?*')
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(':'))
const anAction = fc.oneof(
  fc.constant('*'),
  joined(part('ims', 'ecs', 'IMS'), part('images', 'quotas'), part('get', 'list', 'GET')),
)
const aResource = fc.oneof(
  fc.constant('*'),
  joined(part('ims'), part('cn-north-4', 'cn-east-3'), part('d1'), part('image'), part('a', 'b', 'a:b')),
)
const KEYS = ['g:UserName', 'g:TagKeys', 'g:MFAAge']
const aCondition = fc
  .tuple(
    fc.constantFrom('', '', 'ForAnyValue:', 'ForAllValues:'),
    fc.constantFrom('Null', ...Object.keys(PLAIN)),
    fc.constantFrom('', '', 'IfExists'),
    fc.constantFrom(...KEYS),
    some(fc.constantFrom('al', 'Al', 'a*', '?l', 'bob', '*')),
    some(fc.constantFrom('1', '2', '10')),
    some(fc.constantFrom('true', 'false')),
  )
  .map(([prefix, base, suffix, key, texts, numbers, bools]) => {
    if (base === 'Null') return { [base]: { [key]: bools } }
    return { [`${prefix}${base}${suffix}`]: { [key]: NUMBERS.includes(base) ? numbers : texts } }
  })
const aStatement: fc.Arbitrary<Statement> = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    actions: fc.oneof(fc.record({ Action: some(anAction) }), fc.record({ NotAction: some(anAction) })),
    resources: fc.oneof(
      fc.constant({}),
      fc.record({ Resource: some(aResource) }),
      fc.record({ NotResource: some(aResource) }),
    ),
    conditions: fc.array(aCondition, { maxLength: 2 }),
  })
  .map(({ Effect, actions, resources, conditions }) => ({
    Effect,
    ...actions,
    ...resources,
    ...(conditions.length === 0 ? {} : { Condition: Object.assign({}, ...conditions) }),
  }))
const aRequest: fc.Arbitrary<Asked> = fc.record({
  action: joined(
    fc.constantFrom('ims', 'ecs'),
    fc.constantFrom('images', 'quotas'),
    fc.constantFrom('get', 'list'),
  ),
  resource: fc.constantFrom(undefined, 'ims:cn-north-4:d1:image:a', 'ims:cn-east-3:d1:image:a:b'),
  context: fc.dictionary(
    fc.constantFrom(...KEYS),
    fc.oneof(
      fc.constantFrom('al', 'Al', 'bob', '1', '5'),
      fc.array(fc.constantFrom('al', 'Al', 'bob', '1', '5'), { maxLength: 3 }),
    ),
  ),
})

test('decide and explain agree with plain code on 10,000 random policies and requests', () => {
  fc.assert(
    fc.property(fc.array(some(aStatement), { maxLength: 2 }), aRequest, (statements, asked) => {
      const policies = statements.map((Statement, i) =>
        compilePolicy(`${i}`, PolicyDocument.parse({ Version: '5.0', Statement })),
      )
      const plain = statements.flat().map((statement) => appliesPlainly(statement, asked))
      const effects = statements
        .flat()
        .filter((_, i) => plain[i])
        .map(({ Effect }) => Effect)
      const because = effects.includes('Deny') ? 'denied' : effects.length > 0 ? 'allowed' : 'not allowed'
      const decision = decide(policies, asked)
      expect([decision.allowed, decision.because]).toEqual([because === 'allowed', because])
      const { statements: findings, ...explained } = explain(policies, asked)
      expect(findings.map(({ applies }) => applies)).toEqual(plain)
      expect(explained).toEqual(decision)
    }),
    { numRuns: 10_000 },
  )
})
