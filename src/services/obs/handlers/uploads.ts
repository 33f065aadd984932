import { reply } from '../../../contract/operation.ts'
import { ownerFields, xmlReply, xmlTime } from '../answers.ts'
import * as contract from '../contract/uploads.ts'
import { obsError } from '../errors.ts'
import { type ObjectUrl, readObject, receiveObject } from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import type { PartRow, UploadRow } from '../queries/uploads.ts'
import { encryptionHeaders } from '../stored-headers.ts'
import { abortUpload, beginUpload, completeParts, findUpload, partsOf, putPart } from '../uploads.ts'
import { unquoted } from '../wire/conditions.ts'
import { classOnWire, dialectHeader } from '../wire/dialect.ts'
import { childrenOf, childText, parseXml } from '../wire/xml.ts'
import { smallText } from './body.ts'
import { existingBucket } from './existing.ts'
import { textEncoder } from './lists.ts'
import { copySource } from './objects.ts'
import { checkPutConditions, fieldsOfNew, receiveBytes } from './receive.ts'

/** The user that a call without credentials stands for. */
const NOBODY = 'nobody'

const initiate = obsOperation(contract.initiateUpload, (call, { params, query }) => {
  const bucket = existingBucket(call, params.bucket)
  const fields = fieldsOfNew(call, bucket.storageClass)
  const uploadId = beginUpload(call.world, params, call.caller?.userId ?? NOBODY, fields)
  const encode = textEncoder(query['encoding-type'])
  const answer = xmlReply(
    'InitiateMultipartUploadResult',
    {
      Bucket: params.bucket,
      Key: encode(params.key),
      UploadId: uploadId,
      EncodingType: query['encoding-type'] || undefined,
    },
    call.dialect,
  )
  return {
    ...answer,
    headers: { ...answer.headers, ...encryptionHeaders(fields.headers ?? {}, call.dialect) },
  }
})

/** Finds the upload of a call. Only who has begun it may go on with it. @throws CodedRefusal NoSuchUpload, AccessDenied */
function ownUpload(call: ObsCall, url: ObjectUrl, id: string): UploadRow {
  existingBucket(call, url.bucket)
  const upload = findUpload(call.world, id, url)
  if (upload === undefined) throw obsError('NoSuchUpload', { uploadId: id })
  const isStrict = call.world.auth.mode === 'strict'
  if (isStrict && upload.userId !== (call.caller?.userId ?? NOBODY))
    throw obsError('AccessDenied', { why: 'another user has begun the upload' })
  return upload
}

/** Most parts of an object. */
const MOST_PARTS = 10_000

function partNumber(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > MOST_PARTS) throw obsError('InvalidArgument', { partNumber: text })
  return number
}

const upload = obsOperation(contract.uploadPart, async (call, { params, query }) => {
  const number = partNumber(query.partNumber)
  const row = ownUpload(call, params, query.uploadId)
  const received = await receiveBytes(call)
  if (!putPart(call.world, row, number, received)) throw obsError('NoSuchUpload', { uploadId: row.id })
  return reply(200, {
    headers: { ETag: `"${received.etag}"`, ...encryptionHeaders(row.headers, call.dialect) },
  })
})

const copy = obsOperation(contract.copyPart, async (call, { params, query }) => {
  const { world, headers, dialect } = call
  const number = partNumber(query.partNumber)
  const row = ownUpload(call, params, query.uploadId)
  const source = copySource(call)
  const { start, end } = copiedRange(dialectHeader(headers, dialect, 'copy-source-range'), source.size)
  const received = await receiveObject(world, readObject(world, source, start, end))
  if (!putPart(world, row, number, received)) throw obsError('NoSuchUpload', { uploadId: row.id })
  const result = { LastModified: xmlTime(world.clock.now()), ETag: `"${received.etag}"` }
  return xmlReply('CopyPartResult', result, dialect)
})

/** The part of a source that becomes a part; it must lie inside. @throws CodedRefusal InvalidArgument, InvalidRange */
function copiedRange(header: string | undefined, size: number): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: size }
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header.trim())
  if (match === null) throw obsError('InvalidArgument', { 'copy-source-range': header })
  const [start, end] = [Number(match[1]), Number(match[2]) + 1]
  if (start >= end || end > size) throw obsError('InvalidRange', { size })
  return { start, end }
}

