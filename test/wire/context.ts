import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Json, Scenario } from './recording.ts'

/** Callers by the name that recordings use (`admin`, `a`, `b`, `c`, `a2`), in the order of the table. */
export const Tokens = z.record(
  z.string(),
  z.looseObject({ token: z.string(), tenant: z.string(), user: z.string() }),
)
export type Tokens = z.infer<typeof Tokens>

/** State of one run of one scenario: the server, the callers, captured values and created images. */
export interface Context {
  /** The address of the service without a slash at the end. */
  readonly base: string
  readonly tokens: Tokens
  /** Values of `{{name}}`, in the order in which they were first captured. */
  readonly variables: Map<string, string>
  /** Ids of the images that this scenario created; they are deleted after it. */
  readonly images: string[]
}

export function newContext(base: string, tokens: Tokens, { generate }: Pick<Scenario, 'generate'>): Context {
  const variables = new Map(generate.map((name) => [name, randomUUID()]))
  return { base: base.replace(/\/+$/, ''), tokens, variables, images: [] }
}

const PLACEHOLDER = /\{\{([^{}]+)\}\}/g
const OF_A_CALLER = /^(token|tenant|user):(.*)$/

/** Replaces `{{image1}}`, `{{token:a}}` and other placeholders by the values of this run. */
export function substitute(context: Context, text: string): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const [, kind, who] = OF_A_CALLER.exec(name) ?? []
    if (kind !== undefined && who !== undefined) return valueOfCaller(context.tokens, kind, who)
    return context.variables.get(name) ?? `missing-variable-${name}`
  })
}

/** Replaces the placeholders in every key and every string of a JSON value. */
export function substituteIn(context: Context, value: Json): Json {
  if (typeof value === 'string') return substitute(context, value)
  if (Array.isArray(value)) return value.map((item) => substituteIn(context, item))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, item]) => [substitute(context, key), substituteIn(context, item)]),
  )
}

function valueOfCaller(tokens: Tokens, kind: string, who: string): string {
  const caller = tokens[who]
  if (caller === undefined)
    throw new Error(`The recordings name the caller "${who}", which the token table does not have.`)
  if (kind === 'token') return caller.token
  return kind === 'tenant' ? caller.tenant : caller.user
}
