import { expect, test } from 'vitest'
import { decide } from '../../../src/accounts/policy/decide.ts'
import { compilePolicy } from '../../../src/accounts/policy/statements.ts'
import { findSystemRole, systemRoles } from '../../../src/accounts/policy/system-roles.ts'

const IMS_ACTIONS = [
  ...[
    'ims:dataImages:create',
    'ims:images:copy',
    'ims:images:create',
    'ims:images:delete',
    'ims:images:export',
  ],
  ...['ims:images:get', 'ims:images:list', 'ims:images:share', 'ims:images:update', 'ims:images:upload'],
  ...['ims:quotas:get', 'ims:serverImages:create', 'ims:wholeImages:create'],
]
const IMS_READS = ['ims:images:get', 'ims:images:list', 'ims:quotas:get']
const OTHERS = [
  'iam:users:listUsers',
  'iam:users:create',
  'iam:agencies:assume',
  'eps:enterpriseProjects:list',
]
const ACTIONS = [
  ...IMS_ACTIONS,
  ...OTHERS,
  'eps:enterpriseProjects:create',
  'kms:cmk:get',
  'ecs:servers:create',
]

/** Lists which of the actions above the roles permit together. */
function permitted(...names: string[]): string[] {
  const policies = names.map((name) => {
    const role = findSystemRole(name)
    if (role === undefined) throw new Error(`no role ${name}`)
    return compilePolicy(role.name, role.document)
  })
  return ACTIONS.filter((action) => decide(policies, { action, resource: undefined, context: {} }).allowed)
}

const without = (...actions: string[]) => ACTIONS.filter((action) => !actions.includes(action))

test.each([
  ['Tenant Administrator', without('iam:users:create', 'iam:agencies:assume')],
  ['Tenant Guest', [...IMS_READS, 'eps:enterpriseProjects:list', 'kms:cmk:get']],
  ['Security Administrator', ['iam:users:listUsers', 'iam:users:create', 'iam:agencies:assume']],
  ['Agent Operator', ['iam:agencies:assume']],
  ['Full Access', ACTIONS],
  ['IMS FullAccess', IMS_ACTIONS],
  ['IMS ReadOnlyAccess', IMS_READS],
  ['IMS Administrator', IMS_ACTIONS],
  [
    'Server Administrator',
    [
      ...['ims:images:create', 'ims:images:delete', 'ims:images:get', 'ims:images:list', 'ims:images:update'],
      ...['ims:images:upload', 'ecs:servers:create'],
    ],
  ],
  ['EPS FullAccess', ['eps:enterpriseProjects:list', 'eps:enterpriseProjects:create']],
  ['EPS ReadOnlyAccess', ['eps:enterpriseProjects:list']],
  ['EPS Viewer', ['eps:enterpriseProjects:list']],
  ['admin', ACTIONS],
  ['member', without('iam:users:listUsers', 'iam:users:create', 'iam:agencies:assume')],
  ['reader', [...IMS_READS, 'eps:enterpriseProjects:list', 'kms:cmk:get']],
])('role %s permits exactly its documented actions', (name, expected) => {
  expect(permitted(name).toSorted()).toEqual(expected.toSorted())
})

test('Tenant Guest and Security Administrator together permit the actions of both', () => {
  expect(permitted('Tenant Guest', 'Security Administrator').toSorted()).toEqual(
    [...permitted('Tenant Guest'), ...permitted('Security Administrator')].toSorted(),
  )
})

test('findSystemRole finds a role by its name and by its display name', () => {
  expect(findSystemRole('te_admin')).toBe(findSystemRole('Tenant Administrator'))
  expect(findSystemRole('te_admin')?.name).toBe('te_admin')
  expect(findSystemRole('Te_admin')).toBeUndefined()
})

test('ids, names and display names of roles are unique', () => {
  for (const field of ['id', 'name', 'displayName'] as const) {
    expect(new Set(systemRoles.map((role) => role[field])).size, field).toBe(systemRoles.length)
  }
})

test('roles require only roles that exist', () => {
  const needs = systemRoles.filter(({ requires }) => requires.length > 0)
  expect(needs.map(({ name, requires }) => [name, requires])).toEqual([
    ['ims_adm', ['Tenant Administrator']],
    ['server_adm', ['IMS Administrator']],
  ])
  for (const needed of needs.flatMap(({ requires }) => requires)) {
    expect(findSystemRole(needed)?.displayName).toBe(needed)
  }
})
