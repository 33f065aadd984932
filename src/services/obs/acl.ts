import { z } from 'zod'
import { jsonIn } from '../../lib/json.ts'
import { safeParse } from '../../lib/parse.ts'
import { obsError } from './errors.ts'
import { type Dialect, dialectHeader } from './wire/dialect.ts'
import { child, childrenOf, childText, type Fields, type Node, parseXml } from './wire/xml.ts'

const GrantedTo = z.union([
  z.strictObject({ id: z.string(), name: z.string().optional() }),
  z.strictObject({ group: z.enum(['Everyone', 'AuthenticatedUsers', 'LogDelivery']) }),
])
const Permission = z.enum(['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'])
const Acl = z.strictObject({
  owner: z.string(),
  grants: z.array(
    z.strictObject({ to: GrantedTo, permission: Permission, delivered: z.boolean().optional() }),
  ),
})

/** Who may use a bucket or an object, beside those whom policies allow it. */
export type Acl = z.output<typeof Acl>
type Grant = Acl['grants'][number]
type Permission = Grant['permission']

/** Reads a stored list; without one the owner may do everything. */
export function storedAcl(text: string | null | undefined, owner: string): Acl {
  const found = safeParse(Acl, jsonIn(text ?? ''))
  return found.data ?? ownersOnly(owner)
}

function ownersOnly(owner: string): Acl {
  return { owner, grants: [{ to: { id: owner }, permission: 'FULL_CONTROL' }] }
}

/** The lists that have a name: what everybody may do, and whether objects of the bucket inherit it. */
const CANNED: ReadonlyMap<string, readonly Omit<Grant, 'to'>[]> = new Map([
  ['private', []],
  ['public-read', [{ permission: 'READ' }]],
  ['public-read-write', [{ permission: 'READ' }, { permission: 'WRITE' }]],
  ['public-read-delivered', [{ permission: 'READ', delivered: true }]],
  [
    'public-read-write-delivered',
    [
      { permission: 'READ', delivered: true },
      { permission: 'WRITE', delivered: true },
    ],
  ],
])

const GRANT_HEADERS: readonly (readonly [string, Permission, boolean])[] = [
  ['grant-read', 'READ', false],
  ['grant-write', 'WRITE', false],
  ['grant-read-acp', 'READ_ACP', false],
  ['grant-write-acp', 'WRITE_ACP', false],
  ['grant-full-control', 'FULL_CONTROL', false],
  ['grant-read-delivered', 'READ', true],
  ['grant-full-control-delivered', 'FULL_CONTROL', true],
]

/**
 * Makes a list from the headers of a request; undefined when it has none about it.
 * @throws CodedRefusal InvalidArgument for an unknown name.
 */
export function aclOfHeaders(headers: Headers, dialect: Dialect, owner: string): Acl | undefined {
  const canned = dialectHeader(headers, dialect, 'acl')
  const granted = GRANT_HEADERS.flatMap(([name, permission, delivered]) =>
    (dialectHeader(headers, dialect, name) ?? '').split(',').flatMap((text): Grant[] => {
      const id = /^\s*id\s*=\s*"?([^"]+?)"?\s*$/i.exec(text)?.[1]
      return id === undefined ? [] : [{ to: { id }, permission, ...(delivered && { delivered }) }]
    }),
  )
  if (canned === undefined && granted.length === 0) return undefined
  if (canned === undefined) return { owner, grants: [...ownersOnly(owner).grants, ...granted] }
  const everybody = CANNED.get(canned) ?? S3_ONLY.get(canned)
  if (everybody === undefined) throw obsError('InvalidArgument', { acl: canned })
  const group = canned === 'authenticated-read' ? 'AuthenticatedUsers' : 'Everyone'
  const grants = everybody.map((grant): Grant => ({ ...grant, to: { group } }))
  return { owner, grants: [...ownersOnly(owner).grants, ...grants] }
}

/** Names that only S3 has. */
const S3_ONLY: ReadonlyMap<string, readonly Omit<Grant, 'to'>[]> = new Map([
  ['authenticated-read', [{ permission: 'READ' }]],
  ['bucket-owner-read', []],
  ['bucket-owner-full-control', []],
])

