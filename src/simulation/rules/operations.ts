import { nearest } from '../../lib/nearest.ts'
import { compileWildcard } from '../../lib/wildcard.ts'
import type { Phases } from './phases.ts'
import type { Rule } from './schema.ts'
import { listed } from './values.ts'

/** How a rule names a service; `face:` is the older spelling of the same. */
const SERVICE = /^(?:service|face):/

/** A service as rules see it: its id, and further names for it. */
export interface NamedService {
  readonly id: string
  readonly aliases: readonly string[]
}

/** Compiles the operations that a rule or a move is about; one that names none is about all. */
export function compileOperations(
  names: string | readonly string[] | undefined,
): (service: NamedService, operation: string) => boolean {
  if (names === undefined) return () => true
  const tests = listed(names).map((name) => {
    const fits = compileWildcard(name.replace(SERVICE, ''))
    return SERVICE.test(name)
      ? ({ id, aliases }: NamedService) => fits(id) || aliases.some(fits)
      : (_service: NamedService, operation: string) => fits(operation)
  })
  return (service, operation) => tests.some((about) => about(service, operation))
}

/** An operation that a rule or a move names and that does not exist. */
export interface UnknownOperation {
  /** Into the scenario, or into whatever holds the rules. */
  path: readonly (string | number)[]
  /** `ListImage is no operation; did you mean ListImages?` */
  message: string
}

/** The operations that rules name and that do not exist; services are checked when they are given. */
export function unknownOperations(
  rules: readonly { when: Pick<Rule['when'], 'operation'> }[],
  knownIds: readonly string[],
  knownServices?: readonly string[],
): UnknownOperation[] {
  return rules.flatMap(({ when }, i) =>
    unknownNames(when.operation, ['rules', i, 'when', 'operation'], knownIds, knownServices),
  )
}

/** The same of the moves between phases. */
export function unknownOperationsOfPhases(
  phases: Phases | undefined,
  knownIds: readonly string[],
  knownServices?: readonly string[],
): UnknownOperation[] {
  return (phases?.moves ?? []).flatMap(({ when }, i) =>
    unknownNames(when.operation, ['phases', 'moves', i, 'when', 'operation'], knownIds, knownServices),
  )
}

function unknownNames(
  names: string | readonly string[] | undefined,
  path: readonly (string | number)[],
  ids: readonly string[],
  services: readonly string[] | undefined,
): UnknownOperation[] {
  if (names === undefined) return []
  return listed(names).flatMap((name, i) => {
    const message = SERVICE.test(name)
      ? services && unknown('service', name.replace(SERVICE, ''), services)
      : unknown('operation', name, ids)
    return message === undefined ? [] : [{ path: typeof names === 'string' ? path : [...path, i], message }]
  })
}

function unknown(what: 'operation' | 'service', name: string, known: readonly string[]): string | undefined {
  if (known.some(compileWildcard(name))) return undefined
  if (name.includes('*')) return `${name} fits no ${what}`
  const meant = nearest(name, known)
  return `${name} is no ${what}${meant === undefined ? '' : `; did you mean ${meant}?`}`
}
