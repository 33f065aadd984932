import { DEFAULT_OS_VERSION, osAttributes, osVersions } from '../os-versions.ts'

/** The system on a disk, as far as somebody knows it. */
export interface DiskSystem {
  osVersion?: string | null | undefined
  firmware?: 'bios' | 'uefi' | null | undefined
  architecture: 'x86' | 'arm'
}

/** What an image of a system disk says of it. ARM starts from UEFI only; no firmware at all means BIOS. */
export function systemAttributes({ osVersion, firmware, architecture }: DiskSystem): Record<string, string> {
  const os = osVersions().get(osVersion ?? DEFAULT_OS_VERSION)
  const boot = architecture === 'arm' ? 'uefi' : firmware
  return {
    ...(os && osAttributes(os)),
    ...(boot != null && { hw_firmware_type: boot }),
    __support_kvm: 'true',
    __support_arm: String(architecture === 'arm'),
  }
}

/** What an image of a data disk says of the system it was used by: its type only. */
export function dataAttributes(osType: string): Record<string, string> {
  return { __os_type: osType, __os_bit: '64' }
}

/** The type of a system whose version is known, `Linux` when it is not. */
export function osTypeOf(osVersion: string | null): string {
  return osVersions().get(osVersion ?? '')?.osType ?? 'Linux'
}

/** What an encrypted image says: the key. */
export function keyAttribute(keyId: string | null | undefined): Record<string, string> {
  return keyId == null ? {} : { __system__cmkid: keyId }
}
