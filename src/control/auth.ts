import { z } from 'zod'
import { elementsOf, shown } from '../accounts/policy/mistakes.ts'
import { nothing, ok } from '../contract/operation.ts'
import { parseDuration } from '../lib/duration.ts'
import type { Auth } from '../simulation/auth.ts'
import { controlOperation } from './operation.ts'

const AuthWire = z.strictObject({
  mode: z.enum(['lenient', 'strict']),
  /** How long a new token is good, on the world's clock: `24h`, `1h30m`. */
  token_life: z.string(),
})

const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** A duration above zero as it may be sent back: `1h30m` for 5,400,000 ms. */
function durationText(ms: number): string {
  let left = ms
  return UNITS.flatMap(([unit, length]) => {
    const amount = Math.floor(left / length)
    left -= amount * length
    return amount === 0 ? [] : [`${amount}${unit}`]
  }).join('')
}

function renderAuth({ mode, tokenLife }: Auth): z.input<typeof AuthWire> {
  return { mode, token_life: durationText(tokenLife) }
}

export const showAuth = controlOperation({
  id: 'ControlShowAuth',
  method: 'GET',
  path: '/_ims/auth',
  summary: 'Who is let in, and how long new tokens are good',
  request: nothing,
  responses: { 200: AuthWire },
  handle: ({ world }) => ok(renderAuth(world.auth)),
})

/** Ten years: a token that ends later than any clock can say is of no use. */
const LONGEST_LIFE = 3650 * 86_400_000

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

export const changeAuth = controlOperation({
  id: 'ControlChangeAuth',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/auth',
  summary:
    'Let everybody in or only those who prove it and may; it lasts until a reset or the end of the process',
  request: z.object({ body: AuthChange }),
  responses: { 200: AuthWire },
  handle({ world }, { body: { mode, token_life } }) {
    if (mode !== undefined) world.auth.mode = mode
    if (token_life !== undefined) world.auth.tokenLife = token_life
    return ok(renderAuth(world.auth))
  },
})
