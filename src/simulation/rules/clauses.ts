import { compileWildcard } from '../../lib/wildcard.ts'
import { compilePath } from './field-path.ts'
import { compileMatcher, type Matcher } from './matcher.ts'
import type { RuledRequest } from './request.ts'
import { listed, momentMs } from './values.ts'
import type { When } from './when.ts'

/** When a request is looked at, and in which phase the world is then. */
export interface Moment {
  /** Virtual ms since the epoch. */
  now: number
  phase: string | undefined
}

/** Why a request does not fit, in words that are only made when somebody asks. */
export type Miss = () => string

/** One thing that a rule wants of a request. */
export type Clause = (request: RuledRequest, moment: Moment) => Miss | undefined

/** What `when` wants of a single request, cheap things first; operation, chance and counts are looked at elsewhere. */
export function compileClauses(when: When, worldStart: number): Clause[] {
  const clauses: Clause[] = []
  if (when.phase !== undefined)
    clauses.push(oneOf('the phase', listed(when.phase), (_, { phase }) => [phase]))
  if (when.method !== undefined)
    clauses.push(oneOf('the method', listed(when.method), ({ method }) => [method]))
  if (when.project !== undefined)
    clauses.push(oneOf('the project', listed(when.project), ({ projectId }) => [projectId]))
  if (when.user !== undefined)
    clauses.push(oneOf('the user', listed(when.user), ({ userName, userId }) => [userName, userId]))
  if (when.after !== undefined) clauses.push(notBefore(momentMs(when.after, worldStart)))
  if (when.before !== undefined) clauses.push(notFrom(momentMs(when.before, worldStart)))
  if (when.path !== undefined) clauses.push(pathLike(listed(when.path)))
  for (const [name, matcher] of Object.entries(when.query ?? {}))
    clauses.push(matching(`query ${name}`, matcher, ({ query }) => queryValue(query, name)))
  for (const [name, matcher] of Object.entries(when.headers ?? {}))
    clauses.push(matching(`header ${name}`, matcher, (request) => there(request.header(name))))
  for (const [path, matcher] of Object.entries(when.body ?? {})) {
    const valuesAt = compilePath(path)
    clauses.push(matching(`body ${path}`, matcher, ({ body }) => valuesAt(body)))
  }
  return [...clauses, ...resourceClauses(when.resource ?? {})]
}

function oneOf(
  what: string,
  wanted: readonly string[],
  found: (request: RuledRequest, moment: Moment) => readonly (string | undefined)[],
): Clause {
  return (request, moment) => {
    const values = found(request, moment)
    for (const value of values) if (value !== undefined && wanted.includes(value)) return undefined
    return () =>
      `${what} is ${values.find((value) => value !== undefined) ?? 'none'}, not ${wanted.join(' or ')}`
  }
}

function notBefore(instant: number): Clause {
  return (_, { now }) => (now >= instant ? undefined : () => `it came ${instant - now} ms too early`)
}

function notFrom(instant: number): Clause {
  return (_, { now }) => (now < instant ? undefined : () => `it came ${now - instant} ms too late`)
}

function pathLike(patterns: readonly string[]): Clause {
  const globs = patterns.map(compileWildcard)
  return ({ path }) =>
    globs.some((fits) => fits(path)) ? undefined : () => `the path is ${path}, not ${patterns.join(' or ')}`
}

/** The values of a field; none when it is not there. */
function there(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value]
}

function queryValue(query: RuledRequest['query'], name: string): readonly unknown[] {
  return Object.hasOwn(query, name) ? there(query[name]) : []
}

function matching(
  what: string,
  matcher: Matcher,
  valuesIn: (request: RuledRequest) => readonly unknown[],
): Clause {
  const { fits, wants } = compileMatcher(matcher)
  return (request) => {
    const found = valuesIn(request)
    if (fits(found)) return undefined
    const kept = found.slice(0, MOST_VALUES).map(shortened)
    return () => {
      const shown = kept.map(shownValue).join(', ')
      return `${what} ${shown === '' ? 'is not there' : `is ${shown}`}, and should ${wants}`
    }
  }
}

/** Characters of one value. */
const MOST_SHOWN = 80
const MOST_VALUES = 5

/** As much of a value as is kept for whoever asks why. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return { listOf: value.length }
  if (typeof value === 'object' && value !== null) return {}
  return typeof value === 'string' ? value.slice(0, MOST_SHOWN + 1) : value
}

function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return 'listOf' in value ? `a list of ${value.listOf}` : 'a map'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > MOST_SHOWN + 2 ? `${text.slice(0, MOST_SHOWN)}…` : text
}

function resourceClauses(resource: NonNullable<When['resource']>): Clause[] {
  const { id, status, name, tag, visibility } = resource
  const clauses: Clause[] = []
  const about = (what: string, matcher: Matcher | undefined, valuesIn: Parameters<typeof matching>[2]) => {
    if (matcher !== undefined) clauses.push(matching(`the image's ${what}`, matcher, valuesIn))
  }
  about('id', id, (request) => there(request.resource()?.id))
  about('status', status, (request) => there(request.resource()?.status))
  about('name', name, (request) => there(request.resource()?.name))
  about('tag', tag, ({ resource: named }) => (named()?.tags ?? []).map(tagText))
  about('visibility', visibility, (request) => there(request.resource()?.visibility))
  return clauses
}

/** A tag as rules write it: `key=value`, or the key alone. */
function tagText({ key, value }: { key: string; value: string }): string {
  return value === '' ? key : `${key}=${value}`
}
