import { nearest } from '../../lib/nearest.ts'
import { compileWildcard } from '../../lib/wildcard.ts'
import type { Phases } from './phases.ts'
import type { Rule } from './schema.ts'
import { listed } from './values.ts'

const FACE = 'face:'

/** Compiles the operations that a rule or a move is about; one that names none is about all. */
export function compileOperations(
  names: string | readonly string[] | undefined,
): (face: string, operation: string) => boolean {
  if (names === undefined) return () => true
  const tests = listed(names).map((name) => {
    const fits = compileWildcard(name.startsWith(FACE) ? name.slice(FACE.length) : name)
    return (face: string, operation: string) => fits(name.startsWith(FACE) ? face : operation)
  })
  return (face, operation) => tests.some((about) => about(face, operation))
}

/** An operation that a rule or a move names and that does not exist. */
export interface UnknownOperation {
  /** Into the scenario, or into whatever holds the rules. */
  path: readonly (string | number)[]
  /** `ListImage is no operation; did you mean ListImages?` */
  message: string
}

/** The operations that rules name and nobody knows; faces are checked when they are given. */
export function unknownOperations(
  rules: readonly { when: Pick<Rule['when'], 'operation'> }[],
  knownIds: readonly string[],
  knownFaces?: readonly string[],
): UnknownOperation[] {
  return rules.flatMap(({ when }, i) =>
    unknownNames(when.operation, ['rules', i, 'when', 'operation'], knownIds, knownFaces),
  )
}

/** The same of the moves between phases. */
export function unknownOperationsOfPhases(
  phases: Phases | undefined,
  knownIds: readonly string[],
  knownFaces?: readonly string[],
): UnknownOperation[] {
  return (phases?.moves ?? []).flatMap(({ when }, i) =>
    unknownNames(when.operation, ['phases', 'moves', i, 'when', 'operation'], knownIds, knownFaces),
  )
}

function unknownNames(
  names: string | readonly string[] | undefined,
  path: readonly (string | number)[],
  ids: readonly string[],
  faces: readonly string[] | undefined,
): UnknownOperation[] {
  if (names === undefined) return []
  return listed(names).flatMap((name, i) => {
    const message = name.startsWith(FACE)
      ? faces && unknown('face', name.slice(FACE.length), faces)
      : unknown('operation', name, ids)
    return message === undefined ? [] : [{ path: typeof names === 'string' ? path : [...path, i], message }]
  })
}

function unknown(what: 'operation' | 'face', name: string, known: readonly string[]): string | undefined {
  if (known.some(compileWildcard(name))) return undefined
  if (name.includes('*')) return `${name} fits no ${what}`
  const meant = nearest(name, known)
  return `${name} is no ${what}${meant === undefined ? '' : `; did you mean ${meant}?`}`
}