/** Parses a list in the form of either dialect. @throws CodedRefusal MalformedACLError */
export function parseAcl(text: string, owner: string): Acl {
  const root = parseXml(text)
  const list = child(root, 'AccessControlList')
  if (root.name !== 'AccessControlPolicy' || list === undefined) throw obsError('MalformedACLError')
  const grants = childrenOf(list, 'Grant').map((grant): Grant => {
    const permission = safeParse(Permission, childText(grant, 'Permission')?.trim())
    if (permission.data === undefined) throw obsError('MalformedACLError', { why: 'an unknown permission' })
    const delivered = childText(grant, 'Delivered')?.trim() === 'true'
    return {
      to: parseGrantee(child(grant, 'Grantee')),
      permission: permission.data,
      ...(delivered && { delivered }),
    }
  })
  return { owner: childText(child(root, 'Owner'), 'ID')?.trim() ?? owner, grants }
}

const GROUPS: readonly (readonly [RegExp, 'Everyone' | 'AuthenticatedUsers' | 'LogDelivery'])[] = [
  [/^(?:Everyone|.*\/AllUsers)$/, 'Everyone'],
  [/^.*\/AuthenticatedUsers$/, 'AuthenticatedUsers'],
  [/^.*\/LogDelivery$/, 'LogDelivery'],
]

function parseGrantee(grantee: Node | undefined): Grant['to'] {
  const id = childText(grantee, 'ID')?.trim()
  if (id !== undefined && id !== '') {
    const name = childText(grantee, 'DisplayName')
    return { id, ...(name !== undefined && { name }) }
  }
  const named = (childText(grantee, 'Canned') ?? childText(grantee, 'URI') ?? '').trim()
  const group = GROUPS.find(([pattern]) => pattern.test(named))?.[1]
  if (group === undefined)
    throw obsError('MalformedACLError', { why: 'a grantee is neither an ID nor a group' })
  return { group }
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** Renders a list in a dialect. */
export function renderAcl({ owner, grants }: Acl, dialect: Dialect): Fields {
  return {
    Owner: { ID: owner, ...(dialect === 's3' && { DisplayName: owner }) },
    AccessControlList: {
      Grant: grants.map(({ to, permission, delivered }) => ({
        Grantee: dialect === 'obs' ? obsGrantee(to) : s3Grantee(to),
        Permission: permission,
        ...(dialect === 'obs' && { Delivered: delivered ?? false }),
      })),
    },
  }
}

function obsGrantee(to: Grant['to']): Fields {
  return 'id' in to ? { ID: to.id } : { Canned: to.group }
}

function s3Grantee(to: Grant['to']): Fields {
  if ('id' in to)
    return { '@xmlns:xsi': XSI, '@xsi:type': 'CanonicalUser', ID: to.id, DisplayName: to.name ?? to.id }
  const path = to.group === 'LogDelivery' ? 's3/LogDelivery' : `global/${S3_GROUPS[to.group]}`
  return { '@xmlns:xsi': XSI, '@xsi:type': 'Group', URI: `http://acs.amazonaws.com/groups/${path}` }
}

const S3_GROUPS = { Everyone: 'AllUsers', AuthenticatedUsers: 'AuthenticatedUsers' } as const

/** Somebody whom a list may name. */
export interface Grantee {
  /** The account by which a list may name it; undefined for nobody, and for users of the bucket's own account: policies rule them. */
  account: string | undefined
  /** False for a request without credentials. */
  isAuthenticated: boolean
}

/** True when a list gives a permission to somebody. */
export function grants(
  acl: Acl,
  permission: Exclude<Permission, 'FULL_CONTROL'>,
  { account, isAuthenticated }: Grantee,
  onlyDelivered = false,
): boolean {
  return acl.grants.some((grant) => {
    if (grant.permission !== permission && grant.permission !== 'FULL_CONTROL') return false
    if (onlyDelivered && grant.delivered !== true) return false
    const { to } = grant
    if ('id' in to) return account !== undefined && to.id === account
    return to.group === 'Everyone' || (to.group === 'AuthenticatedUsers' && isAuthenticated)
  })
}
