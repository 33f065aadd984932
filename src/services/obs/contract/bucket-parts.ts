import { z } from 'zod'
import type { Method } from '../../../contract/operation.ts'
import { bucketCall, jsonText, xml } from './obs-contract.ts'

/** The ids of the calls about a part of a bucket, and what they say in the documentation. */
interface PartSpec {
  part: string
  /** What the part is, as the end of a sentence. */
  what: string
  put?: string
  get: string
  delete?: string
  /** The ends of the actions `Get…` and `Put…`; `Delete…` where the cloud has it. */
  rights: string
  deleteRight?: string
}

const Text = z.string().optional()

function call(spec: PartSpec, method: Method, id: string, verb: string, right: string) {
  return bucketCall({
    id,
    method,
    part: spec.part,
    summary: `${verb} ${spec.what} of a bucket`,
    actions: [`obs:bucket:${right}`],
    query: { id: Text, customdomain: Text, 'x-obs-policy-id': Text },
    responses: { 200: spec.part === 'policy' ? jsonText : xml, 204: null },
  })
}

/** Declares the calls about a part of a bucket. */
function partCalls(spec: PartSpec) {
  const { rights, deleteRight = `Put${rights}` } = spec
  return {
    part: spec.part,
    get: call(spec, 'GET', spec.get, 'Show', `Get${rights}`),
    put: spec.put === undefined ? undefined : writing(spec, spec.put),
    delete: spec.delete === undefined ? undefined : call(spec, 'DELETE', spec.delete, 'Remove', deleteRight),
  }
}

function writing(spec: PartSpec, id: string) {
  return bucketCall({
    id,
    method: 'PUT',
    part: spec.part,
    summary: `Set ${spec.what} of a bucket`,
    actions: [`obs:bucket:Put${spec.rights}`],
    query: { id: Text, customdomain: Text },
    responses: { 200: null, 204: null },
  })
}

export type PartCalls = ReturnType<typeof partCalls>

export const acl = partCalls({
  part: 'acl',
  what: 'the access control list',
  put: 'PutBucketAcl',
  get: 'GetBucketAcl',
  rights: 'BucketAcl',
})

export const policy = partCalls({
  part: 'policy',
  what: 'the policy',
  put: 'PutBucketPolicy',
  get: 'GetBucketPolicy',
  delete: 'DeleteBucketPolicy',
  rights: 'BucketPolicy',
  deleteRight: 'DeleteBucketPolicy',
})

export const lifecycle = partCalls({
  part: 'lifecycle',
  what: 'the lifecycle rules',
  put: 'PutBucketLifecycle',
  get: 'GetBucketLifecycle',
  delete: 'DeleteBucketLifecycle',
  rights: 'LifecycleConfiguration',
})

export const cors = partCalls({
  part: 'cors',
  what: 'the rules for pages of other sites',
  put: 'PutBucketCors',
  get: 'GetBucketCors',
  delete: 'DeleteBucketCors',
  rights: 'BucketCORS',
})

export const website = partCalls({
  part: 'website',
  what: 'the website',
  put: 'PutBucketWebsite',
  get: 'GetBucketWebsite',
  delete: 'DeleteBucketWebsite',
  rights: 'BucketWebsite',
  deleteRight: 'DeleteBucketWebsite',
})

export const tagging = partCalls({
  part: 'tagging',
  what: 'the tags',
  put: 'PutBucketTagging',
  get: 'GetBucketTagging',
  delete: 'DeleteBucketTagging',
  rights: 'BucketTagging',
  deleteRight: 'DeleteBucketTagging',
})

export const encryption = partCalls({
  part: 'encryption',
  what: 'the encryption',
  put: 'PutBucketEncryption',
  get: 'GetBucketEncryption',
  delete: 'DeleteBucketEncryption',
  rights: 'EncryptionConfiguration',
})

export const replication = partCalls({
  part: 'replication',
  what: 'the replication',
  put: 'PutBucketReplication',
  get: 'GetBucketReplication',
  delete: 'DeleteBucketReplication',
  rights: 'ReplicationConfiguration',
  deleteRight: 'DeleteReplicationConfiguration',
})

export const inventory = partCalls({
  part: 'inventory',
  what: 'an inventory, or the list of them,',
  put: 'PutBucketInventory',
  get: 'GetBucketInventory',
  delete: 'DeleteBucketInventory',
  rights: 'BucketInventoryConfiguration',
  deleteRight: 'DeleteBucketInventoryConfiguration',
})

export const objectLock = partCalls({
  part: 'object-lock',
  what: 'the protection of objects',
  put: 'PutBucketObjectLock',
  get: 'GetBucketObjectLock',
  rights: 'BucketObjectLockConfiguration',
})

export const directColdAccess = partCalls({
  part: 'directcoldaccess',
  what: 'the direct reading of cold objects',
  put: 'PutBucketDirectColdAccess',
  get: 'GetBucketDirectColdAccess',
  delete: 'DeleteBucketDirectColdAccess',
  rights: 'DirectColdAccessConfiguration',
  deleteRight: 'DeleteDirectColdAccessConfiguration',
})

export const logging = partCalls({
  part: 'logging',
  what: 'the logging',
  put: 'PutBucketLogging',
  get: 'GetBucketLogging',
  rights: 'BucketLogging',
})

export const versioning = partCalls({
  part: 'versioning',
  what: 'the versioning',
  put: 'PutBucketVersioning',
  get: 'GetBucketVersioning',
  rights: 'BucketVersioning',
})

export const notification = partCalls({
  part: 'notification',
  what: 'the notifications',
  put: 'PutBucketNotification',
  get: 'GetBucketNotification',
  rights: 'BucketNotification',
})

export const quota = partCalls({
  part: 'quota',
  what: 'the quota',
  put: 'PutBucketQuota',
  get: 'GetBucketQuota',
  rights: 'BucketQuota',
})

export const requestPayment = partCalls({
  part: 'requestPayment',
  what: 'who pays for requests',
  put: 'PutBucketRequestPayment',
  get: 'GetBucketRequestPayment',
  rights: 'BucketRequestPayment',
})

export const customDomain = partCalls({
  part: 'customdomain',
  what: 'a domain, or the list of them,',
  put: 'PutBucketCustomDomain',
  get: 'GetBucketCustomDomain',
  delete: 'DeleteBucketCustomDomain',
  rights: 'BucketCustomDomainConfiguration',
  deleteRight: 'DeleteBucketCustomDomainConfiguration',
})

export const storageClass = partCalls({
  part: 'storageClass',
  what: 'the storage class',
  put: 'PutBucketStorageClass',
  get: 'GetBucketStorageClass',
  rights: 'BucketStoragePolicy',
})

/** The same in the words of the S3 dialect. */
export const storagePolicy = partCalls({
  part: 'storagePolicy',
  what: 'the storage class, in the words of S3,',
  put: 'PutBucketStoragePolicy',
  get: 'GetBucketStoragePolicy',
  rights: 'BucketStoragePolicy',
})
