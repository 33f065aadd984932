import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Db } from '../../database/open.ts'
import { readSetting, setting, writeSetting } from '../../database/settings.ts'
import { nearest } from '../../lib/nearest.ts'
import { packageFile } from '../../lib/package-files.ts'

/** An operating system as the table of the cloud has it. */
const Version = z.object({
  os_version: z.string().min(1),
  bits: z.union([z.literal(32), z.literal(64)]),
  type: z.enum(['Linux', 'Windows', 'Other']),
  tags: z.array(z.string()),
  /** Other spellings of the same system. */
  same: z.array(z.string()).default([]),
})

/** The systems that a world has beside those of the cloud, in the order in which they were added. */
const OWN_SYSTEMS = setting('os_versions', z.array(Version.extend({ platform: z.string().min(1) })))

/** An operating system: the values of `__os_version`, `__platform`, `__os_type` and `__os_bit`. */
export interface OsVersion {
  /** The spelling that the table emits. */
  osVersion: string
  /** Other spellings of the same system, which documents of the cloud use. */
  same: readonly string[]
  platform: string
  osType: 'Linux' | 'Windows' | 'Other'
  bits: 32 | 64
  tags: readonly string[]
}

/** Systems by each of their spellings, in lower case and with single blanks. */
type Spellings = ReadonlyMap<string, OsVersion>

function inTable({ os_version, bits, type, ...rest }: z.output<typeof Version>, platform: string): OsVersion {
  return { osVersion: os_version, bits, osType: type, ...rest, platform }
}

/** All spellings of a system, the table's own first. */
export function spellingsOf({ osVersion, same }: OsVersion): string[] {
  return [osVersion, ...same]
}

function plain(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}

function bySpelling(versions: readonly OsVersion[]): [string, OsVersion][] {
  return versions.flatMap((version) =>
    spellingsOf(version).map((spelling): [string, OsVersion] => [plain(spelling).toLowerCase(), version]),
  )
}

let cloudTable: Spellings | undefined

/** The table of the cloud, read on first use. */
function cloudSystems(): Spellings {
  if (cloudTable === undefined) {
    const platforms = z
      .record(z.string(), z.array(Version))
      .parse(JSON.parse(readFileSync(packageFile('fixtures/os-versions.json'), 'utf8')))
    cloudTable = new Map(
      Object.entries(platforms).flatMap(([platform, versions]) =>
        bySpelling(versions.map((version) => inTable(version, platform))),
      ),
    )
  }
  return cloudTable
}

/** The table of a world: that of the cloud, and the systems that fixtures have added. */
function systemsOf(db: Db): Spellings {
  const own = readSetting(db, OWN_SYSTEMS)
  if (own === undefined) return cloudSystems()
  return new Map([
    ...cloudSystems(),
    ...bySpelling(own.map(({ platform, ...version }) => inTable(version, platform))),
  ])
}

/** Every spelling of every system that a world knows, as it is written. */
export function knownSpellings(db: Db): string[] {
  return [...new Set(systemsOf(db).values())].flatMap(spellingsOf)
}

/** Adds systems to the table of a world. */
export function addSystems(db: Db, versions: readonly OsVersion[]): void {
  const added = versions.map(({ osVersion, osType, same, tags, ...rest }) => ({
    os_version: osVersion,
    type: osType,
    same: [...same],
    tags: [...tags],
    ...rest,
  }))
  writeSetting(db, OWN_SYSTEMS, [...(readSetting(db, OWN_SYSTEMS) ?? []), ...added])
}

/** A system that was found by one of its spellings. */
export interface FoundSystem {
  version: OsVersion
  /** The spelling that was asked for when it is a listed one, else the table's. Terraform replaces an image whose spelling changes. */
  spelling: string
}

/**
 * Finds a system by any of its spellings; letter case and the kind of white space do not count.
 * @example findSystem(db, 'ubuntu 22.04 Server 64bit')?.spelling // 'Ubuntu 22.04 server 64bit'
 */
export function findSystem(db: Db, text: string): FoundSystem | undefined {
  const sent = plain(text)
  const version = systemsOf(db).get(sent.toLowerCase())
  return version && { version, spelling: spellingsOf(version).includes(sent) ? sent : version.osVersion }
}

/** The known spelling that a misspelt system most likely stands for. */
export function nearestSystem(db: Db, text: string): string | undefined {
  return nearest(plain(text), knownSpellings(db))
}

/** Tags that select nothing of their own: every system runs on KVM, and the bare metal of one site is bare metal. */
const SAME_TAG: ReadonlyMap<string, string | undefined> = new Map([
  ['kvm', undefined],
  ['bms_otc', 'bms'],
])

/**
 * The table by platform, with the versions that have every one of the tags; platforms without such a version are left
 * out.
 */
export function osVersionsByPlatform(
  db: Db,
  tags: readonly string[],
): { platform: string; versions: OsVersion[] }[] {
  const wanted = tags.map((tag) => (SAME_TAG.has(tag) ? SAME_TAG.get(tag) : tag))
  const byPlatform = new Map<string, OsVersion[]>()
  for (const version of new Set(systemsOf(db).values())) {
    if (!wanted.every((tag) => tag === undefined || version.tags.includes(tag))) continue
    byPlatform.set(version.platform, [...(byPlatform.get(version.platform) ?? []), version])
  }
  return [...byPlatform].map(([platform, versions]) => ({ platform, versions }))
}
