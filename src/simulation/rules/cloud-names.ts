import { z } from 'zod'
import { nearest } from '../../lib/nearest.ts'
import { compileWildcard } from '../../lib/wildcard.ts'
import { visitParts } from '../scenario/format.ts'
import { listed } from './values.ts'

/*
 * Names that a scenario takes from the emulated cloud: operations, services and error codes. The schemas take any text,
 * because this folder knows no service; `unknownNames` checks the names against those that the caller passes in.
 */

/** The names of an emulated cloud. */
export interface KnownNames {
  operations: readonly string[]
  services: readonly string[]
  errorCodes: readonly string[]
}

/** A code of the error catalogue, such as `IMG.0057`. */
export const ErrorCode = z.string().min(1).max(64)

/** The id of an operation, a pattern with `*`, or a whole service as `service:ims`. */
export const OperationName = z.string().min(1).max(256)

/** One operation, or several of which one must match. */
export const OperationNames = z.union([OperationName, z.array(OperationName).min(1).max(256)])
type OperationNames = z.output<typeof OperationNames>

/** The prefix that makes a name that of a service; `face:` is an older spelling. */
const SERVICE = /^(?:service|face):/

/** A service as rules see it: its id, and further names for it. */
export interface NamedService {
  readonly id: string
  readonly aliases: readonly string[]
}

/** Compiles names of operations into a test. Without names, every operation passes. */
export function compileOperations(
  names: OperationNames | undefined,
): (service: NamedService, operation: string) => boolean {
  if (names === undefined) return () => true
  const tests = listed(names).map((name) => {
    const matches = compileWildcard(name.replace(SERVICE, ''))
    return SERVICE.test(name)
      ? ({ id, aliases }: NamedService) => matches(id) || aliases.some(matches)
      : (_service: NamedService, operation: string) => matches(operation)
  })
  return (service, operation) => tests.some((test) => test(service, operation))
}

/** A name in a scenario or a rule that does not exist. */
export interface UnknownName {
  kind: 'operation' | 'service' | 'error code'
  /** From the outermost map to the name. */
  path: readonly (string | number)[]
  /** `ListImage is no operation; did you mean ListImages?` */
  message: string
}

/**
 * Finds every operation, service and error code in a scenario or a rule that does not exist.
 * @param schema the schema of the value, such as `Scenario` or `Rule`.
 * @param written the value as it was written; it may have mistakes of other kinds.
 * @example unknownNames(Rule, rule, known) // [{ path: ['when', 'operation'], message: 'ListImage is no …', … }]
 */
export function unknownNames(schema: z.core.$ZodType, written: unknown, known: KnownNames): UnknownName[] {
  const unknown: UnknownName[] = []
  const check = openNameCheck(known)
  visitParts(schema, written, (part, value, path) => {
    if (typeof value !== 'string' || (part !== OperationName && part !== ErrorCode)) return
    const mistake = part === OperationName ? check.operation(value) : check.errorCode(value)
    if (mistake !== undefined) unknown.push({ ...mistake, path })
  })
  return unknown
}

/** An unknown name without its place. */
type Mistake = Omit<UnknownName, 'path'>

/** Different names that are looked at closely: the nearest known one of each is looked for, and patterns are tried. */
const MOST_UNKNOWN = 100

/** Checks names of one scenario or rule. Looking for the nearest takes long, so each name is looked at once, and only some are. */
function openNameCheck({ operations, services, errorCodes }: KnownNames) {
  const ids = new Set(operations)
  const codes = new Set(errorCodes)
  const otherwise = `; rules apply to the services ${services.join(', ')}`
  const seen = new Map<string, Mistake | undefined>()
  let unknown = 0

  function operationMistake(name: string): Mistake | undefined {
    if (unknown >= MOST_UNKNOWN) return { kind: 'operation', message: `${name} is no operation` }
    return SERVICE.test(name)
      ? patternMistake('service', name.replace(SERVICE, ''), services, otherwise)
      : patternMistake('operation', name, operations, otherwise)
  }

  function codeMistake(name: string): Mistake {
    const kind = 'error code'
    return unknown >= MOST_UNKNOWN
      ? { kind, message: `${name} is no ${kind}` }
      : mistakeIn(kind, name, errorCodes)
  }

  function once(key: string, find: () => Mistake | undefined): Mistake | undefined {
    if (seen.has(key)) return seen.get(key)
    const found = find()
    if (found !== undefined) unknown += 1
    seen.set(key, found)
    return found
  }

  return {
    operation: (name: string) =>
      ids.has(name) ? undefined : once(`operation ${name}`, () => operationMistake(name)),
    errorCode: (name: string) =>
      codes.has(name) ? undefined : once(`error code ${name}`, () => codeMistake(name)),
  }
}

/**
 * Checks a name, or a pattern with `*`, against the names there are; returns undefined for one that matches.
 * @param otherwise what the message ends with when no name is near.
 * @example patternMistake('operation', 'ListImage', ids) // { message: 'ListImage is no operation; did you mean ListImages?', … }
 */
export function patternMistake(
  kind: 'operation' | 'service',
  pattern: string,
  known: readonly string[],
  otherwise = '',
): Mistake | undefined {
  if (known.some(compileWildcard(pattern))) return undefined
  return pattern.includes('*')
    ? { kind, message: `${pattern} fits no ${kind}` }
    : mistakeIn(kind, pattern, known, otherwise)
}

function mistakeIn(
  kind: UnknownName['kind'],
  name: string,
  known: readonly string[],
  otherwise = '',
): Mistake {
  const meant = nearest(name, known)
  return {
    kind,
    message: `${name} is no ${kind}${meant === undefined ? otherwise : `; did you mean ${meant}?`}`,
  }
}
