import { isBelowServicePath, isObsHost } from './address.ts'
import { type Parameter, parameter, parseParameters } from './query.ts'

/** A request before anything decides which service it is for. */
export interface Unplaced {
  headers: Headers
  /** Path and query as they were sent, without the part that names a world. */
  target: string
}

const SCHEME = /^(?:OBS|AWS|AWS4-HMAC-SHA256)\s/

/**
 * Recognises a request of the object service, which clients send to the root of the port: by the name of the host, the scheme of
 * its signature, the signature in its query, a header of either dialect, the question for the version of the API, a form of a page, or
 * `/s/obs`.
 */
export function isObsRequest({ headers, target }: Unplaced): boolean {
  if (isBelowServicePath(target)) return true
  if (target.startsWith('/_ims/')) return false
  if (SCHEME.test(headers.get('authorization') ?? '')) return true
  // No other service takes forms.
  if (/^multipart\/form-data\b/i.test(headers.get('content-type') ?? '')) return true
  const host = headers.get('host')
  if (host !== null && isObsHost(host)) return true
  const at = target.indexOf('?')
  return (at >= 0 && isSignedQuery(parseParameters(target.slice(at + 1)))) || hasOwnHeader(headers)
}

function isSignedQuery(parameters: readonly Parameter[]): boolean {
  const has = (name: string) => parameter(parameters, name) !== undefined
  if (has('apiversion') || has('X-Amz-Signature')) return true
  return has('Signature') && (has('AccessKeyId') || has('AWSAccessKeyId'))
}

function hasOwnHeader(headers: Headers): boolean {
  for (const name of headers.keys()) if (name.startsWith('x-obs-') || name.startsWith('x-amz-')) return true
  return false
}

/** The access key that a request names, by which its world is found. Nothing else of its signature is looked at. */
export function namedKey({ headers, target }: Unplaced): string | undefined {
  const authorization = headers.get('authorization') ?? ''
  const inHeader =
    /^(?:OBS|AWS)\s+([^:\s]+):/.exec(authorization) ??
    /^AWS4-HMAC-SHA256\s.*?Credential=([^/,\s]+)\//.exec(authorization)
  if (inHeader !== null) return inHeader[1]
  const at = target.indexOf('?')
  if (at < 0) return undefined
  const parameters = parseParameters(target.slice(at + 1))
  return (
    parameter(parameters, 'AccessKeyId') ??
    parameter(parameters, 'AWSAccessKeyId') ??
    parameter(parameters, 'X-Amz-Credential')?.split('/', 1)[0]
  )
}
