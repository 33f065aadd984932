import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { TestEmulator } from '../../emulator.ts'

/** An access key as clients sign with it. */
export interface Key {
  accessKey: string
  secretKey: string
}

export const DEMO: Key = {
  accessKey: 'DEMOACCESSKEY0000001',
  secretKey: 'demo-secret-key-for-the-emulator-only-01',
}
export const PARTNER: Key = {
  accessKey: 'DEMOACCESSKEY0000002',
  secretKey: 'demo-secret-key-for-the-emulator-only-02',
}
/** Has no role. */
export const NEWCOMER: Key = {
  accessKey: 'DEMOACCESSKEY0000005',
  secretKey: 'demo-secret-key-for-the-emulator-only-05',
}
export const DEMO_DOMAIN = '0605767a7780d5e50fe5c00a6d1b1c2a'

/** A request as a client sends it. */
export interface Sent {
  method: string
  /** Encoded, with the query. */
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Null for a request without a signature. */
  key?: Key | null
  dialect?: 'obs' | 's3'
  /** The name under which the client knows the server; its port is added. */
  host?: string
}

export interface ObsReply {
  status: number
  headers: Record<string, string | string[] | undefined>
  bytes: Buffer
  text: string
}

const SIGNED_PARAMETERS =
  /^(?:acl|append|apiversion-none|attname|cors|customdomain|delete|directcoldaccess|encryption|inventory|lifecycle|location|logging|metadata|notification|object-lock|partNumber|policy|position|quota|replication|requestPayment|response-.*|restore|storageClass|storageinfo|storagePolicy|tagging|uploadId|uploads|versionId|versioning|versions|website|x-obs-.*|x-amz-.*)$/

/** The text that the second version signs, as the documents tell it. */
function textToSign(
  { method, path, headers = {}, dialect = 'obs' }: Sent,
  { date, bucket = '' }: { date: string; bucket?: string },
): string {
  const own = dialect === 'obs' ? 'x-obs-' : 'x-amz-'
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const [where = '', query = ''] = path.split('?')
  const signed = query
    .split('&')
    .map((pair) => pair.split('=').map((part) => decodeURIComponent(part.replaceAll('+', ' '))))
    .filter(([name = '']) => SIGNED_PARAMETERS.test(name))
    .map(([name, value = '']) => (value === '' ? name : `${name}=${value}`))
    .sort()
  return [
    method,
    named.get('content-md5') ?? '',
    named.get('content-type') ?? '',
    named.has(`${own}date`) ? '' : date,
    ...[...named]
      .filter(([name]) => name.startsWith(own))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${name}:${value.trim()}`),
    `${bucket === '' ? '' : `/${bucket}`}${where}${signed.length > 0 ? `?${signed.join('&')}` : ''}`,
  ].join('\n')
}

export function hmacSha1(key: Key, text: string): string {
  return createHmac('sha1', key.secretKey).update(text).digest('base64')
}

/** Sends a request to a test emulator, signed in its dialect at the time of its world. */
export async function obs(emulator: TestEmulator, sent: Sent): Promise<ObsReply> {
  const { key = DEMO, dialect = 'obs', host } = sent
  const headers: Record<string, string> = { ...sent.headers }
  if (key !== null) {
    const { now } = (await emulator.get('/_ims/clock')).body
    const date = new Date(now).toUTCString()
    const bucket = /^(.+)\.(?:obs\..+|localhost)$/.exec(host ?? '')?.[1]
    const text = textToSign(sent, { date, ...(bucket !== undefined && { bucket }) })
    headers.Date = date
    headers.Authorization = `${dialect === 'obs' ? 'OBS' : 'AWS'} ${key.accessKey}:${hmacSha1(key, text)}`
  }
  return await plain(emulator, { ...sent, headers })
}

/** Sends a request as it is, with its path untouched. */
export async function plain(emulator: TestEmulator, sent: Sent): Promise<ObsReply> {
  const { method, path, host, body = '' } = sent
  const { port, hostname } = new URL(emulator.url)
  const { promise, resolve, reject } = Promise.withResolvers<ObsReply>()
  const length =
    method === 'PUT' || method === 'POST' ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}
  const outgoing = request(
    {
      host: hostname,
      port,
      method,
      path,
      headers: { ...length, ...sent.headers, ...(host !== undefined && { Host: `${host}:${port}` }) },
    },
    (response) => {
      buffer(response).then((bytes) => {
        const status = response.statusCode ?? 0
        resolve({ status, headers: response.headers, bytes, text: bytes.toString() })
      }, reject)
    },
  )
  outgoing.on('error', reject)
  outgoing.end(body)
  return await promise
}

/** The text of the first element of a name. */
export function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1]
}

/** The texts of all elements of a name. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1] ?? '')
}

export function md5(bytes: string | Uint8Array, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash('md5').update(bytes).digest(encoding)
}

/** Headers that sign a request by the fourth version, at the time of its world. */
export async function signedByV4(
  emulator: TestEmulator,
  { method, path, headers = {}, key }: Sent & { key: Key },
  payload: string,
): Promise<Record<string, string>> {
  const { now } = (await emulator.get('/_ims/clock')).body
  const date = `${now.slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const scope = `${date.slice(0, 8)}/cn-north-4/s3/aws4_request`
  const all: Record<string, string> = { ...headers, 'x-amz-date': date, 'x-amz-content-sha256': payload }
  const names = Object.keys(all).sort()
  const lines = names.map((name) => `${name}:${all[name]}`)
  const canonical = [method, path, '', ...lines, '', names.join(';'), payload].join('\n')
  const text = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  const signingKey = scope
    .split('/')
    .reduce<Buffer>(
      (made, part) => createHmac('sha256', made).update(part).digest(),
      Buffer.from(`AWS4${key.secretKey}`),
    )
  const signature = createHmac('sha256', signingKey).update(text).digest('hex')
  const parts = [
    `Credential=${key.accessKey}/${scope}`,
    `SignedHeaders=${names.join(';')}`,
    `Signature=${signature}`,
  ]
  return { ...all, Authorization: `AWS4-HMAC-SHA256 ${parts.join(', ')}` }
}
