import { isIP } from 'node:net'
import { obsError } from '../errors.ts'
import { decodePath } from './bytes-as-text.ts'

/** What a request is about: the service, a bucket, or an object. */
export interface Address {
  bucket: string | undefined
  key: string | undefined
  /** The bucket as the name of the host has it; undefined when the path has it. */
  hostBucket: string | undefined
}

/** Removes the port and the final dot of a host, and ignores case. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase()
}

/** True for a host that is the object service by its name: `obs.localhost`, `images.obs.cn-north-4.myhuaweicloud.com`. */
export function isObsHost(host: string): boolean {
  const name = hostName(host)
  return isIP(name) === 0 && /(?:^|\.)obs\./.test(name)
}

/**
 * Finds the bucket in the name of a host: what stands before `obs.…` or `localhost`. The host `obs.…` itself, an address and any
 * other name have none.
 * @example bucketOfHost('images.obs.cn-north-4.myhuaweicloud.com:80') // 'images'
 */
export function bucketOfHost(host: string): string | undefined {
  const name = hostName(host)
  if (isIP(name) !== 0 || name.startsWith('obs.')) return undefined
  return /^(.+?)\.(?:obs\..+|localhost)$/.exec(name)?.[1]
}

/** The path under which people reach the service without a signature. No client of OBS takes a path in its endpoint. */
const SERVICE_PATH = /^\/s\/obs(?=[/?]|$)/

export function isBelowServicePath(target: string): boolean {
  return SERVICE_PATH.test(target)
}

/** Removes `/s/obs` from the beginning of a target. */
export function withoutServicePath(target: string): string {
  return target.replace(SERVICE_PATH, '')
}

/** Longest key, bytes of UTF-8. */
const LONGEST_KEY = 1024

/**
 * Reads bucket and key out of the host and the path of a request. A key is what follows the slash after the bucket, percent-decoded
 * once and never normalised: `//`, `.` and `..` are parts of it, and `%2F` is a slash.
 * @param path the path as it was sent, without the query.
 * @throws CodedRefusal InvalidURI, KeyTooLongError
 */
export function addressOf(host: string | undefined, path: string): Address {
  const hostBucket = host === undefined ? undefined : bucketOfHost(host)
  const rest = path.replace(/^\//, '')
  if (hostBucket !== undefined) return { bucket: hostBucket, key: keyOf(rest), hostBucket }
  const slash = rest.indexOf('/')
  const bucket = decoded(slash < 0 ? rest : rest.slice(0, slash))
  const key = slash < 0 ? undefined : keyOf(rest.slice(slash + 1))
  return { bucket: bucket === '' ? undefined : bucket, key, hostBucket: undefined }
}

function keyOf(text: string): string | undefined {
  const key = decoded(text)
  if (Buffer.byteLength(key) > LONGEST_KEY) throw obsError('KeyTooLongError')
  return key === '' ? undefined : key
}

function decoded(text: string): string {
  const found = decodePath(text)
  if (found === undefined) throw obsError('InvalidURI', { text })
  return found
}
