import { BlockList, isIP } from 'node:net'
import { parseTime } from '../../lib/time.ts'
import { compileWildcard } from '../../lib/wildcard.ts'

/** Says whether a value of the request is what a policy wants; undefined when it is no value of that kind at all. */
export type ValueMatcher = (found: string) => boolean | undefined

/** What a condition operator asks of one value. */
export interface ValueTest {
  /** What a value has to be, in words: `a number`. */
  kind: string
  /** Compiles the value that a policy wants; undefined when the text is no value of this kind. */
  compile(wanted: string): ValueMatcher | undefined
}

function ofText(compile: (wanted: string) => (found: string) => boolean): ValueTest {
  return { kind: 'a text', compile }
}

/** A test on values that are read first (numbers, times) and then compared. */
function ofRead<T>(
  kind: string,
  read: (text: string) => T | undefined,
  fits: (found: T, wanted: T) => boolean,
): ValueTest {
  return {
    kind,
    compile(wantedText) {
      const wanted = read(wantedText)
      if (wanted === undefined) return undefined
      return (foundText) => {
        const found = read(foundText)
        return found === undefined ? undefined : fits(found, wanted)
      }
    },
  }
}

function readNumber(text: string): number | undefined {
  return /^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(text) ? Number(text) : undefined
}

function readBool(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' || lower === 'false' ? lower === 'true' : undefined
}

type Comparison = (found: number, wanted: number) => boolean
const ofNumber = (fits: Comparison) => ofRead('a number', readNumber, fits)
const ofTime = (fits: Comparison) => ofRead('a time such as 2026-01-01T00:00:00Z', parseTime, fits)

const equals: Comparison = (found, wanted) => found === wanted
const less: Comparison = (found, wanted) => found < wanted
const lessOrEqual: Comparison = (found, wanted) => found <= wanted
const greater: Comparison = (found, wanted) => found > wanted
const greaterOrEqual: Comparison = (found, wanted) => found >= wanted

const family = (version: number) => (version === 6 ? 'ipv6' : 'ipv4')

/** Reads `10.0.0.0/8`, `2001:db8::/32` or one address; an IPv4 address written in IPv6 is found in IPv4 ranges too. */
function compileIpRange(range: string): ValueMatcher | undefined {
  const [, address = '', bits] = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/.exec(range) ?? []
  const version = isIP(address)
  const widest = version === 6 ? 128 : 32
  const prefix = bits === undefined ? widest : Number(bits)
  if (version === 0 || prefix > widest) return undefined
  const list = new BlockList()
  list.addSubnet(address, prefix, family(version))
  return (found) => {
    const foundVersion = isIP(found)
    return foundVersion === 0 ? undefined : list.check(found, family(foundVersion))
  }
}

/**
 * What the operators ask, by their names without `Not`. Equality, `Match` and `Like` mind the case of letters as IAM
 * documents it, and so do the ends of a text.
 */
export const valueTests = {
  StringEquals: ofText((wanted) => (found) => found === wanted),
  StringEqualsIgnoreCase: ofText((wanted) => {
    const lower = wanted.toLowerCase()
    return (found) => found.toLowerCase() === lower
  }),
  StringLike: ofText(compileWildcard),
  StringMatch: ofText(compileWildcard),
  StringStartWith: ofText((wanted) => (found) => found.startsWith(wanted)),
  StringEndWith: ofText((wanted) => (found) => found.endsWith(wanted)),
  NumberEquals: ofNumber(equals),
  NumberLessThan: ofNumber(less),
  NumberLessThanEquals: ofNumber(lessOrEqual),
  NumberGreaterThan: ofNumber(greater),
  NumberGreaterThanEquals: ofNumber(greaterOrEqual),
  DateEquals: ofTime(equals),
  DateLessThan: ofTime(less),
  DateLessThanEquals: ofTime(lessOrEqual),
  DateGreaterThan: ofTime(greater),
  DateGreaterThanEquals: ofTime(greaterOrEqual),
  Bool: ofRead('true or false', readBool, (found, wanted) => found === wanted),
  IpAddress: { kind: 'an IP address or range such as 10.0.0.0/8', compile: compileIpRange },
} as const satisfies Readonly<Record<string, ValueTest>>

/** What is asked of keys that may be missing: whether they are. */
export const presence: ValueTest = valueTests.Bool
