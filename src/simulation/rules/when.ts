import { z } from 'zod'
import { compileWildcard } from '../../lib/wildcard.ts'
import type { Resource } from '../cloud.ts'
import { type NamedService, OperationNames } from './cloud-names.ts'
import { compilePath, FieldPath } from './field-path.ts'
import { compileMatcher, Matcher } from './matcher.ts'
import { type MatchBudget, openMatchBudget } from './pattern.ts'
import { listed, MomentText, momentMs, Names, notEmpty } from './values.ts'

/*
 * The `when` of a rule. To add a clause, describe its key in `When` and compile it in `compileClauses`. The operation is
 * compiled in cloud-names.ts, because rules are sorted by it before a request comes; probability and counts are not
 * clauses of a single request and are evaluated in evaluate.ts and counters.ts.
 */

const Method = z.enum(['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** The number of a request; the first is 1. */
const Ordinal = z.int().min(1).max(1_000_000_000)

const ByHeader = z.record(z.string().min(1).max(256), Matcher)

const ResourceClauses = z
  .strictObject({
    id: Matcher.optional().meta({
      description: 'Its id.',
      examples: ['6a6a2ae4-0a3c-4c1f-8d4c-7f1b6d1f8b11'],
    }),
    status: Matcher.optional().meta({ description: 'Its state.', examples: [['active', 'deactivated']] }),
    name: Matcher.optional().meta({ description: 'Its name.', examples: [{ matches: '^web' }] }),
    tag: Matcher.optional().meta({
      description: 'One of its tags, as `key` or `key=value`.',
      examples: ['stage=test'],
    }),
    visibility: Matcher.optional().meta({ description: 'Its visibility.', examples: ['private'] }),
  })
  .superRefine(notEmpty('has no condition; write id, status, name, tag or visibility'))

/** What a request must look like. All clauses must hold; a rule without clauses matches every request. */
export const When = z.strictObject({
  operation: OperationNames.optional().meta({
    description:
      'The id of an operation, a pattern with `*`, a whole service (`service:ims`, `service:glance`, `service:iam`, `service:eps`), or a list of them.',
    examples: [['CreateImage', 'CopyImage*']],
  }),
  method: z
    .union([Method, z.array(Method).min(1)])
    .optional()
    .meta({ description: 'A method or a list of methods.', examples: [['GET', 'HEAD']] }),
  path: Names.optional().meta({
    description:
      'A pattern with `*` for the path, without the query and without the part that names the world.',
    examples: ['/v2/images/*/file'],
  }),
  project: Names.optional().meta({
    description: 'Ids of projects.',
    examples: ['0605767a9500d5ed2fb3c00a8e3a0d4c'],
  }),
  user: Names.optional().meta({ description: 'Ids or names of users.', examples: [['demo', 'reader']] }),
  phase: Names.optional().meta({
    description: 'Phases of which the world must be in one.',
    examples: ['outage'],
  }),
  headers: ByHeader.optional().meta({
    description: 'Headers by name, each with a matcher.',
    examples: [{ 'user-agent': { matches: '^terraform' } }],
  }),
  query: ByHeader.optional().meta({
    description: 'Query parameters by name, each with a matcher.',
    examples: [{ marker: { present: true } }],
  }),
  body: z
    .record(FieldPath, Matcher)
    .optional()
    .meta({
      description: 'Fields of a JSON body by path (`name`, `tags[0].key`, `images[*]`), each with a matcher.',
      examples: [{ image_url: { matches: 'qcow2$' } }],
    }),
  resource: ResourceClauses.optional().meta({
    description: 'The image that the path names, as it is before the request.',
    examples: [{ status: 'active' }],
  }),
  after: MomentText.optional().meta({
    description: "Only from this time on: a duration since the world's start, or an instant.",
    examples: ['5m'],
  }),
  before: MomentText.optional().meta({
    description: 'Only before this time.',
    examples: ['2030-01-01T00:00:00Z'],
  }),
  probability: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'The fraction of requests, 0 to 1, drawn from the seed.', examples: [0.5] }),
  nth: z
    .union([Ordinal, z.array(Ordinal).min(1).max(1024)])
    .optional()
    .meta({
      description: 'Numbers of the requests that match everything else, counted from 1.',
      examples: [[2, 5]],
    }),
  first: Ordinal.optional().meta({
    description: 'Only this many requests, from the first one that matches everything else.',
    examples: [3],
  }),
  every: Ordinal.optional().meta({
    description: 'Only one in this many of the requests that match everything else.',
    examples: [2],
  }),
})
export type When = z.output<typeof When>

