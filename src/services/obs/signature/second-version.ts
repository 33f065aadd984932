import { createHmac } from 'node:crypto'
import { wireText } from '../../../accounts/signature/canonical.ts'
import { PREFIX } from '../wire/dialect.ts'
import type { SecondVersion, SignedRequest } from './signed-request.ts'

/** The parameters of a query that a signature covers: those of the documents, and further ones that SDKs sign. */
const SIGNED_PARAMETERS: ReadonlySet<string> = new Set(
  `acl attname cors customdomain delete deletebucket encryption inventory length lifecycle location logging metadata modify name
  notification object-lock partNumber policy position quota rename replication requestPayment response-cache-control
  response-content-disposition response-content-encoding response-content-language response-content-type response-expires restore
  retention storageClass storageinfo storagePolicy tagging torrent truncate uploadId uploads versionId versioning versions website
  x-obs-security-token append backtosource mirrorBackToSource CDNNotifyConfiguration directcoldaccess obscompresspolicy
  publicAccessBlock bucketStatus policyStatus x-image-process x-oss-process`.split(/\s+/),
)

/** Other ways in which clients build the text. */
interface Reading {
  /** Parameters that the client forgets to sign. */
  without?: string
  /** Ends the path of a bucket with a slash. */
  withSlash?: boolean
  /** Keeps the equals sign of a parameter with an empty value. */
  keepsEquals?: boolean
}

/**
 * The text that a signature of the second version signs.
 * @example stringToSign(request, credential) // 'GET\n\n\nFri, 27 Nov 2026 10:11:12 GMT\n/images/a.qcow2?acl'
 */
function stringToSign(request: SignedRequest, credential: SecondVersion, reading: Reading = {}): string {
  const { method, headers } = request
  const { dialect, expires } = credential
  const prefix = PREFIX[dialect]
  const header = (name: string) => wireText(headers.get(name) ?? '').trim()
  const date = headers.has(`${prefix}date`) ? '' : header('date')
  return [
    method,
    header('content-md5'),
    header('content-type'),
    expires ?? date,
    ...ownHeaders(headers, prefix),
    resource(request, prefix, reading),
  ].join('\n')
}

function ownHeaders(headers: Headers, prefix: string): string[] {
  const names = [...headers.keys()].filter((name) => name.startsWith(prefix)).sort()
  return names.map((name) => `${name}:${wireText(headers.get(name) ?? '').trim()}`)
}

/** The path of a bucket itself, perhaps below that of a world. */
const BUCKET_PATH = /^(?:\/w\/[^/]+)?\/[^/]+$/

function resource({ path, parameters, hostBucket }: SignedRequest, prefix: string, reading: Reading): string {
  const signed = parameters
    .filter(({ name }) => SIGNED_PARAMETERS.has(name) || name.toLowerCase().startsWith(prefix))
    .filter(({ name }) => name !== reading.without)
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map(({ name, value = '' }) => {
      const empty = value === '' && !reading.keepsEquals
      return empty ? name : `${name}=${value}`
    })
  const host = hostBucket === undefined ? '' : `/${hostBucket}`
  const slash = reading.withSlash && BUCKET_PATH.test(path) ? '/' : ''
  return `${host}${wireText(path)}${slash}${signed.length === 0 ? '' : `?${signed.join('&')}`}`
}

/**
 * The readings of real clients, the documented one first. The SDK for Python does not sign `customdomain`, boto3 signs the path of a
 * bucket with a slash that it does not send.
 */
const READINGS: readonly Reading[] = [
  {},
  { withSlash: true },
  { keepsEquals: true },
  { withSlash: true, keepsEquals: true },
  { without: 'customdomain' },
]

/** The texts that real clients may have signed for a request, the most likely first. */
export function textsOfSecondVersion(request: SignedRequest, credential: SecondVersion): string[] {
  return [...new Set(READINGS.map((reading) => stringToSign(request, credential, reading)))]
}

/** Signs a text with a secret key, in Base64. */
export function signSecondVersion(text: string, secretKey: string): string {
  return createHmac('sha1', secretKey).update(text).digest('base64')
}
