import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'
import { parseDuration } from '../../lib/duration.ts'
import { elementsOf, shown } from '../../lib/nearest.ts'

const AuthWire = z.strictObject({
  mode: z.enum(['lenient', 'strict']),
  /** Life of a new token, on the world's clock: `24h`, `1h30m`. */
  token_life: z.string(),
})
export type AuthWire = z.input<typeof AuthWire>

export const showAuth = contract({
  id: 'ControlShowAuth',
  method: 'GET',
  path: '/_ims/auth',
  summary: 'The authentication mode, and the life of new tokens',
  request: nothing,
  responses: { 200: AuthWire },
})

/** Ten years in ms: a longer life would end after the last time that can be written. */
const LONGEST_LIFE = 3650 * 86_400_000

/** Milliseconds. */
const TokenLife = z.string('write a duration, such as 1h').transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms <= LONGEST_LIFE) return ms
  context.addIssue({
    code: 'custom',
    message: `found ${shown(text)}; write a duration above zero and up to 3650d, such as 1h or 90m`,
  })
  return z.NEVER
})

const AuthChange = z
  .strictObject(
    {
      mode: z
        .enum(['lenient', 'strict'], {
          error: ({ input }) => `found ${shown(input)}; write "lenient" or "strict"`,
        })
        .optional(),
      token_life: TokenLife.optional(),
    },
    elementsOf('a change of authentication', ['mode', 'token_life']),
  )
  .refine(
    ({ mode, token_life }) => mode !== undefined || token_life !== undefined,
    'nothing is to be changed; send at least one of mode, token_life',
  )

export const changeAuth = contract({
  id: 'ControlChangeAuth',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/auth',
  summary:
    'Accept every caller (lenient), or verify credentials and enforce rights (strict); the change lasts until a reset or the end of the process',
  request: z.object({ body: AuthChange }),
  responses: { 200: AuthWire },
})

const TokenRequest = z.strictObject({
  /** Name or id; the demo user by default. */
  user: z.string().optional(),
  /** Name or id; the user's own by default. */
  project: z.string().optional(),
})

export const issueControlToken = contract({
  id: 'ControlIssueToken',
  method: 'POST',
  path: '/_ims/tokens',
  summary:
    'A token of any user for any project of its domain, without a password: for tests that act as several users',
  request: z.object({ body: TokenRequest.default({}) }),
  responses: {
    201: z.strictObject({
      token: z.string(),
      user_id: z.string(),
      project_id: z.string(),
      expires_at: z.string(),
    }),
  },
})
