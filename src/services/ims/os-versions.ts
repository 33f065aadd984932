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

/** An operating system of the cloud's table: the values of `__os_version`, `__platform`, `__os_type` and `__os_bit`. */
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

/**
 * The table by platform, with the versions that have every one of the tags; platforms without such a version are left
 * out.
 */
export function osVersionsByPlatform(tags: readonly string[]): { platform: string; versions: OsVersion[] }[] {
  const byPlatform = new Map<string, OsVersion[]>()
  for (const version of osVersions().values()) {
    if (!tags.every((tag) => version.tags.includes(tag))) continue
    byPlatform.set(version.platform, [...(byPlatform.get(version.platform) ?? []), version])
  }
  return [...byPlatform].map(([platform, versions]) => ({ platform, versions }))
}

/** The `__os_version` of an image whose operating system was not given. */
export const DEFAULT_OS_VERSION = 'Other Linux(64 bit)'

/** The `__os_*` and `__platform` attributes that follow from a known version. */
export function osAttributes({ osVersion, platform, osType, bits }: OsVersion): Record<string, string> {
  return { __os_version: osVersion, __os_type: osType, __os_bit: String(bits), __platform: platform }
}

/** The operating system on a disk, as far as it is known. */
export interface DiskSystem {
  osVersion?: string | null | undefined
  firmware?: 'bios' | 'uefi' | null | undefined
  architecture: 'x86' | 'arm'
}

/** The attributes of an image of a system disk. ARM starts from UEFI only; an unknown firmware means BIOS. */
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

/** The attributes of an image of a data disk: the type of the operating system that used it. */
export function dataAttributes(osType: string): Record<string, string> {
  return { __os_type: osType, __os_bit: '64' }
}

/** The type of a system whose version is known, `Linux` when it is not. */
export function osTypeOf(osVersion: string | null): string {
  return osVersions().get(osVersion ?? '')?.osType ?? 'Linux'
}

/** The attribute of an encrypted image: its key. */
export function keyAttribute(keyId: string | null | undefined): Record<string, string> {
  return keyId == null ? {} : { __system__cmkid: keyId }
}
