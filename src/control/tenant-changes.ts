import { z } from 'zod'
import { changeGroup, changeUser, removePolicy, writePolicy } from '../accounts/change-tenants.ts'
import { PolicyDocument } from '../accounts/policy/document.ts'
import { elementsOf } from '../accounts/policy/mistakes.ts'
import { noContent, ok } from '../contract/operation.ts'
import { Fixture } from '../worlds/fixtures/format.ts'
import { ShortText } from './asked-caller.ts'
import { controlOperation } from './operation.ts'
import { GroupWire, PolicyWire, renderGroup, renderUser, UserWire } from './tenants.ts'

/** Roles as a fixture takes them. */
const Roles = Fixture.shape.agencies.unwrap().element.shape.roles.unwrap()

/** A change that changes something; a field that there is not is answered with the one that was meant. */
function changeOf<Shape extends z.ZodRawShape>(what: string, shape: Shape) {
  const fields = Object.keys(shape)
  return z
    .strictObject(shape, elementsOf(`a change of ${what}`, fields))
    .refine(
      (change) => Object.values(change).some((value) => value !== undefined),
      `nothing is to be changed; send at least one of ${fields.join(', ')}`,
    )
}

export const patchUser = controlOperation({
  id: 'ControlUpdateUser',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/users/{user_id}',
  summary: 'Let a user in or keep it out, grant it other roles, give it another password',
  request: z.object({
    params: z.object({ user_id: z.string() }),
    body: changeOf('a user', {
      enabled: z.boolean().optional(),
      roles: Roles.optional(),
      password: z.string().min(1, 'is empty; write a password').optional(),
    }),
  }),
  responses: { 200: UserWire },
  handle: ({ world }, { params, body }) => ok(renderUser(world, changeUser(world, params.user_id, body))),
})

export const patchGroup = controlOperation({
  id: 'ControlUpdateGroup',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/groups/{group_id}',
  summary: 'Grant a group other roles, put other users into it',
  request: z.object({
    params: z.object({ group_id: z.string() }),
    body: changeOf('a group', { roles: Roles.optional(), users: z.array(ShortText).optional() }),
  }),
  responses: { 200: GroupWire },
  handle: ({ world }, { params, body }) => ok(renderGroup(world, changeGroup(world, params.group_id, body))),
})

const PolicyParams = z.object({
  domain_id: z.string(),
  name: z.string().max(64, 'a policy has a name of at most 64 characters'),
})

export const putPolicy = controlOperation({
  id: 'ControlPutPolicy',
  remembered: true,
  method: 'PUT',
  path: '/_ims/policies/{domain_id}/{name}',
  summary:
    "Write a policy of a domain, new or in the place of the one with its name; the body is IAM's own JSON",
  request: z.object({ params: PolicyParams, body: PolicyDocument }),
  responses: { 200: PolicyWire, 201: PolicyWire },
  handle({ world }, { params: { domain_id, name }, body }) {
    const isNew = writePolicy(world, domain_id, name, body)
    return { status: isNew ? 201 : 200, body: { domain_id, name, document: body } }
  },
})

export const deletePolicy = controlOperation({
  id: 'ControlDeletePolicy',
  remembered: true,
  method: 'DELETE',
  path: '/_ims/policies/{domain_id}/{name}',
  summary: 'Delete a policy of a domain that nobody is granted',
  request: z.object({ params: PolicyParams }),
  responses: { 204: null },
  handle({ world }, { params: { domain_id, name } }) {
    removePolicy(world, domain_id, name)
    return noContent()
  },
})
