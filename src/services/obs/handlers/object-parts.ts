import { reply } from '../../../contract/operation.ts'
import { aclOfHeaders, parseAcl, renderAcl, storedAcl } from '../acl.ts'
import { accountOf, headerTime, xmlReply } from '../answers.ts'
import { changeObject } from '../change-object.ts'
import * as contract from '../contract/objects.ts'
import { obsError } from '../errors.ts'
import { etagOf } from '../etags.ts'
import {
  findObject,
  type ObjectBytes,
  type ObjectFields,
  type ObjectUrl,
  readObject,
  receiveObject,
  type StoredObject,
} from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import { classIn, objectHeaders, storedFields } from '../stored-headers.ts'
import { parseTags, renderTags } from '../tags.ts'
import { dialectHeader, PREFIX } from '../wire/dialect.ts'
import { child, childText, parseXml } from '../wire/xml.ts'
import { smallText } from './body.ts'
import { existingBucket, existingObject } from './existing.ts'
import { commitObject, fieldsOfNew, receiveBytes } from './receive.ts'

const showAcl = obsOperation(contract.showObjectAcl, (call, { params, query }) => {
  const object = existingObject(call, params, query.versionId)
  const owner = object.ownerId ?? existingBucket(call, params.bucket).ownerId ?? accountOf(call.caller)
  return xmlReply('AccessControlPolicy', renderAcl(storedAcl(object.acl, owner), call.dialect), call.dialect)
})

const putAcl = obsOperation(contract.putObjectAcl, async (call, { params, query }) => {
  const object = existingObject(call, params, query.versionId)
  const owner = object.ownerId ?? accountOf(call.caller)
  const sent = await smallText(call)
  const acl = aclOfHeaders(call.headers, call.dialect, owner) ?? parseAcl(sent, owner)
  await changeObject(call.world, existingObject(call, params), { acl: JSON.stringify(acl) })
  return reply(200, {})
})

const showTags = obsOperation(contract.showObjectTags, (call, { params, query }) => {
  const { tags } = existingObject(call, params, query.versionId)
  // OBS has no empty set of tags; S3 has.
  if (tags.length === 0 && call.dialect === 'obs') throw obsError('NoSuchTagSet', { ...params })
  return xmlReply('Tagging', renderTags(tags), call.dialect)
})

const putTags = obsOperation(contract.putObjectTags, async (call, { params, query }) => {
  existingObject(call, params, query.versionId)
  const tags = parseTags(await smallText(call))
  await changeObject(call.world, existingObject(call, params), { tags })
  return reply(200, {})
})

const removeTags = obsOperation(contract.deleteObjectTags, async (call, { params, query }) => {
  await changeObject(call.world, existingObject(call, params, query.versionId), { tags: [] })
  return reply(204, {})
})

const modify = obsOperation(contract.modifyMetadata, async (call, { params, query }) => {
  const { world, headers, dialect } = call
  const object = existingObject(call, params, query.versionId)
  const directive = dialectHeader(headers, dialect, 'metadata-directive') ?? 'REPLACE_NEW'
  if (directive !== 'REPLACE_NEW' && directive !== 'REPLACE') throw obsError('InvalidArgument', { directive })
  const sent = storedFields(headers, dialect)
  const storageClass = classIn(headers, dialect) ?? object.storageClass
  const isMerge = directive === 'REPLACE_NEW'
  const ofService = Object.entries(object.headers).filter(([name]) => name.startsWith('x-obs-'))
  await changeObject(world, object, {
    storageClass,
    contentType: sent.contentType ?? (isMerge ? object.contentType : null),
    headers: { ...(isMerge ? object.headers : Object.fromEntries(ofService)), ...sent.headers },
    metadata: { ...(isMerge ? object.metadata : {}), ...sent.metadata },
  })
  const { 'Accept-Ranges': _, ...echoed } = objectHeaders(existingObject(call, params), dialect)
  return reply(200, { headers: echoed })
})

