import { z } from 'zod'
import { firstUser, listUsers } from '../accounts/queries/identity.ts'
import { listProjects } from '../accounts/queries/projects.ts'
import { issueToken } from '../accounts/tokens.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { controlOperation } from './operation.ts'

const TokenWish = z.strictObject({
  /** Name or id; the demo user when it is not said. */
  user: z.string().optional(),
  /** Name or id; the user's own when it is not said. */
  project: z.string().optional(),
})

export const issueControlToken = controlOperation({
  id: 'ControlIssueToken',
  method: 'POST',
  path: '/_ims/tokens',
  summary:
    'A token of any user for any project of its domain, without a password: for tests that act as several people',
  request: z.object({ body: TokenWish.default({}) }),
  responses: {
    201: z.strictObject({
      token: z.string(),
      user_id: z.string(),
      project_id: z.string(),
      expires_at: z.string(),
    }),
  },
  handle({ world }, { body }) {
    const user = found('user', body.user, listUsers(world.db)) ?? firstUser(world.db)?.user
    if (user === undefined)
      throw new ControlError(409, 'the world has no users; its fixtures say who there is')
    const projects = listProjects(world.db).filter(({ domainId }) => domainId === user.domainId)
    const projectId = found('project', body.project, projects)?.id ?? user.projectId
    const { token, expiresAt } = issueToken(world, {
      userId: user.id,
      projectId,
      method: 'token',
      purpose: 'control token',
    })
    return {
      status: 201,
      body: { token, user_id: user.id, project_id: projectId, expires_at: wireMillis(expiresAt) },
    }
  },
})

function found<Named extends { id: string; name: string }>(
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
