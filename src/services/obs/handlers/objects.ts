import { reply } from '../../../contract/operation.ts'
import { xmlReply, xmlTime } from '../answers.ts'
import * as contract from '../contract/objects.ts'
import { obsError } from '../errors.ts'
import { etagOf } from '../etags.ts'
import {
  deleteObject,
  type ObjectBytes,
  type ObjectFields,
  readObject,
  receiveObject,
  type StoredObject,
} from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import { classIn, encryptionHeaders } from '../stored-headers.ts'
import { checkConditions, readConditions } from '../wire/conditions.ts'
import { parseCopySource } from '../wire/copy-source.ts'
import { classOnWire, dialectHeader, PREFIX } from '../wire/dialect.ts'
import { checkVersion, existingBucket, existingObject } from './existing.ts'
import { readOperations } from './read.ts'
import { checkPutConditions, commitObject, fieldsOfNew, receiveBytes } from './receive.ts'

const put = obsOperation(contract.putObject, async (call, { params }) => {
  const bucket = existingBucket(call, params.bucket)
  checkPutConditions(call, params)
  const fields = fieldsOfNew(call, bucket.storageClass)
  const received = await receiveBytes(call)
  commitObject(call, params, received, fields)
  return reply(200, { headers: writtenHeaders(call, received.etag, fields) })
})

/** The headers of the answer to a request that has put an object. */
function writtenHeaders(
  { dialect }: ObsCall,
  etag: string,
  { storageClass = 'STANDARD', headers = {} }: ObjectFields,
): Record<string, string> {
  return {
    ETag: `"${etag}"`,
    ...(storageClass !== 'STANDARD' && {
      [`${PREFIX[dialect]}storage-class`]: classOnWire(dialect, storageClass),
    }),
    ...encryptionHeaders(headers, dialect),
  }
}

/** Finds the object that a request copies from, and checks the caller's right to read it and the conditions on it. */
export function copySource(call: ObsCall): StoredObject {
  const { headers, dialect } = call
  const header = dialectHeader(headers, dialect, 'copy-source') ?? ''
  const source = parseCopySource(header)
  if (source === undefined) throw obsError('InvalidArgument', { 'copy-source': header })
  call.demand('obs:object:GetObject', source)
  const object = existingObject(call, source, source.versionId)
  const conditions = readConditions((name) => dialectHeader(headers, dialect, `copy-source-${name}`))
  const version = { etag: etagOf(object), modifiedAt: object.modifiedAt }
  if (checkConditions(conditions, version) !== undefined) throw obsError('PreconditionFailed', { ...source })
  const isArchived = object.storageClass === 'COLD' || object.storageClass === 'DEEP_ARCHIVE'
  if (isArchived && object.headers['x-obs-restore'] === undefined)
    throw obsError('InvalidObjectState', { ...source })
  return object
}

/** Makes a blob with the bytes of an object; those of another blob are not copied. */
async function copiedBytes({ world }: ObsCall, source: StoredObject): Promise<ObjectBytes> {
  if ('file' in source.bytes) return receiveObject(world, readObject(world, source))
  const blobId = world.chance.uuid('blob')
  world.blobs.duplicate(blobId, source.bytes.blobId)
  return { blobId, size: source.size, etag: etagOf(source) }
}

const copy = obsOperation(contract.copyObject, async (call, { params }) => {
  const { world, headers, dialect } = call
  const bucket = existingBucket(call, params.bucket)
  const source = copySource(call)
  const directive = dialectHeader(headers, dialect, 'metadata-directive') ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE') throw obsError('InvalidArgument', { directive })
  const asked = classIn(headers, dialect)
  const isItself = source.bucket === params.bucket && source.key === params.key
  if (isItself && directive === 'COPY' && asked === undefined)
    throw obsError('InvalidRequest', { why: 'a copy onto itself must change metadata or class' })
  const named = fieldsOfNew(call, bucket.storageClass)
  const tagging = dialectHeader(headers, dialect, 'tagging-directive') ?? 'COPY'
  const { contentType, headers: stored, metadata, tags } = source
  const { 'x-obs-restore': _, 'x-obs-object-type': __, ...kept } = stored
  const fields: ObjectFields = {
    ...named,
    ...(directive === 'COPY' && { contentType, metadata, headers: { ...kept, ...encryptionOf(named) } }),
    tags: tagging === 'COPY' ? tags : (named.tags ?? []),
  }
  const received = await copiedBytes(call, source)
  commitObject(call, params, received, fields)
  const result = { LastModified: xmlTime(world.clock.now()), ETag: `"${received.etag}"` }
  const answer = xmlReply('CopyObjectResult', result, dialect)
  return { ...answer, headers: { ...answer.headers, ...encryptionHeaders(fields.headers ?? {}, dialect) } }
})

function encryptionOf({ headers = {} }: ObjectFields): Record<string, string> {
  return encryptionHeaders(headers, 'obs')
}

const remove = obsOperation(contract.deleteObject, (call, { params, query }) => {
  existingBucket(call, params.bucket)
  checkVersion(query.versionId)
  deleteObject(call.world, params)
  return reply(204, {})
})

export const objectOperations = [put, copy, ...readOperations, remove]
