import type { Sent } from '../client.ts'
import { openRandom, type Random } from '../random.ts'
import type { Json } from './json.ts'
import { evilText, INHERITED, mutate, renderJson } from './mutate.ts'
import type { Operation } from './operations.ts'
import { type Known, valueFor } from './values.ts'

/** A request of the fuzz. */
export interface FuzzedRequest {
  operation: Operation
  sent: Sent
  /** True when it goes to the world whose rules and scenario may change. */
  isControl: boolean
}

export const CLOUD_WORLD = 'cloud'
export const CONTROL_WORLD = 'control'

/** Paths of the control plane that are about the whole emulator, not about one world. */
const GLOBAL = /^\/metrics|^\/_ims\/(worlds|health|info|docs|openapi\.json)/

/** Makes the request of a step: the same seed, step and known values give the same one. */
export function requestOf(
  seed: number,
  step: number,
  operations: readonly Operation[],
  known: Known,
): FuzzedRequest {
  const random = openRandom(seed, 'fuzz', step)
  // Every operation comes equally often, and rules are asked for in between.
  const operation = operations[step % operations.length] ?? random.pick(operations)
  const isControl = operation.isControl || random.chance(0.03)
  const prefix = prefixOf(operation, isControl)
  const path = prefix + pathOf(random, operation, known) + queryOf(random, operation, known)
  const body = bodyOf(random, operation, known)
  return {
    operation,
    isControl,
    sent: {
      method: random.chance(0.02)
        ? random.pick(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
        : operation.method,
      path: asTarget(path),
      headers: headersOf(random, operation),
      ...(body !== undefined && { body }),
    },
  }
}

function prefixOf(operation: Operation, isControl: boolean): string {
  if (!operation.isControl) return `/w/${isControl ? CONTROL_WORLD : CLOUD_WORLD}`
  return GLOBAL.test(operation.path) ? '' : `/w/${CONTROL_WORLD}`
}

function pathOf(random: Random, { path, parameters }: Operation, known: Known): string {
  return path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const schema = parameters.find((parameter) => parameter.name === name)?.schema ?? true
    const value = random.chance(0.25)
      ? evilText(random).slice(0, 3000)
      : valueFor(random, schema, known, name)
    return encode(random, typeof value === 'string' ? value : JSON.stringify(value)) || 'empty'
  })
}

function queryOf(random: Random, { parameters }: Operation, known: Known): string {
  const pairs: string[] = []
  const share = random.pick([0, 0.1, 0.5])
  for (const { name, place, schema } of parameters) {
    if (place !== 'query' || !random.chance(share)) continue
    const value = random.chance(0.4) ? evilText(random).slice(0, 3000) : valueFor(random, schema, known, name)
    const pair = `${name}=${encode(random, typeof value === 'string' ? value : JSON.stringify(value))}`
    pairs.push(pair)
    if (random.chance(0.1)) pairs.push(random.pick([pair, `${name}=`, name, `${name}[]=1`, `${name}[a]=1`]))
  }
  if (random.chance(0.08))
    pairs.push(`${random.pick(INHERITED)}=${random.pick(['', '1', '[object Object]'])}`)
  if (random.chance(0.03))
    pairs.push(random.pick(['=', '&&&', '%', '%zz=%zz', '%00=%00', '%ff=%ff', `a=1${'&a=1'.repeat(3000)}`]))
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** Percent-encodes a value, sometimes more or less than is right. */
function encode(random: Random, value: string): string {
  const kind = random.below(12)
  if (kind === 0) return value
  if (kind === 1) return encodeURIComponent(encodeURIComponent(value.toWellFormed()))
  if (kind === 2)
    return `${encodeURIComponent(value.toWellFormed())}${random.pick(['%', '%zz', '%00', '%ff', '%c0%af', '%2f..%2f', '%0d%0a'])}`
  return encodeURIComponent(value.toWellFormed())
}

/** What may stand in a request line: the rest is percent-encoded, and the whole is cut to a length that is let through. */
function asTarget(path: string): string {
  return path
    .replace(/[^\x21-\x7e]/gu, (char) => encodeURIComponent(char.toWellFormed()))
    .replaceAll('#', '%23')
    .slice(0, 12_000)
}

function bodyOf(random: Random, { body }: Operation, known: Known): string | Buffer | undefined {
  if (body === undefined)
    return random.chance(0.05) ? renderJson(random, mutate(random, { a: 1 })) : undefined
  if (random.chance(0.03)) return random.pick(['', 'null', '[]', '{}', '"x"', '0', 'true', '{', '\u0000'])
  if (body.type === 'application/octet-stream') return random.bytes(random.pick([0, 1, 100, 5000]))
  const valid: Json = valueFor(random, body.schema, known)
  return renderJson(random, random.chance(0.75) ? mutate(random, valid) : valid)
}

function headersOf(random: Random, { body }: Operation): Record<string, string> {
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': body.type }
  if (!random.chance(0.12)) return headers
  const odd: readonly [string, string][] = [
    [
      'Content-Type',
      random.pick([
        'text/plain',
        'application/json; charset=utf-16',
        'application/xml',
        '',
        ';;;',
        'multipart/form-data',
      ]),
    ],
    ['X-Auth-Token', random.pick(['', 'x', '__proto__', 'a'.repeat(8000), 'partner-token', 'reader-token'])],
    ['X-Project-Id', random.pick(['__proto__', 'constructor', '../..', 'a'.repeat(5000)])],
    ['X-Ims-World', random.pick(['default', 'missing', '__proto__', '../..'])],
    [
      'Authorization',
      random.pick([
        'SDK-HMAC-SHA256 ',
        'SDK-HMAC-SHA256 Access=x, SignedHeaders=;;;, Signature=',
        'Bearer x',
        'a,'.repeat(3000),
      ]),
    ],
    [
      'Range',
      random.pick(['bytes=0-', 'bytes=5-1', 'bytes=-1', 'bytes=99999999999999999999-', 'bytes=0-0,1-1', 'x']),
    ],
    ['Accept', random.pick(['', '*/*;q=9', 'text/html', ','.repeat(5000)])],
    ['Accept-Encoding', random.pick(['gzip', 'x'.repeat(3000)])],
    ['Origin', random.pick(['null', 'http://evil.example', 'x'])],
    ['Host', random.pick(['evil.example', '', 'localhost:1', '[::1]:80'])],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['If-None-Match', '*'],
    ['Cookie', '__proto__=1; '.repeat(500)],
  ]
  const [name, value] = random.pick(odd)
  return { ...headers, [name]: value }
}
