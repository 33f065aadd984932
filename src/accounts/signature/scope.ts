import { createHmac } from 'node:crypto'

/** The scope of a signature. SDKs of Open Telekom Cloud leave region and service empty. */
export interface CredentialScope {
  /** `20240506`: the day of the signature, in UTC. */
  date: string
  region: string
  service: string
}

/** The last segment of every scope. */
const TERMINATION = 'sdk_request'

/**
 * Parses the value of `Credential=`: an access key and its scope. Returns undefined for any other text.
 * @example parseCredential('AK/20240506/eu-de/ims/sdk_request')
 * // { accessKey: 'AK', scope: { date: '20240506', region: 'eu-de', service: 'ims' } }
 */
export function parseCredential(text: string): { accessKey: string; scope: CredentialScope } | undefined {
  const [accessKey = '', date = '', region, service, termination, ...more] = text.split('/', 6)
  if (accessKey === '' || !/^\d{8}$/.test(date)) return undefined
  if (region === undefined || service === undefined || termination !== TERMINATION || more.length > 0)
    return undefined
  return { accessKey, scope: { date, region, service } }
}

/** Renders a scope as it is signed. */
export function scopeText({ date, region, service }: CredentialScope): string {
  return [date, region, service, TERMINATION].join('/')
}

/** Derives the key of a signature from a secret key, step by step over the parts of the scope. */
export function scopedKey(secretKey: string, { date, region, service }: CredentialScope): Buffer {
  return [date, region, service, TERMINATION].reduce(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`SDK${secretKey}`),
  )
}
