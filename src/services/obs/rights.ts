import { accessRequest, type Subject } from '../../accounts/access.ts'
import type { Caller } from '../../accounts/caller.ts'
import { decide } from '../../accounts/policy/decide.ts'
import { rightsOf } from '../../accounts/roles.ts'
import type { ResourceKind } from '../../simulation/cloud.ts'
import type { World } from '../../simulation/world.ts'
import { type Grantee, grants, storedAcl } from './acl.ts'
import { policyEffect } from './bucket-policy.ts'
import { type Bucket, findBucket } from './buckets.ts'
import { obsError } from './errors.ts'
import { findObject } from './objects.ts'

/** What a right is about. */
export interface ObjectName {
  bucket: string | undefined
  key?: string | undefined
}

/** Who asks, and from where. */
export interface Asking {
  caller: Caller | undefined
  sourceIp: string | undefined
  userAgent: string | undefined
}

/** Buckets as policies, rules and the explanation of rights see them. */
export const bucketKind: ResourceKind = {
  service: 'obs',
  type: 'bucket',
  param: 'bucket',
  fields: { one: [], many: [] },
  find(world, id) {
    const bucket = findBucket(world, id)
    if (bucket === undefined) return undefined
    return { id, name: id, status: '', visibility: '', tags: [], enterpriseProject: undefined }
  },
}

const objectKind: ResourceKind = { ...bucketKind, type: 'object', find: () => undefined }

/**
 * Checks a right in a strict world. A denial of any policy decides; otherwise it is enough that a policy of the caller, the policy
 * of the bucket or an access control list allows it. A policy of the caller speaks only of the buckets of its own account.
 * @throws CodedRefusal AccessDenied
 */
export function checkRight(world: World, asking: Asking, action: string, on: ObjectName): void {
  if (world.auth.mode === 'lenient' || isAllowed(world, asking, action, on)) return
  throw obsError('AccessDenied', { action, ...on })
}

/** Tells if a caller has a right by its policies, by that of the bucket, or by an access control list. */
export function isAllowed(world: World, asking: Asking, action: string, on: ObjectName): boolean {
  const { caller } = asking
  // The name of a new bucket may be that of another account's: it is refused as taken, not as forbidden.
  const isNew = action === 'obs:bucket:CreateBucket'
  const bucket = on.bucket === undefined || isNew ? undefined : findBucket(world, on.bucket)
  const ofCaller = caller === undefined ? undefined : callersPolicies(world, caller, asking, action, on)
  const ofBucket = bucket === undefined ? undefined : bucketPolicy(bucket, asking, action, on.key)
  if (ofCaller === 'denied' || ofBucket === 'Deny') return false
  if (ofBucket === 'Allow') return true
  const isOwn = bucket === undefined || bucket.ownerId === null || bucket.ownerId === caller?.domainId
  if (ofCaller === 'allowed' && isOwn) return true
  const grantee = { account: isOwn ? undefined : caller?.domainId, isAuthenticated: caller !== undefined }
  return bucket !== undefined && listAllows(world, bucket, grantee, action, on.key)
}

function callersPolicies(world: World, caller: Caller, asking: Asking, action: string, on: ObjectName) {
  const { bucket, key } = on
  const subject: Subject | undefined =
    bucket === undefined
      ? undefined
      : {
          kind: key === undefined ? bucketKind : objectKind,
          id: key === undefined ? bucket : `${bucket}/${key}`,
          find: () => undefined,
        }
  const matter = {
    resources: undefined,
    byEnterpriseProject: false,
    listing: false,
    sourceIp: asking.sourceIp,
    userAgent: asking.userAgent,
  }
  const request = accessRequest(world, caller, action, matter, subject)
  return decide(rightsOf(world, caller).everywhere, request).because
}

function bucketPolicy(bucket: Bucket, { caller, sourceIp, userAgent }: Asking, action: string, key?: string) {
  return policyEffect(bucket.settings.policy, {
    action: action.slice(action.lastIndexOf(':') + 1),
    bucket: bucket.name,
    key,
    caller,
    context: {
      ...(sourceIp !== undefined && { SourceIp: sourceIp }),
      ...(userAgent !== undefined && { UserAgent: userAgent }),
    },
  })
}

/** The permissions of lists that allow an action: on the bucket, and on the object. */
const BY_LIST: ReadonlyMap<string, { bucket?: ListPermission; object?: ListPermission }> = new Map([
  ['obs:bucket:HeadBucket', { bucket: 'READ' }],
  ['obs:bucket:ListBucket', { bucket: 'READ' }],
  ['obs:bucket:ListBucketVersions', { bucket: 'READ' }],
  ['obs:bucket:ListBucketMultipartUploads', { bucket: 'READ' }],
  ['obs:bucket:GetBucketLocation', { bucket: 'READ' }],
  ['obs:bucket:GetBucketAcl', { bucket: 'READ_ACP' }],
  ['obs:bucket:PutBucketAcl', { bucket: 'WRITE_ACP' }],
  ['obs:object:PutObject', { bucket: 'WRITE' }],
  ['obs:object:DeleteObject', { bucket: 'WRITE' }],
  ['obs:object:GetObject', { object: 'READ' }],
  ['obs:object:GetObjectAcl', { object: 'READ_ACP' }],
  ['obs:object:PutObjectAcl', { object: 'WRITE_ACP' }],
])
type ListPermission = 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP'

function listAllows(
  world: World,
  bucket: Bucket,
  grantee: Grantee,
  action: string,
  key: string | undefined,
): boolean {
  const wanted = BY_LIST.get(action)
  const ofBucket = storedAcl(bucket.settings.acl, bucket.ownerId ?? '')
  if (wanted?.bucket !== undefined && grants(ofBucket, wanted.bucket, grantee)) return true
  if (wanted?.object === undefined || key === undefined) return false
  if (grants(ofBucket, wanted.object, grantee, true)) return true
  const object = findObject(world, { bucket: bucket.name, key })
  if (object === undefined) return false
  return grants(storedAcl(object.acl, object.ownerId ?? bucket.ownerId ?? ''), wanted.object, grantee)
}
