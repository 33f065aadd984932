import { z } from 'zod'
import { factsOf } from '../../accounts/policy/access-request.ts'
import { clausesOf, compileCondition } from '../../accounts/policy/conditions.ts'
import { parseOperator } from '../../accounts/policy/operators.ts'
import { jsonIn } from '../../lib/json.ts'
import { safeParse } from '../../lib/parse.ts'
import { compileWildcard } from '../../lib/wildcard.ts'

const Texts = z.union([z.string(), z.array(z.string())]).transform((texts) => [texts].flat())

/** Everybody, or accounts and users: `domain/{id}`, `domain/{id}:user/{id}`, `domain/{id}:user/*`. */
const Principal = z.union([
  z.literal('*').transform((all) => [all]),
  z.object({ ID: Texts }).transform(({ ID }) => ID),
])

const Condition = z
  .record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
  .refine(
    (block) =>
      clausesOf(block).every(({ operator, wanted }) => {
        const test = parseOperator(operator)?.test
        return test !== undefined && wanted.every((value) => test.compile(value) !== undefined)
      }),
    { error: 'has an unknown operator, or a value that it cannot compare with' },
  )

const Statement = z
  .object({
    Effect: z.enum(['Allow', 'Deny']),
    Principal: Principal.optional(),
    NotPrincipal: Principal.optional(),
    Action: Texts.optional(),
    NotAction: Texts.optional(),
    Resource: Texts.optional(),
    NotResource: Texts.optional(),
    Condition: Condition.optional(),
  })
  .refine((statement) => hasOne(statement.Principal, statement.NotPrincipal), {
    error: 'needs either Principal or NotPrincipal',
  })
  .refine((statement) => hasOne(statement.Action, statement.NotAction), {
    error: 'needs either Action or NotAction',
  })
  .refine((statement) => hasOne(statement.Resource, statement.NotResource), {
    error: 'needs either Resource or NotResource',
  })

type Statement = z.output<typeof Statement>

function hasOne(one: unknown, other: unknown): boolean {
  return (one === undefined) !== (other === undefined)
}

const Document = z.object({
  Statement: z.union([Statement, z.array(Statement)]).transform((all) => [all].flat()),
})

/** A request as the policy of a bucket sees it. */
export interface BucketRequest {
  /** Without prefix: `GetObject`. */
  action: string
  bucket: string
  /** Undefined for a request about the bucket itself. */
  key?: string | undefined
  /** The account and the user; undefined for a request without credentials. */
  caller: { domainId: string; userId: string } | undefined
  /** Values of condition keys: `SourceIp`, `UserAgent` … */
  context?: Readonly<Record<string, string>>
}

/** Parses the policy of a bucket; the message says what is wrong with it. */
export function parseBucketPolicy(text: string): { statements: Statement[] } | { mistake: string } {
  const { data, error } = safeParse(Document, jsonIn(text))
  if (data !== undefined) return { statements: data.Statement }
  const [issue] = error.issues
  return { mistake: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no policy'}` }
}

/** What the policy of a bucket says about a request: a denial beats a permission; undefined when no statement applies. */
export function policyEffect(
  policy: string | undefined,
  request: BucketRequest,
): 'Allow' | 'Deny' | undefined {
  const parsed = policy === undefined ? undefined : parseBucketPolicy(policy)
  if (parsed === undefined || 'mistake' in parsed) return undefined
  const effects = parsed.statements.filter((each) => applies(each, request)).map(({ Effect }) => Effect)
  return effects.includes('Deny') ? 'Deny' : effects[0]
}

function applies(statement: Statement, request: BucketRequest): boolean {
  const { action, bucket, key, caller, context = {} } = request
  const principals =
    caller === undefined
      ? []
      : [`domain/${caller.domainId}`, `domain/${caller.domainId}:user/${caller.userId}`].map((text) =>
          text.toLowerCase(),
        )
  const resource = key === undefined ? bucket : `${bucket}/${key}`
  const facts = factsOf({ action, resource, context })
  return (
    fits(folded(patternsOf(statement.Principal, statement.NotPrincipal)), principals) &&
    fits(folded(patternsOf(statement.Action, statement.NotAction)), [action.toLowerCase()]) &&
    fits(patternsOf(statement.Resource, statement.NotResource), [resource]) &&
    clausesOf(statement.Condition ?? {}).every((clause) => compileCondition(clause).holds(facts))
  )
}

/** What a statement includes, or what it excludes. */
interface Patterns {
  patterns: readonly string[]
  excluded: boolean
}

function patternsOf(
  included: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
): Patterns {
  return { patterns: included ?? excluded ?? [], excluded: included === undefined }
}

/** Users, accounts and actions ignore case; the names of buckets and objects do not. */
function folded({ patterns, excluded }: Patterns): Patterns {
  return { patterns: patterns.map((pattern) => pattern.toLowerCase()), excluded }
}

/** True when a pattern includes one of the texts, or no pattern excludes one. `*` also includes somebody unknown. */
function fits({ patterns, excluded }: Patterns, texts: readonly string[]): boolean {
  const matched = patterns.some((pattern) => pattern === '*' || texts.some(compileWildcard(pattern)))
  return matched !== excluded
}
