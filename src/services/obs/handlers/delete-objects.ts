import { Refusal } from '../../../lib/errors.ts'
import { xmlReply } from '../answers.ts'
import * as contract from '../contract/buckets.ts'
import { obsError } from '../errors.ts'
import { deleteObject } from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import { decodePath } from '../wire/bytes-as-text.ts'
import { hasChecksum } from '../wire/checksums.ts'
import { childrenOf, childText, type Fields, parseXml } from '../wire/xml.ts'
import { smallText } from './body.ts'
import { checkVersion, existingBucket } from './existing.ts'
import { textEncoder } from './lists.ts'

/** Most objects that are deleted at once. */
const MOST = 1000

/** Deletes objects one by one. What happens to each is in the answer; `quiet` leaves out those that went well. */
export const deleteObjects = obsOperation(contract.deleteObjects, async (call, { params }) => {
  const { name: bucket } = existingBucket(call, params.bucket)
  if (call.world.auth.mode === 'strict' && !hasChecksum(call.promised))
    throw obsError('InvalidRequest', { why: 'Content-MD5 or another checksum is missing' })
  const root = parseXml(await smallText(call))
  const named = childrenOf(root, 'Object')
  if (root.name !== 'Delete' || named.length === 0 || named.length > MOST)
    throw obsError('MalformedXML', { objects: named.length })
  const isQuiet = childText(root, 'Quiet')?.trim().toLowerCase() === 'true'
  const encoding = childText(root, 'EncodingType')?.trim()
  const encode = textEncoder(encoding)
  const results = named.map((object) => {
    const sent = childText(object, 'Key') ?? ''
    const key = encoding === undefined || encoding === '' ? sent : (decodePath(sent) ?? sent)
    return {
      key,
      versionId: childText(object, 'VersionId'),
      refused: deleteOne(call, bucket, key, childText(object, 'VersionId')),
    }
  })
  const fieldsOf = ({ key, versionId }: (typeof results)[number]): Fields => ({
    Key: encode(key),
    VersionId: versionId,
  })
  return xmlReply(
    'DeleteResult',
    {
      EncodingType: encoding || undefined,
      Deleted: isQuiet ? [] : results.filter(({ refused }) => refused === undefined).map(fieldsOf),
      Error: results.flatMap((result) =>
        result.refused === undefined
          ? []
          : [{ ...fieldsOf(result), Code: result.refused.code, Message: result.refused.message }],
      ),
    },
    call.dialect,
  )
})

function deleteOne(
  call: ObsCall,
  bucket: string,
  key: string,
  versionId: string | undefined,
): Refusal | undefined {
  try {
    if (key === '') throw obsError('InvalidArgument', { why: 'a key is empty' })
    call.demand('obs:object:DeleteObject', { bucket, key })
    checkVersion(versionId)
    deleteObject(call.world, { bucket, key })
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
