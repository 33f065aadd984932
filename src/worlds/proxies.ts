import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { SetupError } from '../lib/errors.ts'

/** Names for ranges of addresses. */
const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10'],
}

/**
 * Reads the addresses of trusted proxies: addresses, ranges such as `10.0.0.0/8`, and the names `loopback` and `private`.
 * @throws SetupError that names what is none of them.
 */
export function readTrustedProxies(names: readonly string[]): BlockList {
  const trusted = new BlockList()
  for (const range of names.flatMap((name) => RANGES[name] ?? [name])) {
    const [address = '', bits] = range.split('/', 2)
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
    const most = family === 'ipv4' ? 32 : 128
    const length = bits === undefined ? most : Number(bits)
    if (family === undefined || bits === '' || !Number.isInteger(length) || length < 0 || length > most)
      throw new SetupError(
        `${range} is no address of a proxy; write an address, a range such as 10.0.0.0/8, loopback or private`,
      )
    trusted.addSubnet(address, length, family)
  }
  return trusted
}

/**
 * Reads the address under which clients reach the emulator; its path leads to it.
 * @throws SetupError for anything but an http or https URL without query.
 */
export function readPublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const fits = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
  if (!fits || url.username !== '')
    throw new SetupError(`${text} is no public URL; write e.g. https://ims.example.com`)
  return url.href.replace(/\/+$/, '')
}
