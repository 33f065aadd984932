import type { Db } from '../../database/open.ts'
import { findSystem } from './os-table.ts'

/** The `__os_version` of an image whose operating system was not given. */
export const DEFAULT_OS_VERSION = 'Other Linux(64 bit)'

/**
 * The `__os_*` and `__platform` attributes that follow from a system; none for a text that names no system.
 * @example osAttributes(db, 'CentOS 7.6 64bit').__platform // 'CentOS'
 */
export function osAttributes(db: Db, osVersion: string): Record<string, string> {
  const found = findSystem(db, osVersion)
  if (found === undefined) return {}
  const { osType, bits, platform } = found.version
  return { __os_version: found.spelling, __os_type: osType, __os_bit: String(bits), __platform: platform }
}

/** The operating system on a disk, as far as it is known. */
export interface DiskSystem {
  osVersion?: string | null | undefined
  firmware?: 'bios' | 'uefi' | null | undefined
  architecture: 'x86' | 'arm'
}

/** The attributes of an image of a system disk. ARM starts from UEFI only; an unknown firmware means BIOS. */
export function systemAttributes(
  db: Db,
  { osVersion, firmware, architecture }: DiskSystem,
): Record<string, string> {
  const boot = architecture === 'arm' ? 'uefi' : firmware
  return {
    ...osAttributes(db, osVersion ?? DEFAULT_OS_VERSION),
    ...(boot != null && { hw_firmware_type: boot }),
    __support_kvm: 'true',
    __support_arm: String(architecture === 'arm'),
  }
}

/** The attributes of an image of a data disk: the type of the operating system that used it. */
export function dataAttributes(osType: string): Record<string, string> {
  return { __os_type: osType, __os_bit: '64' }
}

/** The type of a system whose version is known, `Linux` when it is not. */
export function osTypeOf(db: Db, osVersion: string | null): string {
  return findSystem(db, osVersion ?? '')?.version.osType ?? 'Linux'
}

/** The attribute of an encrypted image: its key. */
export function keyAttribute(keyId: string | null | undefined): Record<string, string> {
  return keyId == null ? {} : { __system__cmkid: keyId }
}
