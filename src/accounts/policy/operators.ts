import { BlockList, isIP } from 'node:net'
import { nearest } from '../../lib/nearest.ts'
import { parseTime } from '../../lib/time.ts'
import { compileWildcard } from '../../lib/wildcard.ts'

/** Matches a value of the request against the value of a policy; returns undefined for a value of another kind. */
export type ValueMatcher = (found: string) => boolean | undefined

/** The comparison that a condition operator makes with one value. */
interface ValueTest {
  /** The kind of its values in messages: `a number`. */
  kind: string
  /** Compiles a value of a policy; returns undefined for a text of another kind. */
  compile(wanted: string): ValueMatcher | undefined
}

function textTest(compile: (wanted: string) => (found: string) => boolean): ValueTest {
  return { kind: 'a text', compile }
}

/** A test on values that are parsed (numbers, times) before they are compared. */
function parsedTest<T>(
  kind: string,
  parse: (text: string) => T | undefined,
  fits: (found: T, wanted: T) => boolean,
): ValueTest {
  return {
    kind,
    compile(wantedText) {
      const wanted = parse(wantedText)
      if (wanted === undefined) return undefined
      return (foundText) => {
        const found = parse(foundText)
        return found === undefined ? undefined : fits(found, wanted)
      }
    },
  }
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(text) ? Number(text) : undefined
}

function parseBool(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' || lower === 'false' ? lower === 'true' : undefined
}

type Comparison = (found: number, wanted: number) => boolean
const numberTest = (fits: Comparison) => parsedTest('a number', parseNumber, fits)
const timeTest = (fits: Comparison) => parsedTest('a time such as 2026-01-01T00:00:00Z', parseTime, fits)

const equals: Comparison = (found, wanted) => found === wanted
const less: Comparison = (found, wanted) => found < wanted
const lessOrEqual: Comparison = (found, wanted) => found <= wanted
const greater: Comparison = (found, wanted) => found > wanted
const greaterOrEqual: Comparison = (found, wanted) => found >= wanted

const addressFamily = (version: number) => (version === 6 ? 'ipv6' : 'ipv4')

/** Compiles `10.0.0.0/8`, `2001:db8::/32` or one address. IPv4 ranges also match IPv4-mapped IPv6 addresses. */
function compileIpRange(range: string): ValueMatcher | undefined {
  const [, address = '', bits] = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/.exec(range) ?? []
  const version = isIP(address)
  const widest = version === 6 ? 128 : 32
  const prefix = bits === undefined ? widest : Number(bits)
  if (version === 0 || prefix > widest) return undefined
  const list = new BlockList()
  list.addSubnet(address, prefix, addressFamily(version))
  return (found) => {
    const foundVersion = isIP(found)
    return foundVersion === 0 ? undefined : list.check(found, addressFamily(foundVersion))
  }
}

/**
 * The tests of the operators by their names without `Not`. All tests of texts are case-sensitive, as IAM documents them,
 * except `StringEqualsIgnoreCase`.
 */
const valueTests = {
  StringEquals: textTest((wanted) => (found) => found === wanted),
  StringEqualsIgnoreCase: textTest((wanted) => {
    const lower = wanted.toLowerCase()
    return (found) => found.toLowerCase() === lower
  }),
  StringLike: textTest(compileWildcard),
  StringMatch: textTest(compileWildcard),
  StringStartWith: textTest((wanted) => (found) => found.startsWith(wanted)),
  StringEndWith: textTest((wanted) => (found) => found.endsWith(wanted)),
  NumberEquals: numberTest(equals),
  NumberLessThan: numberTest(less),
  NumberLessThanEquals: numberTest(lessOrEqual),
  NumberGreaterThan: numberTest(greater),
  NumberGreaterThanEquals: numberTest(greaterOrEqual),
  DateEquals: timeTest(equals),
  DateLessThan: timeTest(less),
  DateLessThanEquals: timeTest(lessOrEqual),
  DateGreaterThan: timeTest(greater),
  DateGreaterThanEquals: timeTest(greaterOrEqual),
  Bool: parsedTest('true or false', parseBool, (found, wanted) => found === wanted),
  IpAddress: { kind: 'an IP address or range such as 10.0.0.0/8', compile: compileIpRange },
} as const satisfies Readonly<Record<string, ValueTest>>

