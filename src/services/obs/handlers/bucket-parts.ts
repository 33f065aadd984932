import { reply } from '../../../contract/operation.ts'
import { aclOfHeaders, parseAcl, renderAcl, storedAcl } from '../acl.ts'
import { accountOf, storedReply, xmlReply, xmlTime } from '../answers.ts'
import { parseBucketPolicy } from '../bucket-policy.ts'
import { type Bucket, writeBucket } from '../buckets.ts'
import * as contract from '../contract/bucket-parts.ts'
import { type ObsCode, obsError } from '../errors.ts'
import { type ObsCall, type ObsOperation, obsOperation } from '../obs-call.ts'
import { classOnWire, type Dialect, parseClass } from '../wire/dialect.ts'
import { childText, type Fields, parseXml, renderXml } from '../wire/xml.ts'
import { smallText } from './body.ts'
import { existingBucket } from './existing.ts'

/** How a part of a bucket is kept. */
interface Kept {
  /** The root of the document that is sent. */
  root: string
  /** What is answered while nothing is set: a refusal, or a document. */
  missing: ObsCode | { root: string; fields?: Fields }
  /** The status of a change. */
  status?: 204
  /** Checks a document beyond its root. @throws CodedRefusal */
  check?(document: string): void
}

/** Longest document of a part, bytes. */
const LONGEST = 20_480

/** Changes a setting of a bucket; undefined removes it. */
function set(call: ObsCall, bucket: Bucket, name: string, value: string | undefined): void {
  const kept = Object.entries(bucket.settings).filter(([key]) => key !== name)
  const settings = Object.fromEntries(value === undefined ? kept : [...kept, [name, value]])
  writeBucket(call.world, { ...bucket, settings })
}

async function document(call: ObsCall, root: string): Promise<string> {
  const text = await smallText(call)
  if (Buffer.byteLength(text) > LONGEST) throw obsError('EntityTooLarge', { part: root })
  const found = parseXml(text).name
  if (found !== root) throw obsError('MalformedXML', { root: found })
  return text
}

/** The calls about a part whose document is given back as it was stored. */
function keptPart(calls: contract.PartCalls, { root, missing, status, check }: Kept): ObsOperation[] {
  const { part, put, get } = calls
  const operations = [
    obsOperation(get, (call, { params }) => {
      const stored = existingBucket(call, params.bucket).settings[part]
      if (stored !== undefined) return storedReply(stored)
      if (typeof missing === 'string') throw obsError(missing, { bucket: params.bucket })
      return xmlReply(missing.root, missing.fields ?? {}, call.dialect)
    }),
  ]
  if (put !== undefined)
    operations.push(
      obsOperation(put, async (call, { params }) => {
        existingBucket(call, params.bucket)
        const sent = await document(call, root)
        check?.(sent)
        set(call, existingBucket(call, params.bucket), part, sent)
        return reply(status ?? 200, {})
      }),
    )
  if (calls.delete !== undefined)
    operations.push(
      obsOperation(calls.delete, (call, { params }) => {
        set(call, existingBucket(call, params.bucket), part, undefined)
        return reply(204, {})
      }),
    )
  return operations
}

/** Objects have one version each: what needs more is refused, so that no test passes that the cloud would fail. */
function checkVersioning(sent: string): void {
  if (childText(parseXml(sent), 'Status')?.trim() === 'Enabled')
    throw obsError('NotImplemented', { why: 'versioning is not emulated' })
}

function checkQuota(sent: string): void {
  if (!/^\d{1,19}$/.test(childText(parseXml(sent), 'StorageQuota')?.trim() ?? ''))
    throw obsError('MalformedXML', { why: 'StorageQuota is no number of bytes' })
}

