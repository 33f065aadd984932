import { ownerFields, xmlReply, xmlTime } from '../answers.ts'
import * as contract from '../contract/buckets.ts'
import { obsOperation } from '../obs-call.ts'
import { uploadRows } from '../queries/uploads.ts'
import { classOnWire } from '../wire/dialect.ts'
import { listPage } from '../wire/listing.ts'
import { existingBucket } from './existing.ts'
import { textEncoder } from './lists.ts'
import { initiatorFields } from './uploads.ts'

export const listUploads = obsOperation(contract.listUploads, (call, { params, query }) => {
  const { name } = existingBucket(call, params.bucket)
  const { dialect, caller, world } = call
  const prefix = query.prefix ?? ''
  const keyMarker = query['key-marker'] ?? ''
  const idMarker = keyMarker === '' ? '' : (query['upload-id-marker'] ?? '')
  const encode = textEncoder(query['encoding-type'])
  const limit = Math.min(query['max-uploads'] ?? 1000, 1000)
  const rows = uploadRows(world.db, name).filter(({ key }) => key.startsWith(prefix))
  const markedAt = rows.findIndex(({ key, id }) => key === keyMarker && id === idMarker)
  const isAfterMarker = (key: string, n: number) => (markedAt >= 0 ? n > markedAt : isAfter(key, keyMarker))
  const waiting = rows.filter(({ key }, n) => keyMarker === '' || isAfterMarker(key, n))
  const page = listPage(
    (after) => (after === keyMarker ? waiting : waiting.filter(({ key }) => isAfter(key, after))),
    { prefix, delimiter: query.delimiter ?? '', after: keyMarker, limit },
  )
  const last = page.items.at(-1)
  const lastId = last?.key === page.next ? last?.id : undefined
  return xmlReply(
    'ListMultipartUploadsResult',
    {
      Bucket: name,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: query['upload-id-marker'] ?? '',
      NextKeyMarker: page.next === undefined ? undefined : encode(page.next),
      NextUploadIdMarker: page.next === undefined ? undefined : lastId,
      Delimiter: query.delimiter ? encode(query.delimiter) : undefined,
      Prefix: encode(prefix),
      MaxUploads: limit,
      EncodingType: query['encoding-type'] || undefined,
      IsTruncated: page.next !== undefined,
      Upload: page.items.map((row) => {
        const owner = ownerFields(row.ownerId, caller, dialect)
        return {
          Key: encode(row.key),
          UploadId: row.id,
          Initiator: initiatorFields(row, owner, dialect),
          Owner: owner,
          StorageClass: classOnWire(dialect, row.storageClass),
          Initiated: xmlTime(row.startedAt),
        }
      }),
      CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: encode(each) })),
    },
    dialect,
  )
})

function isAfter(key: string, marker: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(marker)) > 0
}
