import { z } from 'zod'
import { contract } from '../../contract/operation.ts'
import { elementsOf } from '../../lib/nearest.ts'

/** A name or an id. A longer text is refused before it is compared with the names that exist. */
export const ShortText = z.string().max(256, 'write at most 256 characters')

/** The caller that a question is about: exactly one of `user` (id or name), `token` and `access_key`. */
const callerFields = {
  user: ShortText.optional(),
  token: z.string().optional(),
  access_key: ShortText.optional(),
  /**
   * The project to act in. By default it is the project in `path`, if the domain has it, and else the home project. A
   * token has its own.
   */
  project_id: ShortText.optional(),
}
export type AskedCallerFields = z.output<z.ZodObject<typeof callerFields>>

/** What a question is about: exactly one of `action`, `operation` (its id), and `method` with `path`. */
const operationFields = {
  action: ShortText.optional(),
  operation: ShortText.optional(),
  method: z
    .string()
    .regex(/^(get|head|post|put|patch|delete|options)$/i, 'write a method of HTTP, such as GET')
    .optional(),
  /** With its query, and with or without the part that names a world. */
  path: z.string().max(4096, 'write at most 4096 characters').optional(),
}
export type AskedOperationFields = z.output<z.ZodObject<typeof operationFields>>

const FIELDS = {
  ...callerFields,
  ...operationFields,
  image_id: ShortText.optional(),
  enterprise_project_id: ShortText.optional(),
  source_ip: z.union([z.ipv4(), z.ipv6()], 'write an address, such as 10.0.0.7').optional(),
}
const given = (...values: readonly unknown[]) => values.filter((value) => value !== undefined).length

/** May this caller do that, to this resource? */
const Question = z
  .strictObject(FIELDS, elementsOf('a question', Object.keys(FIELDS)))
  .refine(
    ({ user, token, access_key }) => given(user, token, access_key) === 1,
    'say who: send exactly one of user (id or name), token and access_key',
  )
  .refine(
    ({ action, operation: id, method, path }) => given(method, path) !== 1 && given(action, id, method) === 1,
    'say what: send exactly one of action, operation, and method with path',
  )
export type Question = z.output<typeof Question>

const StatementWire = z.strictObject({
  policy: z.string(),
  /** Through what it was granted: `user alice`, `group readers`, `agency partners`. */
  source: z.string(),
  /** Place of the statement in the policy, from 0. */
  index: z.int(),
  sid: z.string().optional(),
  effect: z.enum(['Allow', 'Deny']),
  applies: z.boolean(),
  why: z.string(),
})
export type StatementWire = z.input<typeof StatementWire>

const ActionWire = z.strictObject({
  action: z.string(),
  /** The condition of an action that only some requests need; such an action does not count for the outer `allowed`. */
  when: z.string().optional(),
  allowed: z.boolean(),
  because: z.enum(['allowed', 'denied', 'not allowed', 'allowed in enterprise projects']),
  by: StatementWire.optional(),
  /** The enterprise projects that a list is restricted to. */
  enterprise_projects: z.array(z.string()).optional(),
  statements: z.array(StatementWire),
})
export type ActionWire = z.input<typeof ActionWire>

const ExplanationWire = z.strictObject({
  /** The decision of a strict world. */
  allowed: z.boolean(),
  mode: z.enum(['lenient', 'strict']),
  would_be_refused_now: z.boolean(),
  /** Why a strict world refuses the request before it looks at rights. */
  refused_first: z.string().optional(),
  caller: z.strictObject({
    user_id: z.string(),
    user_name: z.string(),
    project_id: z.string(),
    domain_id: z.string(),
    roles: z.array(z.string()),
  }),
  actions: z.array(ActionWire),
  /** Granted roles that do not count here. */
  without_effect: z.array(z.strictObject({ role: z.string(), source: z.string(), why: z.string() })),
})
export type ExplanationWire = z.input<typeof ExplanationWire>

export const explainAuthorization = contract({
  id: 'ControlAuthorize',
  method: 'POST',
  path: '/_ims/authorize',
  summary: 'Why a request would be allowed or refused, statement by statement',
  request: z.object({ body: Question }),
  responses: { 200: ExplanationWire },
})