/** Days for which a restored object can be read: at least, and at most. */
const DAYS = { least: 1, most: 30 }
const DAY_MS = 86_400_000

const restore = obsOperation(contract.restoreObject, async (call, { params, query }) => {
  const { world } = call
  const object = existingObject(call, params, query.versionId)
  const root = parseXml(await smallText(call))
  const days = Number(childText(root, 'Days')?.trim() ?? Number.NaN)
  const tier = childText(child(root, 'RestoreJob') ?? child(root, 'GlacierJobParameters'), 'Tier')?.trim()
  const isTier = tier === undefined || ['Expedited', 'Standard', 'Bulk'].includes(tier)
  if (!(days >= DAYS.least && days <= DAYS.most) || !isTier) throw obsError('MalformedXML', { days, tier })
  if (object.storageClass !== 'COLD' && object.storageClass !== 'DEEP_ARCHIVE')
    throw obsError('InvalidObjectState', { storageClass: object.storageClass })
  const isAgain = object.headers['x-obs-restore'] !== undefined
  const end = headerTime(world.clock.now() + days * DAY_MS)
  const restored = `ongoing-request="false", expiry-date="${end}"`
  await changeObject(world, object, { headers: { ...object.headers, 'x-obs-restore': restored } })
  return reply(isAgain ? 200 : 202, {})
})

const append = obsOperation(contract.appendObject, async (call, { params, query }) => {
  const { dialect } = call
  const bucket = existingBucket(call, params.bucket)
  if (!/^\d{1,15}$/.test(query.position ?? ''))
    throw obsError('InvalidArgument', { position: query.position })
  const position = Number(query.position)
  const before = appendable(call, params, position)
  const added = await receiveBytes(call)
  const whole = before === undefined ? added : await joined(call, before, added)
  const { headers = {}, ...fields } =
    before === undefined ? fieldsOfNew(call, bucket.storageClass) : fieldsOf(before)
  const next = String(whole.size)
  const own = { 'x-obs-object-type': 'Appendable', 'x-obs-next-append-position': next }
  commitObject(call, params, whole, { ...fields, headers: { ...headers, ...own } }, () => {
    if (etagOrNothing(appendable(call, params, position)) !== etagOrNothing(before))
      throw obsError('OperationAborted', { ...params })
  })
  return reply(200, {
    headers: { ETag: `"${whole.etag}"`, [`${PREFIX[dialect]}next-append-position`]: next },
  })
})

function etagOrNothing(object: StoredObject | undefined): string | undefined {
  return object && etagOf(object)
}

/** The object that bytes are added to; undefined when there is none yet. @throws CodedRefusal ObjectNotAppendable, PositionNotEqualToLength */
function appendable({ world }: ObsCall, url: ObjectUrl, position: number): StoredObject | undefined {
  const before = findObject(world, url)
  if (before !== undefined && before.headers['x-obs-object-type'] !== 'Appendable')
    throw obsError('ObjectNotAppendable', { ...url })
  const size = before?.size ?? 0
  if (position !== size) throw obsError('PositionNotEqualToLength', { position, size })
  return before
}

/** Puts the bytes of an object and further ones into one blob. */
async function joined({ world }: ObsCall, before: StoredObject, added: ObjectBytes): Promise<ObjectBytes> {
  async function* both() {
    yield* readObject(world, before)
    yield* world.blobs.read(added.blobId, 0, added.size)
  }
  try {
    return await receiveObject(world, both())
  } finally {
    world.blobs.remove(added.blobId)
  }
}

/** The fields of an object without its name and its bytes. */
function fieldsOf({
  bucket: _,
  key: __,
  size: ___,
  etag: ____,
  bytes: _____,
  ...fields
}: StoredObject): ObjectFields {
  const { modifiedAt: ______, ...kept } = fields
  return kept
}

export const objectPartOperations = [showAcl, putAcl, showTags, putTags, removeTags, modify, restore, append]
