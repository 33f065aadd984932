import type { Operation } from '../../src/contract/operation.ts'
import { leadingText, type Statement } from './source.ts'

/** Where a text calls operations. */
export interface FoundCall {
  at: number
  operations: Operation[]
}

/** What the helpers of every test call on its behalf. */
const SHARED_HELPERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['importImage', ['CreateImage', 'ShowJob']],
  ['job', ['ShowJob']],
  ['advance', ['ControlAdvanceClock']],
  ['addImages', ['ControlAddFixtures']],
])

const CALL = /\.(get|post|put|patch|delete)\(\s*|\brequest\(\s*'([A-Z]+)',\s*/g

/** Knows the constants and functions of one test file, and so which operations a piece of it calls. */
export function callFinder(statements: readonly Statement[], operations: readonly Operation[]) {
  const definitions = Map.groupBy(
    statements.flatMap(({ text }) => {
      const match =
        /^\s*(?:export )?(?:(?:const|let) (\w+)\b|(?:async )?function (\w+)\b|(\w+) = )/.exec(text) ?? []
      const name = match[1] ?? match[2] ?? match[3]
      return name === undefined ? [] : [{ name, text }]
    }),
    ({ name }) => name,
  )
  const byId = new Map(operations.map((operation) => [operation.id, operation]))

  /** Every path that an expression may stand for, with `*` for what is not known. */
  function paths(expression: string, depth = 0): string[] {
    const literal = leadingText(expression)
    if (literal === undefined) {
      const name = /^\s*(\w+)/.exec(expression)?.[1] ?? ''
      return depth > 4 ? [] : pathsOfName(name, depth)
    }
    let found = ['']
    for (const part of literal.split(/(\$\{[^}]*\})/)) {
      const inner = /^\$\{(.*)\}$/.exec(part)?.[1]
      const name = /^(\w+)(?:\(|$)/.exec(inner ?? '')?.[1]
      const values =
        inner === undefined ? [part] : name === undefined || depth > 4 ? [] : pathsOfName(name, depth)
      const usable = values.length === 0 ? ['*'] : values
      found = found.flatMap((start) => usable.map((end) => start + end))
    }
    return found
  }

  function pathsOfName(name: string, depth: number): string[] {
    return (definitions.get(name) ?? []).flatMap(({ text }) => {
      const start = /(?:=>|=|return)\s*(?=['"`](?:\/|\$\{))/.exec(text)
      return start === null ? [] : paths(text.slice(start.index + start[0].length), depth + 1)
    })
  }

  function called(method: string, expression: string): Operation[] {
    const found = paths(expression).flatMap((path) => {
      const operation = operationAt(operations, method, path)
      return operation === undefined ? [] : [operation]
    })
    return [...new Set(found)]
  }

  function find(text: string, depth = 0): FoundCall[] {
    const direct = [...text.matchAll(CALL)].map((match): FoundCall => {
      const method = (match[1] ?? match[2] ?? '').toUpperCase()
      return { at: match.index, operations: called(method, text.slice(match.index + match[0].length)) }
    })
    const helped = [...text.matchAll(/\b(\w+)\(/g)].flatMap((match): FoundCall[] => {
      const name = match[1] ?? ''
      const shared = SHARED_HELPERS.get(name)?.flatMap((id) => byId.get(id) ?? [])
      const own =
        depth > 2 ? [] : (definitions.get(name) ?? []).flatMap((helper) => bodyCalls(helper.text, depth))
      const all = [...(shared ?? []), ...own]
      return all.length === 0 ? [] : [{ at: match.index, operations: all }]
    })
    return [...direct, ...helped].filter((call) => call.operations.length > 0).sort((a, b) => a.at - b.at)
  }

  /** What a helper calls; constants that hold an answer are none. */
  function bodyCalls(text: string, depth: number): Operation[] {
    if (!/=>|function/.test(text)) return []
    const body = text.slice(text.search(/=>|\{/))
    return find(body, depth + 1).flatMap((call) => call.operations)
  }

  return find
}

/** The operation that answers a path whose unknown parts are `*`; those stand for parameters only. */
function operationAt(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  const asked = (path.split('?')[0] ?? '').split('/')
  const fitting = operations.filter((operation) => {
    const segments = operation.path.split('/')
    return (
      operation.method === method &&
      segments.length === asked.length &&
      segments.every((segment, n) => fits(segment, asked[n] ?? ''))
    )
  })
  const parameters = ({ path: declared }: Operation) => declared.split('{').length
  return fitting.sort((a, b) => parameters(a) - parameters(b))[0]
}

function fits(declared: string, asked: string): boolean {
  if (declared.startsWith('{')) return asked !== ''
  if (asked === '*') return false
  return asked.includes('*') ? declared.startsWith(asked.split('*')[0] ?? '') : declared === asked
}
