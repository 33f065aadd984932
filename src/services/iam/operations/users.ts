import { z } from 'zod'
import type { UserRow } from '../../../accounts/tables.ts'
import { type Call, callerOf, ok, operation } from '../../../contract/operation.ts'
import { listUsers, showUser } from '../rules/users.ts'
import { LinkWire, ListLinksWire, linksOfList, linkTo, QueryFlag } from './wire.ts'

const UserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  domain_id: z.string(),
  enabled: z.boolean(),
  default_project_id: z.string(),
  last_project_id: z.string(),
  /** Passwords do not end here. */
  password_expires_at: z.null(),
  /** Nobody has to change one. */
  pwd_status: z.literal(false),
  links: LinkWire,
})

function renderUser(
  call: Call,
  { id, name, domainId, enabled, projectId }: UserRow,
): z.output<typeof UserWire> {
  return {
    id,
    name,
    description: '',
    domain_id: domainId,
    enabled,
    default_project_id: projectId,
    last_project_id: '',
    password_expires_at: null,
    pwd_status: false,
    links: linkTo(call, 'users', id),
  }
}

const UsersQuery = z.object({
  name: z.string().optional(),
  domain_id: z.string().optional(),
  enabled: QueryFlag.optional(),
})

export const listAccountUsers = operation({
  id: 'KeystoneListUsers',
  method: 'GET',
  path: '/v3/users',
  summary: 'List the users of the account',
  actions: ['iam:users:listUsers'],
  request: z.object({ query: UsersQuery }),
  responses: { 200: z.strictObject({ users: z.array(UserWire), links: ListLinksWire }) },
  handle(call, { query: { name, domain_id: domainId, enabled } }) {
    const users = listUsers(call.world, callerOf(call), { name, domainId, enabled })
    return ok({ users: users.map((user) => renderUser(call, user)), links: linksOfList(call, '/v3/users') })
  },
})

export const showOneUser = operation({
  id: 'KeystoneShowUser',
  method: 'GET',
  path: '/v3/users/{user_id}',
  summary: 'Show a user',
  request: z.object({ params: z.object({ user_id: z.string() }) }),
  responses: { 200: z.strictObject({ user: UserWire }) },
  handle: (call, { params }) =>
    ok({ user: renderUser(call, showUser(call.world, callerOf(call), params.user_id, call.authorize)) }),
})
