import { hash } from 'node:crypto'
import type { Caller } from '../../accounts/caller.ts'
import type { Refusal, RefusalReply } from '../../lib/errors.ts'
import type { RefusedCall } from '../refusals.ts'
import { bucketOfHost, withoutServicePath } from './wire/address.ts'
import { type Dialect, PREFIX } from './wire/dialect.ts'
import { parameter, parseParameters } from './wire/query.ts'
import { renderXml } from './wire/xml.ts'

/** Renders a time as XML of the API does. */
export function xmlTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Renders a time as headers do. */
export function headerTime(ms: number): string {
  return new Date(ms).toUTCString()
}

/** The id of the account that a caller acts for; `0` repeated for nobody. */
export function accountOf(caller: Caller | undefined): string {
  return caller?.domainId ?? NOBODY
}

const NOBODY = '0'.repeat(32)

/** Renders the owner of a bucket or an object. */
export function ownerFields(id: string | null, caller: Caller | undefined, dialect: Dialect) {
  const owner = id ?? accountOf(caller)
  const name = owner === caller?.domainId ? caller.domainName : owner
  return { ID: owner, ...(dialect === 's3' && { DisplayName: name }) }
}

/** The reply of a document in the namespace of a dialect. */
export function xmlReply(root: string, content: Parameters<typeof renderXml>[1], dialect: Dialect) {
  return {
    status: 200 as const,
    body: renderXml(root, content, dialect),
    headers: { 'Content-Type': 'application/xml' },
  }
}

/** The reply of a document that was stored as it was sent. */
export function storedReply(document: string, contentType = 'application/xml') {
  return { status: 200 as const, body: document, headers: { 'Content-Type': contentType } }
}

/** The dialect of a request, also of one that was refused before anything was known of it. */
function dialectOf({ headers, url }: Pick<Request, 'headers' | 'url'>): Dialect {
  const authorization = headers.get('authorization') ?? ''
  if (authorization !== '') return authorization.startsWith('AWS') ? 's3' : 'obs'
  const at = url.indexOf('?')
  const parameters = at < 0 ? [] : parseParameters(url.slice(at + 1))
  const inQuery = ['AWSAccessKeyId', 'X-Amz-Signature'].some(
    (name) => parameter(parameters, name) !== undefined,
  )
  if (inQuery) return 's3'
  for (const name of headers.keys()) {
    if (name.startsWith('x-obs-')) return 'obs'
    if (name.startsWith('x-amz-')) return 's3'
  }
  return 'obs'
}

/** The headers that every answer has. */
export function headersOfAnswer(
  requestId: string,
  request: Pick<Request, 'headers' | 'url'>,
): Record<string, string> {
  const prefix = PREFIX[dialectOf(request)]
  return { Server: 'OBS', [`${prefix}request-id`]: requestId, [`${prefix}id-2`]: secondId(requestId) }
}

/** The second id of a request: 64 characters, which begin with the same letters as the cloud's. */
function secondId(requestId: string): string {
  return `32AAAQAAEAABAAAQAAEAABAAAQAAEAAB${hash('sha256', requestId, 'base64').slice(0, 32)}`
}

/** The codes that stand for those of a gateway, which the object service does not have before it. */
const INSTEAD: ReadonlyMap<string, string> = new Map([['APIGW.0308', 'TooManyRequests']])

/** Renders a refusal as XML; to HEAD there is no body, and headers have the code and the sentence. */
export function renderObsRefusal(refusal: Refusal, request: RefusedCall): RefusalReply {
  const { status, message } = refusal
  const code = INSTEAD.get(refusal.code ?? '') ?? refusal.code ?? 'InternalError'
  const fields = fieldsOf(refusal)
  const size = fields.ActualObjectSize
  const range = size === undefined ? {} : { 'Content-Range': `bytes */${size}` }
  if (request.method === 'HEAD') {
    const prefix = PREFIX[dialectOf(request)]
    return {
      status,
      headers: { ...range, [`${prefix}error-code`]: code, [`${prefix}error-message`]: message },
    }
  }
  const body = renderXml('Error', {
    Code: code,
    Message: message,
    Resource: resourceOf(request),
    RequestId: request.requestId,
    HostId: secondId(request.requestId),
    ...fields,
  })
  return { status, body, headers: { ...range, 'Content-Type': 'application/xml' } }
}

function resourceOf({ url, headers }: RefusedCall): string {
  const { pathname } = new URL(url)
  const path = withoutServicePath(pathname.replace(/^\/w\/[^/]+/, ''))
  const bucket = bucketOfHost(headers.get('host') ?? '')
  return bucket === undefined ? path : `/${bucket}${path}`
}

/** Further elements of an error: texts that the refusing place gave. */
function fieldsOf(refusal: Refusal): Record<string, string> {
  if (!('fields' in refusal) || typeof refusal.fields !== 'object' || refusal.fields === null) return {}
  const texts = Object.entries(refusal.fields).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return Object.fromEntries(texts)
}
