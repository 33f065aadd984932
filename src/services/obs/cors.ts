import { compileWildcard } from '../../lib/wildcard.ts'
import type { Bucket } from './buckets.ts'
import { childrenOf, childText, parseXml } from './wire/xml.ts'

/** What a page of another site asks for. */
export interface PageRequest {
  origin: string
  method: string
  /** Headers that it wants to send, in lower case. */
  headers: readonly string[]
}

/** The headers that let a page of another site read an answer; undefined when no rule of the bucket fits. */
export function corsHeaders(
  { settings }: Pick<Bucket, 'settings'>,
  { origin, method, headers }: PageRequest,
): Record<string, string> | undefined {
  if (settings.cors === undefined) return undefined
  for (const rule of childrenOf(parseXml(settings.cors), 'CORSRule')) {
    const texts = (name: string) => childrenOf(rule, name).map(({ text }) => text.trim())
    const origins = texts('AllowedOrigin')
    const fits = (patterns: readonly string[], text: string) =>
      patterns.some((pattern) => compileWildcard(pattern)(text))
    const allowed = texts('AllowedHeader').map((header) => header.toLowerCase())
    if (!fits(origins, origin) || !texts('AllowedMethod').includes(method)) continue
    if (!headers.every((header) => fits(allowed, header))) continue
    const age = childText(rule, 'MaxAgeSeconds')?.trim()
    const exposed = texts('ExposeHeader')
    return {
      'Access-Control-Allow-Origin': origins.includes('*') ? '*' : origin,
      'Access-Control-Allow-Methods': texts('AllowedMethod').join(', '),
      ...(headers.length > 0 && { 'Access-Control-Allow-Headers': headers.join(', ') }),
      ...(exposed.length > 0 && { 'Access-Control-Expose-Headers': exposed.join(', ') }),
      ...(age !== undefined && { 'Access-Control-Max-Age': age }),
      Vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    }
  }
  return undefined
}