/** A request as rules see it: its operation and its caller are known, its fields are not yet checked. */
export interface RuledRequest {
  /** The id of the operation. */
  operation: string
  /** The service that the operation belongs to. */
  service: NamedService
  method: string
  /** Without the part that names the world, and without the query. */
  path: string
  projectId?: string | undefined
  userId?: string | undefined
  userName?: string | undefined
  /** Looks up a header by name, ignoring case; undefined when it was not sent. */
  header(name: string): string | undefined
  query: Readonly<Record<string, string | string[]>>
  /** Parsed JSON; undefined when there is none. */
  body: unknown
  /** Looks up the resource that the path names; undefined when it names none. Called only by rules that need it. */
  resource(): Resource | undefined
}

/** The time of a request, and the phase that the world is in then. */
export interface Moment {
  /** Virtual ms since the epoch. */
  now: number
  phase: string | undefined
}

/** Renders why a request does not match. Called only when somebody asks, because most mismatches are never shown. */
export type Mismatch = () => string

/** One compiled clause: returns undefined for a request that matches. */
export type Clause = (request: RuledRequest, moment: Moment) => Mismatch | undefined

/**
 * Compiles the clauses about a single request, cheap ones first.
 * @param worldStart ms since the epoch: where durations in `after` and `before` begin.
 */
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
  if (when.before !== undefined) clauses.push(before(momentMs(when.before, worldStart)))
  if (when.path !== undefined) clauses.push(pathMatching(listed(when.path)))
  for (const [name, matcher] of Object.entries(when.query ?? {}))
    clauses.push(matching(`query ${name}`, matcher, ({ query }) => queryValue(query, name)))
  for (const [name, matcher] of Object.entries(when.headers ?? {}))
    clauses.push(matching(`header ${name}`, matcher, (request) => valuesOf(request.header(name))))
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

function before(instant: number): Clause {
  return (_, { now }) => (now < instant ? undefined : () => `it came ${now - instant} ms too late`)
}

function pathMatching(patterns: readonly string[]): Clause {
  const tests = patterns.map(compileWildcard)
  return ({ path }) =>
    tests.some((matches) => matches(path))
      ? undefined
      : () => `the path is ${path}, not ${patterns.join(' or ')}`
}

/** The values of a field that has one or is not there. */
function valuesOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value]
}

function queryValue(query: RuledRequest['query'], name: string): readonly unknown[] {
  return Object.hasOwn(query, name) ? valuesOf(query[name]) : []
}

/** One budget for all rules that are matched against a request. */
const budgets = new WeakMap<RuledRequest, MatchBudget>()

function budgetOf(request: RuledRequest): MatchBudget {
  const known = budgets.get(request)
  if (known !== undefined) return known
  const budget = openMatchBudget()
  budgets.set(request, budget)
  return budget
}

function matching(
  what: string,
  matcher: Matcher,
  valuesIn: (request: RuledRequest) => readonly unknown[],
): Clause {
  const { matches, expects } = compileMatcher(matcher)
  return (request) => {
    const found = valuesIn(request)
    const budget = budgetOf(request)
    if (matches(found, budget)) return undefined
    if (budget.spent)
      return () => `${what} was not matched: other patterns took all the time that one request has`
    const kept = found.slice(0, MOST_VALUES).map(shortened)
    return () => {
      const shown = kept.map(shownValue).join(', ')
      return `${what} ${shown === '' ? 'is not there' : `is ${shown}`}, and should ${expects}`
    }
  }
}

/** Characters of one value in a message, and values in a message. */
const LONGEST_VALUE = 80
const MOST_VALUES = 5

/** The part of a value that its message needs, so that a mismatch does not keep a whole body in memory. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return { listOf: value.length }
  if (typeof value === 'object' && value !== null) return {}
  return typeof value === 'string' ? value.slice(0, LONGEST_VALUE + 1) : value
}

function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return 'listOf' in value ? `a list of ${value.listOf}` : 'a map'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > LONGEST_VALUE + 2 ? `${text.slice(0, LONGEST_VALUE)}…` : text
}

function resourceClauses(resource: z.output<typeof ResourceClauses>): Clause[] {
  const { id, status, name, tag, visibility } = resource
  const clauses: Clause[] = []
  const add = (what: string, matcher: Matcher | undefined, valuesIn: Parameters<typeof matching>[2]) => {
    if (matcher !== undefined) clauses.push(matching(`the image's ${what}`, matcher, valuesIn))
  }
  add('id', id, (request) => valuesOf(request.resource()?.id))
  add('status', status, (request) => valuesOf(request.resource()?.status))
  add('name', name, (request) => valuesOf(request.resource()?.name))
  add('tag', tag, (request) => (request.resource()?.tags ?? []).map(tagText))
  add('visibility', visibility, (request) => valuesOf(request.resource()?.visibility))
  return clauses
}

/** A tag as rules write it: `key=value`, or the key alone. */
function tagText({ key, value }: { key: string; value: string }): string {
  return value === '' ? key : `${key}=${value}`
}
