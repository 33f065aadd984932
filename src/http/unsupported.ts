import type { Emulator } from '../worlds/emulator.ts'
import type { Arrival } from './enter.ts'

/** The operations about which a line was written, of each emulator. */
const reported = new WeakMap<Emulator, Set<string>>()

/** Most of them; more are in the journal alone. */
const MOST_REPORTED = 500

/**
 * Marks a request as one that the cloud may answer and the emulator does not, and writes a line about it: once for each service,
 * method and path, whatever the ids in the path are.
 */
export function reportUnsupported({ server: { emulator }, service, context, received }: Arrival): void {
  received.unsupported = true
  const operation = `${service.id}: ${context.req.method} ${pathPattern(context.req.path)}`
  const known = reported.get(emulator) ?? new Set<string>()
  reported.set(emulator, known)
  if (known.has(operation) || known.size >= MOST_REPORTED) return
  known.add(operation)
  emulator.note(`${operation} is not emulated; it is refused, and \`unsupported\` in the journal`)
}

/** Characters of the longest path in a line. */
const LONGEST_PATH = 200

/**
 * Replaces ids in a path, so that requests for two servers are one operation.
 * @example pathPattern('/v1/0605767a9500d5ed2fb3c00a8e3a0d4c/vpcs/7') // '/v1/{id}/vpcs/{id}'
 */
export function pathPattern(path: string): string {
  const parts = path.split('/').map((part) => (ID.test(part) ? '{id}' : part))
  return parts.join('/').slice(0, LONGEST_PATH)
}

/** Numbers, and UUIDs or hashes with or without hyphens. */
const ID = /^(?:\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,})$/i
