import { z } from 'zod'
import { contract } from '../../../contract/operation.ts'
import { QueryFlag } from './accounts.ts'
import { ListLinksWire } from './catalog.ts'
import { KEYSTONE_PARTS } from './keystone-tenants.ts'

const UserName = z.string().min(1).max(255)

const UserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  enabled: z.boolean(),
  description: z.string(),
  email: z.string().optional(),
  default_project_id: z.string().optional(),
  /** Passwords never expire here. */
  password_expires_at: z.null(),
  ...KEYSTONE_PARTS,
})
export type KeystoneUserWire = z.input<typeof UserWire>

const OneUser = z.strictObject({ user: UserWire })
const UserParams = z.object({ user_id: z.string() })

/** What can be set of a user, when it is created and later. */
const USER_FIELDS = {
  password: z.string().min(1).optional(),
  default_project_id: z.string().nullish(),
  description: z.string().nullish(),
  email: z.string().nullish(),
  enabled: z.boolean().optional(),
}

export const listUsers = contract({
  id: 'KeystoneAdminListUsers',
  method: 'GET',
  path: '/v3/users',
  summary: 'List users',
  actions: ['iam:users:listUsers'],
  request: z.object({
    query: z.object({
      name: z.string().optional(),
      domain_id: z.string().optional(),
      enabled: QueryFlag.optional(),
    }),
  }),
  responses: { 200: z.strictObject({ users: z.array(UserWire), links: ListLinksWire }) },
})

export const createUser = contract({
  id: 'KeystoneCreateUser',
  method: 'POST',
  path: '/v3/users',
  summary: 'Create a user',
  actions: ['iam:users:createUser'],
  request: z.object({
    body: z.object({
      user: z.object({ name: UserName, domain_id: z.string().nullish(), ...USER_FIELDS }),
    }),
  }),
  responses: { 201: OneUser },
})

/** Callers may always see themselves. */
export const showUser = contract({
  id: 'KeystoneAdminShowUser',
  method: 'GET',
  path: '/v3/users/{user_id}',
  summary: 'Show a user',
  request: z.object({ params: UserParams }),
  responses: { 200: OneUser },
})

export const updateUser = contract({
  id: 'KeystoneUpdateUser',
  method: 'PATCH',
  path: '/v3/users/{user_id}',
  summary: 'Change a user',
  actions: ['iam:users:updateUser'],
  request: z.object({
    params: UserParams,
    body: z.object({ user: z.object({ name: UserName.optional(), ...USER_FIELDS }) }),
  }),
  responses: { 200: OneUser },
})

export const deleteUser = contract({
  id: 'KeystoneDeleteUser',
  method: 'DELETE',
  path: '/v3/users/{user_id}',
  summary: 'Delete a user with its credentials',
  actions: ['iam:users:deleteUser'],
  request: z.object({ params: UserParams }),
  responses: { 204: null },
})

/** The old password is proof enough. */
export const changePassword = contract({
  id: 'KeystoneChangePassword',
  method: 'POST',
  path: '/v3/users/{user_id}/password',
  summary: 'Change the password of a user by the old one',
  authenticated: false,
  request: z.object({
    params: UserParams,
    body: z.object({ user: z.object({ original_password: z.string(), password: z.string().min(1) }) }),
  }),
  responses: { 204: null },
})
