import { createHash } from 'node:crypto'

/** 32 hex digits for what has no row of its own (a service, an endpoint, an agency): the same on every start. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)
}
