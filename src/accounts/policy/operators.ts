import { nearest } from '../../lib/nearest.ts'
import { presence, type ValueTest, valueTests } from './value-tests.ts'

/** Which of several values of the request have to fit: one, or each. */
type Quantifier = 'ForAnyValue' | 'ForAllValues'

/** A condition operator, taken apart: `ForAnyValue:StringNotEqualsIfExists`. */
export interface Operator {
  test: ValueTest
  /** True for those that want a value to differ from every value of the policy. */
  negated: boolean
  quantifier: Quantifier | undefined
  /** True when a key that the request does not have is as good as one that fits. */
  ifExists: boolean
  /** What counts as missing, for the two operators that ask just that. */
  missing: 'absent' | 'absent or empty' | undefined
}

type Base = Pick<Operator, 'test' | 'negated' | 'missing'>

const asks = (test: ValueTest): Base => ({ test, negated: false, missing: undefined })
const refuses = (test: ValueTest): Base => ({ test, negated: true, missing: undefined })

/** Every operator without its prefix and suffixes; numbers and times compare one way only, so few have a `Not`. */
const BASES: ReadonlyMap<string, Base> = new Map([
  ...Object.entries(valueTests).map(([name, test]): [string, Base] => [name, asks(test)]),
  ['StringNotEquals', refuses(valueTests.StringEquals)],
  ['StringNotEqualsIgnoreCase', refuses(valueTests.StringEqualsIgnoreCase)],
  ['StringNotLike', refuses(valueTests.StringLike)],
  ['StringNotMatch', refuses(valueTests.StringMatch)],
  ['StringNotStartWith', refuses(valueTests.StringStartWith)],
  ['StringNotEndWith', refuses(valueTests.StringEndWith)],
  ['NumberNotEquals', refuses(valueTests.NumberEquals)],
  ['DateNotEquals', refuses(valueTests.DateEquals)],
  ['NotIpAddress', refuses(valueTests.IpAddress)],
  ['Null', { ...asks(presence), missing: 'absent' }],
  ['IsNullOrEmpty', { ...asks(presence), missing: 'absent or empty' }],
])

/** Takes a name apart: prefix, base, `AnyOf`, `IfExists`. The base always matches something, known or not. */
function partsOf(name: string) {
  const [, quantifier, base = '', anyOf, ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(AnyOf)?(IfExists)?$/s.exec(name) ?? []
  return { quantifier, base, anyOf: anyOf !== undefined, ifExists: ifExists !== undefined }
}

function toQuantifier(text: string | undefined): Quantifier | undefined {
  return text === 'ForAnyValue' || text === 'ForAllValues' ? text : undefined
}

/**
 * Reads the name of a condition operator; undefined when there is none of that name. `AnyOf` may follow the String and
 * Number operators and says what they do anyway; `Null` and `IsNullOrEmpty` stand alone.
 */
export function parseOperator(name: string): Operator | undefined {
  const { quantifier, base, anyOf, ifExists } = partsOf(name)
  const found = BASES.get(base)
  if (found === undefined) return undefined
  if (anyOf && !/^(?:String|Number)/.test(base)) return undefined
  if (found.missing !== undefined && (quantifier !== undefined || ifExists)) return undefined
  return { ...found, quantifier: toQuantifier(quantifier), ifExists }
}

/** The operator that a mistyped name most likely stands for. */
export function nearestOperator(name: string): string | undefined {
  // Longer than any operator: comparing letter by letter would only take time.
  if (name.length > 64) return undefined
  const { base, quantifier, anyOf, ifExists } = partsOf(name)
  const meant = nearest(base, BASES.keys())
  if (meant === undefined) return undefined
  const prefix = quantifier === undefined ? '' : `${quantifier}:`
  const whole = `${prefix}${meant}${anyOf ? 'AnyOf' : ''}${ifExists ? 'IfExists' : ''}`
  return parseOperator(whole) === undefined ? meant : whole
}
