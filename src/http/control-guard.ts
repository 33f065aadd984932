import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { ControlError } from '../lib/errors.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { ServedService } from './enter.ts'

/** The control plane, closed to web pages and to clients without its key, as the emulator was started. */
export function guardedControl(
  control: ServedService,
  { allowedHosts, controlKey }: Pick<Emulator, 'allowedHosts' | 'controlKey'>,
): ServedService {
  return {
    ...control,
    treatment: {
      ...control.treatment,
      guard(operation, headers) {
        // A path or a method that does not exist is no secret.
        if (operation === undefined) return
        controlAccess(headers, allowedHosts)
        if (!operation.forProbes) checkControlKey(headers, controlKey)
      },
    },
  }
}

/**
 * Refuses web pages: a page can make a browser send requests here, under a foreign `Origin`, or under its own host name that
 * it resolves to this machine. Addresses, local names, names without a dot (containers) and allowed names pass.
 */
function controlAccess(headers: Headers, allowed: readonly string[]): void {
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

/**
 * Refuses requests without the key of a closed control plane.
 * @throws ControlError 401 with what to send.
 */
function checkControlKey(headers: Headers, key: string | undefined): void {
  if (key === undefined) return
  const shown = /^Bearer\s+(.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (shown !== undefined && timingSafeEqual(digest(shown), digest(key))) return
  const found = shown === undefined ? 'no key was sent' : 'the key that was sent is another'
  throw new ControlError(
    401,
    `the control plane is closed, and ${found}; send Authorization: Bearer with the key of --control-key (IMS_CONTROL_KEY)`,
  )
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
