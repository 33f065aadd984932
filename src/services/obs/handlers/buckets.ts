import { reply } from '../../../contract/operation.ts'
import { aclOfHeaders } from '../acl.ts'
import { accountOf, ownerFields, xmlReply, xmlTime } from '../answers.ts'
import {
  type Bucket,
  bucketNameMistake,
  listBuckets as bucketsOf,
  findBucket,
  removeBucket,
  STANDARD,
  writeBucket,
} from '../buckets.ts'
import * as contract from '../contract/buckets.ts'
import { obsError } from '../errors.ts'
import { listObjects, type StoredObject } from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import { uploadRows } from '../queries/uploads.ts'
import { classOnWire, dialectHeader, parseClass } from '../wire/dialect.ts'
import { childText, parseXml } from '../wire/xml.ts'
import { smallText } from './body.ts'
import { existingBucket } from './existing.ts'

/** The version of the API by which SDKs learn that the service speaks OBS. */
const API = { 'x-obs-api': '3.0' }

const apiVersion = obsOperation(contract.showApiVersion, () => reply(200, { headers: API }))

const bucketApiVersion = obsOperation(contract.showBucketApiVersion, (call, { params }) => {
  existingBucket(call, params.bucket)
  return reply(200, { headers: API })
})

/** The region of a bucket; one that is in every region is in that of its caller. */
function regionOf({ region }: Bucket, { caller }: Pick<ObsCall, 'caller'>): string {
  return region ?? caller?.region ?? ''
}

const list = obsOperation(contract.listBuckets, (call) => {
  const { world, caller, dialect, headers } = call
  const own = bucketsOf(world).filter(({ ownerId }) => ownerId === null || ownerId === caller?.domainId)
  const wanted = dialectHeader(headers, dialect, 'bucket-type')
  const buckets = wanted === undefined || wanted === 'OBJECT' ? own : []
  return xmlReply(
    'ListAllMyBucketsResult',
    {
      Owner: ownerFields(null, caller, dialect),
      Buckets: {
        Bucket: buckets.map((bucket) => ({
          Name: bucket.name,
          CreationDate: xmlTime(bucket.createdAt),
          Location: regionOf(bucket, call),
          ...(dialect === 'obs' && { BucketType: 'OBJECT' }),
        })),
      },
    },
    dialect,
  )
})

/** Most buckets of an account. */
const MOST_BUCKETS = 100

const create = obsOperation(contract.createBucket, async (call, { params: { bucket: name } }) => {
  const { world, caller, headers, dialect } = call
  const mistake = bucketNameMistake(name)
  if (mistake !== undefined) throw obsError('InvalidBucketName', { mistake })
  const region = locationIn(await smallText(call)) ?? caller?.region ?? null
  if (dialectHeader(headers, dialect, 'fs-file-interface') === 'Enabled') throw obsError('FsNotSupport')
  const ownerId = accountOf(caller)
  const made = reply(200, { headers: { Location: `/${name}` } })
  const before = findBucket(world, name)
  if (before !== undefined) {
    if (before.ownerId !== null && before.ownerId !== ownerId) throw obsError('BucketAlreadyExists', { name })
    if (before.region !== null && before.region !== region)
      throw obsError('BucketAlreadyOwnedByYou', { name })
    return made
  }
  const own = bucketsOf(world).filter((bucket) => bucket.ownerId === ownerId)
  if (own.length >= MOST_BUCKETS) throw obsError('TooManyBuckets', { buckets: own.length })
  const acl = aclOfHeaders(headers, dialect, ownerId)
  const settings = acl === undefined ? {} : { acl: JSON.stringify(acl) }
  writeBucket(world, { name, ownerId, region, storageClass: classOfNew(call), settings })
  return made
})

function locationIn(body: string): string | undefined {
  if (body.trim() === '') return undefined
  const root = parseXml(body)
  if (root.name !== 'CreateBucketConfiguration') throw obsError('MalformedXML', { root: root.name })
  const location = (childText(root, 'Location') ?? childText(root, 'LocationConstraint') ?? '').trim()
  if (location !== '' && !/^[a-z0-9-]{1,64}$/i.test(location))
    throw obsError('InvalidLocationConstraint', { location })
  return location === '' ? undefined : location
}

function classOfNew({ headers, dialect }: ObsCall): string {
  const named =
    dialectHeader(headers, dialect, 'storage-class') ??
    (dialect === 's3' ? headers.get('x-default-storage-class') : undefined) ??
    STANDARD
  const storageClass = parseClass(named)
  if (storageClass === undefined) throw obsError('InvalidArgument', { storageClass: named })
  return storageClass
}

const head = obsOperation(contract.headBucket, (call, { params }) => {
  const bucket = existingBucket(call, params.bucket)
  const { dialect } = call
  const storageClass = classOnWire(dialect, bucket.storageClass)
  const region = regionOf(bucket, call)
  const own =
    dialect === 'obs'
      ? { 'x-obs-bucket-location': region, 'x-obs-storage-class': storageClass }
      : { 'x-amz-bucket-region': region, 'x-default-storage-class': storageClass }
  return reply(200, { headers: { 'x-obs-version': '3.0', ...own } })
})

const remove = obsOperation(contract.deleteBucket, (call, { params }) => {
  const { world } = call
  const { name } = existingBucket(call, params.bucket)
  const { objects } = listObjects(world, name, { prefix: '', after: '', limit: 1 })
  if (objects.length > 0 || uploadRows(world.db, name).length > 0)
    throw obsError('BucketNotEmpty', { bucket: name })
  removeBucket(world, name)
  return reply(204, {})
})

const location = obsOperation(contract.showLocation, (call, { params }) => {
  const region = regionOf(existingBucket(call, params.bucket), call)
  if (call.dialect === 'obs') return xmlReply('Location', region, 'obs')
  return xmlReply('CreateBucketConfiguration', { LocationConstraint: region }, 's3')
})

/** Counts what is in a bucket; files of a folder are counted too. */
const storageInfo = obsOperation(contract.showStorageInfo, (call, { params }) => {
  const { name } = existingBucket(call, params.bucket)
  let [objects, size] = [0, 0]
  for (const object of everyObject(call, name)) {
    objects += 1
    size += object.size
  }
  return xmlReply('GetBucketStorageInfoResult', { Size: size, ObjectNumber: objects }, call.dialect)
})

function* everyObject({ world }: ObsCall, bucket: string): Generator<StoredObject> {
  let after = ''
  for (;;) {
    const { objects, truncated } = listObjects(world, bucket, { prefix: '', after, limit: 1000 })
    yield* objects
    if (!truncated) return
    after = objects.at(-1)?.key ?? ''
  }
}

export const bucketOperations = [
  apiVersion,
  bucketApiVersion,
  list,
  create,
  head,
  remove,
  location,
  storageInfo,
]
