import { callerWithAccessKey } from '../../../accounts/authenticate.ts'
import { type Caller, callerOf, demoCaller } from '../../../accounts/caller.ts'
import { reply } from '../../../contract/operation.ts'
import { hostNow } from '../../../lib/time.ts'
import * as contract from '../contract/buckets.ts'
import { obsError } from '../errors.ts'
import { keyOf } from '../identity.ts'
import { receiveObject } from '../objects.ts'
import { type ObsCall, obsOperation } from '../obs-call.ts'
import {
  checkPolicy,
  type FormCredential,
  type FormFields,
  formCredential,
  type SizeLimits,
  verifiesForm,
} from '../signature/form.ts'
import { percentEncoded } from '../wire/bytes-as-text.ts'
import { boundaryOf, openForm } from '../wire/form-data.ts'
import { renderXml } from '../wire/xml.ts'
import { existingBucket } from './existing.ts'
import { commitObject, fieldsOfNew } from './receive.ts'

/** Fields of a form that are stored with the object, beside those of the service. */
const STORED =
  /^(?:content-type|content-language|content-encoding|content-disposition|cache-control|expires|x-(?:obs|amz)-[a-z0-9-]+)$/

const ANY_SIZE: SizeLimits = { smallest: 0, largest: Number.MAX_SAFE_INTEGER }

/** Puts an object with the form of a page. The form has its own signature, and a policy that says what it may hold. */
export const postObject = obsOperation(contract.postObject, async (call, { params }) => {
  const bucket = existingBucket(call, params.bucket)
  const boundary = boundaryOf(call.headers.get('content-type'))
  if (boundary === undefined) throw obsError('BadRequest', { why: 'the body is no form' })
  const { fields, fileName, file } = await openForm(call.bytes, boundary)
  fields.set('bucket', params.bucket)
  const key = fields.get('key')?.replaceAll(/\$\{filename\}/g, () => fileName)
  if (key === undefined || key === '') throw obsError('InvalidArgument', { why: 'the form has no key' })
  if (Buffer.byteLength(key) > 1024) throw obsError('KeyTooLongError')
  const credential = formCredential(fields)
  const limits = credential === undefined ? ANY_SIZE : checkPolicy(credential.policy, fields, hostNow())
  const caller = senderOf(call, credential)
  const url = { bucket: params.bucket, key }
  call.demand('obs:object:PutObject', url, caller)
  const dialect = [...fields.keys()].some((name) => name.startsWith('x-amz-')) ? 's3' : call.dialect
  const stored = fieldsOfNew({ ...call, caller, dialect, headers: headersOf(fields) }, bucket.storageClass)
  const received = await receiveObject(call.world, limitedTo(file, limits))
  commitObject(call, url, received, stored, () => {})
  const location = `${call.base}/${params.bucket}/${percentEncoded(key, '/')}`
  return answerTo(
    fields,
    { ETag: `"${received.etag}"`, Location: location },
    { Bucket: params.bucket, Key: key },
  )
})

/** The caller of a form: whoever has signed it. A lenient world asks for no signature. */
function senderOf({ world }: ObsCall, credential: FormCredential | undefined): Caller | undefined {
  if (world.auth.mode === 'lenient')
    return credential === undefined ? demoCaller(world) : callerWithAccessKey(world, credential.accessKey)
  if (credential === undefined) return undefined
  const { identity, secretKey } = keyOf(world, credential.accessKey, credential.securityToken)
  if (!verifiesForm(credential, secretKey)) throw obsError('SignatureDoesNotMatch', { why: 'the form' })
  return callerOf(world, identity)
}

/** The headers that fields of a form stand for. */
function headersOf(fields: FormFields): Headers {
  const headers = new Headers()
  for (const [name, value] of fields)
    if (STORED.test(name))
      headers.set(name, Buffer.from(value.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1'))
  return headers
}

/** Passes the bytes of a file on as long as the policy allows them. @throws CodedRefusal EntityTooLarge, EntityTooSmall */
async function* limitedTo(
  file: AsyncIterable<Uint8Array>,
  { smallest, largest }: SizeLimits,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of file) {
    size += chunk.byteLength
    if (size <= largest) yield chunk
  }
  if (size > largest) throw obsError('EntityTooLarge', { size })
  if (size < smallest) throw obsError('EntityTooSmall', { size })
}

function answerTo(
  fields: FormFields,
  headers: { ETag: string; Location: string },
  about: { Bucket: string; Key: string },
) {
  const redirect = fields.get('success_action_redirect')
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect)
    target.searchParams.set('bucket', about.Bucket)
    target.searchParams.set('key', about.Key)
    target.searchParams.set('etag', headers.ETag)
    return reply(303, { headers: { ...headers, Location: target.href } })
  }
  const status = fields.get('success_action_status')
  if (status === '200') return reply(200, { headers })
  if (status !== '201') return reply(204, { headers })
  const body = renderXml('PostResponse', { Location: headers.Location, ...about, ETag: headers.ETag })
  return reply(201, { body, headers: { ...headers, 'Content-Type': 'application/xml' } })
}
