import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { packageFile } from '../../lib/package-files.ts'

const OsVersions = z.record(
  z.string(),
  z.array(
    z.object({
      os_version: z.string(),
      bits: z.union([z.literal(32), z.literal(64)]),
      type: z.enum(['Linux', 'Windows', 'Other']),
      tags: z.array(z.string()),
    }),
  ),
)

/** One operating system the cloud knows: what `__os_version`, `__platform`, `__os_type` and `__os_bit` say of an image. */
export interface OsVersion {
  osVersion: string
  platform: string
  osType: 'Linux' | 'Windows' | 'Other'
  bits: 32 | 64
  tags: readonly string[]
}

let table: ReadonlyMap<string, OsVersion> | undefined

/** The whole table by `os_version`, read on first use. */
export function osVersions(): ReadonlyMap<string, OsVersion> {
  if (table === undefined) {
    const platforms = OsVersions.parse(
      JSON.parse(readFileSync(packageFile('fixtures/os-versions.json'), 'utf8')),
    )
    table = new Map(
      Object.entries(platforms).flatMap(([platform, versions]) =>
        versions.map(({ os_version, bits, type, tags }): [string, OsVersion] => [
          os_version,
          { osVersion: os_version, platform, osType: type, bits, tags },
        ]),
      ),
    )
  }
  return table
}

/** The table platform by platform, of each only the versions that carry every tag; platforms that have none are left out. */
export function osVersionsByPlatform(tags: readonly string[]): { platform: string; versions: OsVersion[] }[] {
  const byPlatform = new Map<string, OsVersion[]>()
  for (const version of osVersions().values()) {
    if (!tags.every((tag) => version.tags.includes(tag))) continue
    byPlatform.set(version.platform, [...(byPlatform.get(version.platform) ?? []), version])
  }
  return [...byPlatform].map(([platform, versions]) => ({ platform, versions }))
}

/** What an image says when nobody told its operating system. */
export const DEFAULT_OS_VERSION = 'Other Linux(64 bit)'

/** The `__os_*` and `__platform` attributes that follow from a known version. */
export function osAttributes({ osVersion, platform, osType, bits }: OsVersion): Record<string, string> {
  return { __os_version: osVersion, __os_type: osType, __os_bit: String(bits), __platform: platform }
}

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
