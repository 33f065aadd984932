import { isIP } from 'node:net'

/** Web servers only. */
const PORTS: ReadonlySet<string> = new Set(['', '80', '443'])

/**
 * Whether Glance would fetch from an address: from a web server that is not on its own machine. The emulator asks no
 * name server, so only hosts that are written as an address pass.
 */
export function passesFilter(uri: string | null): boolean {
  const match = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?(?:[/?#]|$)/i.exec(uri ?? '')
  if (match === null) return false
  const [, , bracketed = '', port = ''] = match
  const host = bracketed.replace(/^\[|\]$/g, '')
  return PORTS.has(port) && isIP(host) !== 0 && !isLocalAddress(host)
}

/** Loopback, link-local and unspecified addresses, also as IPv6 writes those of IPv4. */
function isLocalAddress(address: string): boolean {
  const mapped = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  return /^(?:127\.|169\.254\.|0\.)/.test(mapped) || /^(?:::1?$|fe[89ab][0-9a-f]:)/i.test(mapped)
}