const keptParts: ObsOperation[] = [
  keptPart(contract.lifecycle, { root: 'LifecycleConfiguration', missing: 'NoSuchLifecycleConfiguration' }),
  keptPart(contract.cors, { root: 'CORSConfiguration', missing: 'NoSuchCORSConfiguration' }),
  keptPart(contract.website, { root: 'WebsiteConfiguration', missing: 'NoSuchWebsiteConfiguration' }),
  keptPart(contract.tagging, { root: 'Tagging', missing: 'NoSuchTagSet', status: 204 }),
  keptPart(contract.encryption, {
    root: 'ServerSideEncryptionConfiguration',
    missing: 'NoSuchEncryptionConfiguration',
  }),
  keptPart(contract.replication, {
    root: 'ReplicationConfiguration',
    missing: 'NoSuchReplicationConfiguration',
  }),
  keptPart(contract.objectLock, { root: 'ObjectLockConfiguration', missing: 'InvalidRequest' }),
  keptPart(contract.directColdAccess, {
    root: 'DirectColdAccessConfiguration',
    missing: { root: 'DirectColdAccessConfiguration' },
  }),
  keptPart(contract.logging, { root: 'BucketLoggingStatus', missing: { root: 'BucketLoggingStatus' } }),
  keptPart(contract.versioning, {
    root: 'VersioningConfiguration',
    missing: { root: 'VersioningConfiguration' },
    check: checkVersioning,
  }),
  keptPart(contract.notification, {
    root: 'NotificationConfiguration',
    missing: { root: 'NotificationConfiguration' },
  }),
  keptPart(contract.quota, {
    root: 'Quota',
    missing: { root: 'Quota', fields: { StorageQuota: 0 } },
    check: checkQuota,
  }),
  keptPart(contract.requestPayment, {
    root: 'RequestPaymentConfiguration',
    missing: { root: 'RequestPaymentConfiguration', fields: { Payer: 'BucketOwner' } },
  }),
].flat()

/** Makes the operations of a part from the handlers that it has of its own. */
function ownPart(
  calls: contract.PartCalls,
  handlers: {
    get(
      call: ObsCall,
      bucket: Bucket,
      id: string | undefined,
    ): { status: 200; body: string; headers: Record<string, string> }
    put?(call: ObsCall, bucket: Bucket, id: string | undefined): Promise<200 | 204>
    delete?(call: ObsCall, bucket: Bucket, id: string | undefined): void
  },
): ObsOperation[] {
  const idOf = (query: { id?: string | undefined; customdomain?: string | undefined }) =>
    query.id ?? query.customdomain
  const operations = [
    obsOperation(calls.get, (call, { params, query }) =>
      handlers.get(call, existingBucket(call, params.bucket), idOf(query)),
    ),
  ]
  const { put } = handlers
  if (calls.put !== undefined && put !== undefined)
    operations.push(
      obsOperation(calls.put, async (call, { params, query }) =>
        reply(await put(call, existingBucket(call, params.bucket), idOf(query)), {}),
      ),
    )
  if (calls.delete !== undefined)
    operations.push(
      obsOperation(calls.delete, (call, { params, query }) => {
        handlers.delete?.(call, existingBucket(call, params.bucket), idOf(query))
        return reply(204, {})
      }),
    )
  return operations
}

const policyPart = ownPart(contract.policy, {
  get(_call, { name, settings }) {
    if (settings.policy === undefined) throw obsError('NoSuchBucketPolicy', { bucket: name })
    return storedReply(settings.policy, 'application/json')
  },
  async put(call, bucket) {
    const sent = await smallText(call)
    if (Buffer.byteLength(sent) > LONGEST) throw obsError('EntityTooLarge', { part: 'policy' })
    const parsed = parseBucketPolicy(sent)
    if ('mistake' in parsed) throw obsError('MalformedPolicy', { mistake: parsed.mistake })
    set(call, existingBucket(call, bucket.name), 'policy', sent)
    return 204
  },
  delete: (call, bucket) => set(call, bucket, 'policy', undefined),
})