const list = obsOperation(contract.listParts, (call, { params, query }) => {
  const row = ownUpload(call, params, query.uploadId)
  const { dialect, caller } = call
  const marker = query['part-number-marker'] ?? 0
  const limit = Math.min(query['max-parts'] ?? 1000, 1000)
  const after = partsOf(call.world, row).filter(({ number }) => number > marker)
  const page = after.slice(0, limit)
  const encode = textEncoder(query['encoding-type'])
  const owner = ownerFields(row.ownerId, caller, dialect)
  return xmlReply(
    'ListPartsResult',
    {
      Bucket: params.bucket,
      Key: encode(params.key),
      UploadId: row.id,
      Initiator: initiatorFields(row, owner, dialect),
      Owner: owner,
      StorageClass: classOnWire(dialect, row.storageClass),
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: limit,
      EncodingType: query['encoding-type'] || undefined,
      IsTruncated: after.length > page.length,
      Part: page.map(({ number, modifiedAt, etag, size }) => ({
        PartNumber: number,
        LastModified: xmlTime(modifiedAt),
        ETag: `"${etag}"`,
        Size: size,
      })),
    },
    dialect,
  )
})

/** Renders who has begun an upload. */
export function initiatorFields(
  { userId, ownerId }: UploadRow,
  owner: ReturnType<typeof ownerFields>,
  dialect: ObsCall['dialect'],
) {
  const id = `domainID/${ownerId ?? owner.ID}:userID/${userId}`
  return { ID: id, ...(dialect === 's3' && { DisplayName: userId }) }
}

/** Smallest part but the last, bytes. */
const SMALLEST_PART = 102_400

const complete = obsOperation(contract.completeUpload, async (call, { params, query }) => {
  const row = ownUpload(call, params, query.uploadId)
  const parts = namedParts(await smallText(call), partsOf(call.world, row))
  const small = parts.slice(0, -1).find(({ size }) => size < SMALLEST_PART)
  if (small !== undefined) throw obsError('EntityTooSmall', { part: small.number, size: small.size })
  const etag = await completeParts(call.world, row, parts, () => {
    ownUpload(call, params, row.id)
    checkPutConditions(call, params)
  })
  const encode = textEncoder(query['encoding-type'])
  const path = new URL(`http://host/${params.bucket}/`).pathname
  const answer = xmlReply(
    'CompleteMultipartUploadResult',
    {
      Location: `${call.host}${path}${encodeURIComponent(params.key.toWellFormed()).replaceAll('%2F', '/')}`,
      Bucket: params.bucket,
      Key: encode(params.key),
      ETag: `"${etag}"`,
      EncodingType: query['encoding-type'] || undefined,
    },
    call.dialect,
  )
  return { ...answer, headers: { ...answer.headers, ...encryptionHeaders(row.headers, call.dialect) } }
})

/** Finds the parts that a completion names. @throws CodedRefusal MalformedXML, InvalidPart, InvalidPartOrder */
function namedParts(body: string, stored: readonly PartRow[]): PartRow[] {
  const root = parseXml(body)
  const named = childrenOf(root, 'Part')
  if (!/^CompleteMultipartUpload$/.test(root.name) || named.length === 0)
    throw obsError('MalformedXML', { why: 'no part is named' })
  if (named.length > MOST_PARTS) throw obsError('MalformedXML', { parts: named.length })
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  let last = 0
  return named.map((part) => {
    const text = childText(part, 'PartNumber')?.trim() ?? ''
    const etag = childText(part, 'ETag')
    if (!/^\d{1,9}$/.test(text) || etag === undefined) throw obsError('MalformedXML', { part: text })
    const number = Number(text)
    if (number <= last) throw obsError('InvalidPartOrder', { part: number })
    last = number
    const found = byNumber.get(number)
    if (found === undefined || found.etag !== unquoted(etag).toLowerCase())
      throw obsError('InvalidPart', { part: number })
    return found
  })
}

const abort = obsOperation(contract.abortUpload, (call, { params, query }) => {
  abortUpload(call.world, ownUpload(call, params, query.uploadId))
  return reply(204, {})
})

export const uploadOperations = [initiate, upload, copy, list, complete, abort]
