import type { CanonicalParts } from './canonical.ts'
import { wireText } from './wire-text.ts'

/** Headers whose values give access: they are signed, and never shown. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'x-auth-token',
  'x-security-token',
  'x-subject-token',
])

/** The value of a header, undefined when it is not there or nothing could have that name. */
export function headerValue(headers: Headers, name: string): string | undefined {
  try {
    return headers.get(name) ?? undefined
  } catch {
    return undefined
  }
}

/** `name:value` for each signed header, in their order; a header that is not there has an empty value. */
export function signedHeaderLines(headers: Headers, names: readonly string[]): readonly string[] {
  return names.map((name) => `${name.toLowerCase()}:${wireText(headerValue(headers, name) ?? '').trim()}`)
}

/** The same canonical request with `***` for the values of headers that carry tokens. */
export function withoutSecrets(parts: CanonicalParts): CanonicalParts {
  const headers = parts.headers.map((line) => {
    const name = line.slice(0, line.indexOf(':'))
    return SECRET_HEADERS.has(name) ? `${name}:***` : line
  })
  return { ...parts, headers }
}