/** The test of `Null` and `IsNullOrEmpty`, which compare the absence of a key with `true` or `false`. */
const presence: ValueTest = valueTests.Bool

/** How many of several values of the request must match: one, or all. */
type Quantifier = 'ForAnyValue' | 'ForAllValues'

/** The parts of a condition operator such as `ForAnyValue:StringNotEqualsIfExists`. */
export interface Operator {
  test: ValueTest
  /** True for operators with `Not`: a value must differ from every value of the policy. */
  negated: boolean
  quantifier: Quantifier | undefined
  /** True for operators with `IfExists`: a key that the request lacks matches. */
  ifExists: boolean
  /** For the operators that test the absence of a key: the values that count as absent. */
  missing: 'absent' | 'absent or empty' | undefined
}

type Base = Pick<Operator, 'test' | 'negated' | 'missing'>

const positive = (test: ValueTest): Base => ({ test, negated: false, missing: undefined })
const negated = (test: ValueTest): Base => ({ test, negated: true, missing: undefined })

/** All operators without prefix and suffixes. Orderings of numbers and times have no `Not`: another ordering is their opposite. */
const BASES: ReadonlyMap<string, Base> = new Map([
  ...Object.entries(valueTests).map(([name, test]): [string, Base] => [name, positive(test)]),
  ['StringNotEquals', negated(valueTests.StringEquals)],
  ['StringNotEqualsIgnoreCase', negated(valueTests.StringEqualsIgnoreCase)],
  ['StringNotLike', negated(valueTests.StringLike)],
  ['StringNotMatch', negated(valueTests.StringMatch)],
  ['StringNotStartWith', negated(valueTests.StringStartWith)],
  ['StringNotEndWith', negated(valueTests.StringEndWith)],
  ['NumberNotEquals', negated(valueTests.NumberEquals)],
  ['DateNotEquals', negated(valueTests.DateEquals)],
  ['NotIpAddress', negated(valueTests.IpAddress)],
  ['Null', { ...positive(presence), missing: 'absent' }],
  ['IsNullOrEmpty', { ...positive(presence), missing: 'absent or empty' }],
])

/** Splits a name into prefix, base, `AnyOf` and `IfExists`; the base may be unknown. */
function splitName(name: string) {
  const [, quantifier, base = '', anyOf, ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(AnyOf)?(IfExists)?$/s.exec(name) ?? []
  return { quantifier, base, anyOf: anyOf !== undefined, ifExists: ifExists !== undefined }
}

function toQuantifier(text: string | undefined): Quantifier | undefined {
  return text === 'ForAnyValue' || text === 'ForAllValues' ? text : undefined
}

/**
 * Parses the name of a condition operator; returns undefined for an unknown one. `AnyOf` is accepted after the String and
 * Number operators, where it changes nothing; `Null` and `IsNullOrEmpty` take neither prefix nor suffix.
 *
 * @example parseOperator('ForAllValues:StringLikeIfExists')
 */
export function parseOperator(name: string): Operator | undefined {
  const { quantifier, base, anyOf, ifExists } = splitName(name)
  const found = BASES.get(base)
  if (found === undefined) return undefined
  if (anyOf && !/^(?:String|Number)/.test(base)) return undefined
  if (found.missing !== undefined && (quantifier !== undefined || ifExists)) return undefined
  return { ...found, quantifier: toQuantifier(quantifier), ifExists }
}

/** Finds the operator that a mistyped name most likely stands for, with the prefix and suffixes of the name. */
export function nearestOperator(name: string): string | undefined {
  // A name longer than any operator is near to none; comparing it would only take time.
  if (name.length > 64) return undefined
  const { base, quantifier, anyOf, ifExists } = splitName(name)
  const meant = nearest(base, BASES.keys())
  if (meant === undefined) return undefined
  const prefix = quantifier === undefined ? '' : `${quantifier}:`
  const full = `${prefix}${meant}${anyOf ? 'AnyOf' : ''}${ifExists ? 'IfExists' : ''}`
  return parseOperator(full) === undefined ? meant : full
}