const aclPart = ownPart(contract.acl, {
  get(call, { settings, ownerId }) {
    const list = storedAcl(settings.acl, ownerId ?? accountOf(call.caller))
    return xmlReply('AccessControlPolicy', renderAcl(list, call.dialect), call.dialect)
  },
  async put(call, bucket) {
    const owner = bucket.ownerId ?? accountOf(call.caller)
    const sent = await smallText(call)
    const list = aclOfHeaders(call.headers, call.dialect, owner) ?? parseAcl(sent, owner)
    set(call, existingBucket(call, bucket.name), 'acl', JSON.stringify(list))
    return 200
  },
})

/** Settings of which a bucket may have several are stored by their ids behind their name. */
function storedUnder({ settings }: Bucket, part: string): [id: string, document: string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] =>
    name.startsWith(`${part}/`) ? [[name.slice(part.length + 1), value]] : [],
  )
}

function withoutDeclaration(document: string): string {
  return document.replace(/^\s*<\?xml[^>]*\?>\s*/, '')
}

const inventoryPart = ownPart(contract.inventory, {
  get(call, bucket, id) {
    const all = storedUnder(bucket, 'inventory')
    if (id === undefined || id === '') {
      const empty = renderXml('ListInventoryConfiguration', {}, call.dialect)
      const documents = all.map(([, text]) => withoutDeclaration(text)).join('')
      return storedReply(
        empty.replace(/<\/ListInventoryConfiguration>$/, () => `${documents}</ListInventoryConfiguration>`),
      )
    }
    const found = all.find(([name]) => name === id)
    if (found === undefined) throw obsError('NoSuchInventoryConfiguration', { id })
    return storedReply(found[1])
  },
  async put(call, bucket, id) {
    if (id === undefined || id === '') throw obsError('InvalidArgument', { why: 'the id is missing' })
    const sent = await document(call, 'InventoryConfiguration')
    set(call, existingBucket(call, bucket.name), `inventory/${id}`, sent)
    return 200
  },
  delete: (call, bucket, id) => set(call, bucket, `inventory/${id ?? ''}`, undefined),
})

const customDomainPart = ownPart(contract.customDomain, {
  get: (call, bucket) =>
    xmlReply(
      'ListBucketCustomDomainsResult',
      {
        Domains: storedUnder(bucket, 'customdomain').map(([name, since]) => ({
          DomainName: name,
          CreateTime: since,
        })),
      },
      call.dialect,
    ),
  async put(call, bucket, domain) {
    if (domain === undefined || !/^[a-z0-9.-]{1,256}$/i.test(domain))
      throw obsError('InvalidArgument', { domain })
    set(call, bucket, `customdomain/${domain}`, xmlTime(call.world.clock.now()))
    return 200
  },
  delete(call, bucket, domain = '') {
    if (!storedUnder(bucket, 'customdomain').some(([name]) => name === domain))
      throw obsError('CustomDomainNotExist', { domain })
    set(call, bucket, `customdomain/${domain}`, undefined)
  },
})

async function putClass(call: ObsCall, bucket: Bucket): Promise<200> {
  const root = parseXml(await smallText(call))
  const named = root.name === 'StorageClass' ? root.text : (childText(root, 'DefaultStorageClass') ?? '')
  const storageClass = parseClass(named.trim())
  if (storageClass === undefined) throw obsError('MalformedXML', { storageClass: named })
  writeBucket(call.world, { ...existingBucket(call, bucket.name), storageClass })
  return 200
}

/** The class of a bucket, in the root of the name that was asked for. */
const classParts = [
  ...ownPart(contract.storageClass, {
    get: (call, bucket) => xmlReply('StorageClass', classOf(bucket, call.dialect), call.dialect),
    put: putClass,
  }),
  ...ownPart(contract.storagePolicy, {
    get: (call, bucket) =>
      xmlReply('StoragePolicy', { DefaultStorageClass: classOf(bucket, call.dialect) }, call.dialect),
    put: putClass,
  }),
]

function classOf(bucket: Bucket, dialect: Dialect): string {
  return classOnWire(dialect, bucket.storageClass)
}

export const bucketPartOperations = [
  ...aclPart,
  ...policyPart,
  ...keptParts,
  ...inventoryPart,
  ...customDomainPart,
  ...classParts,
]
