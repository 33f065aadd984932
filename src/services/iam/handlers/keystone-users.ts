import type { UserRow } from '../../../accounts/tables.ts'
import {
  type Call,
  callerOf,
  created,
  handle,
  noContent,
  type Operation,
  ok,
} from '../../../contract/operation.ts'
import * as contract from '../contract/keystone-users.ts'
import { defaultProject } from '../keystone/scope.ts'
import { changePassword, changeUser, createUser, findUsers, removeUser, userOf } from '../keystone/users.ts'
import { linksOfList, linkTo } from './catalog.ts'

/** Operations of Keystone about users. */
export const userOperations: readonly Operation[] = [
  handle(contract.listUsers, (call, { query: { name, enabled, domain_id: domainId } }) =>
    ok({
      users: findUsers(call.world, { name, enabled, domainId }).map((user) => renderUser(call, user)),
      links: linksOfList(call, '/v3/users'),
    }),
  ),
  handle(contract.createUser, (call, { body: { user } }) => {
    const { domain_id, default_project_id: defaultProjectId, ...fields } = user
    const domainId = domain_id ?? callerOf(call).domainId
    return created({
      user: renderUser(call, createUser(call.world, domainId, { ...fields, defaultProjectId })),
    })
  }),
  handle(contract.showUser, (call, { params: { user_id: id } }) => {
    if (id !== callerOf(call).userId) call.authorize('iam:users:getUser')
    return ok({ user: renderUser(call, userOf(call.world, id)) })
  }),
  handle(contract.updateUser, (call, { params, body: { user } }) => {
    const { default_project_id: defaultProjectId, ...fields } = user
    const changed = changeUser(call.world, params.user_id, { ...fields, defaultProjectId })
    return ok({ user: renderUser(call, changed) })
  }),
  handle(contract.deleteUser, (call, { params }) => {
    removeUser(call.world, params.user_id)
    return noContent()
  }),
  handle(contract.changePassword, (call, { params, body: { user } }) => {
    changePassword(call.world, params.user_id, user.original_password, user.password)
    return noContent()
  }),
]

function renderUser(call: Call, user: UserRow): contract.KeystoneUserWire {
  const { id, name, domainId, enabled, description, email } = user
  const project = defaultProject(call.world, user)
  return {
    id,
    name,
    domain_id: domainId,
    enabled,
    description,
    ...(email !== null && { email }),
    ...(project !== undefined && { default_project_id: project.id }),
    password_expires_at: null,
    options: {},
    links: linkTo(call, 'users', id),
  }
}
