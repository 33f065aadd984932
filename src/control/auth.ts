import { firstUser, listUsers } from '../accounts/queries/identity.ts'
import { listProjects } from '../accounts/queries/projects.ts'
import { issueToken } from '../accounts/tokens.ts'
import { created, handle, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import type { Auth } from '../simulation/world.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/auth.ts'

const showAuth = handle(contract.showAuth, ({ world }: ControlCall) => ok(renderAuth(world.auth)))

const changeAuth = handle(
  contract.changeAuth,
  ({ world: { auth } }: ControlCall, { body: { mode, token_life } }) => {
    if (mode !== undefined) auth.mode = mode
    if (token_life !== undefined) auth.tokenLife = token_life
    return ok(renderAuth(auth))
  },
)

function renderAuth({ mode, tokenLife }: Auth): contract.AuthWire {
  return { mode, token_life: durationText(tokenLife) }
}

const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** Renders a duration above zero as `parseDuration` parses it: `1h30m` for 5,400,000 ms. */
function durationText(ms: number): string {
  let left = ms
  return UNITS.flatMap(([unit, length]) => {
    const amount = Math.floor(left / length)
    left -= amount * length
    return amount === 0 ? [] : [`${amount}${unit}`]
  }).join('')
}

const issueControlToken = handle(contract.issueControlToken, ({ world }: ControlCall, { body }) => {
  const user = findNamed('user', body.user, listUsers(world.db)) ?? firstUser(world.db)?.user
  if (user === undefined) throw new ControlError(409, 'the world has no users; its fixtures say who there is')
  const projects = listProjects(world.db).filter(({ domainId }) => domainId === user.domainId)
  const projectId = findNamed('project', body.project, projects)?.id ?? user.projectId
  const { token, expiresAt } = issueToken(world, {
    userId: user.id,
    projectId,
    method: 'token',
    purpose: 'control token',
  })
  return created({ token, user_id: user.id, project_id: projectId, expires_at: wireMillis(expiresAt) })
})

export const authOperations = [issueControlToken, showAuth, changeAuth]

/** Finds by id, and else by name. @throws ControlError 404 with the names that exist. */
function findNamed<Named extends { id: string; name: string }>(
  what: string,
  wanted: string | undefined,
  all: readonly Named[],
): Named | undefined {
  if (wanted === undefined) return undefined
  const match = all.find(({ id }) => id === wanted) ?? all.find(({ name }) => name === wanted)
  if (match !== undefined) return match
  const names = all.map(({ name }) => name).join(', ')
  throw new ControlError(404, `no ${what} is called ${wanted}; there are: ${names}`)
}
