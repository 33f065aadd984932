import { isIP } from 'node:net'
import { ControlError } from '../kernel/errors.ts'

/**
 * Keeps web pages away from the control plane: a page can make a browser send requests here, under a foreign `Origin`,
 * or under its own name that it resolves to this machine. Addresses, local names, names without a dot (containers) and
 * names that were allowed at the start are let through.
 */
export function controlAccess(headers: Headers, allowed: readonly string[]): void {
  const host = hostName(headers.get('host') ?? '')
  if (!isLocal(host, allowed)) throw refusal('Host', host)
  const origin = headers.get('origin')
  if (origin === null) return
  const page = URL.canParse(origin) ? hostName(new URL(origin).host) : origin
  if (!isLocal(page, allowed)) throw refusal('Origin', origin)
}

function hostName(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
}

function isLocal(name: string, allowed: readonly string[]): boolean {
  return isIP(name) !== 0 || !name.includes('.') || name.endsWith('.localhost') || allowed.includes(name)
}

function refusal(header: string, found: string): ControlError {
  return new ControlError(
    403,
    `the control plane does not answer to the ${header} ${found}; allow it with --allow-host`,
  )
}
