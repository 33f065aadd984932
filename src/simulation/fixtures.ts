import { z } from 'zod'
import type { DiskBytes } from '../database/blobs.ts'
import type { Db } from '../database/open.ts'
import { nearest } from '../lib/nearest.ts'
import type { World } from './world.ts'

/** A world cannot take a fixture: an id in it exists already (`taken`), or it names something that does not exist. */
export class FixtureMistake extends Error {
  readonly taken: boolean

  constructor(message: string, taken = false) {
    super(message)
    this.name = 'FixtureMistake'
    this.taken = taken
  }
}

/** Makes the schema of an object with exactly these keys; the message for an unknown key suggests the nearest one. */
export function record<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error(issue) {
      if (issue.code !== 'unrecognized_keys') return undefined
      const found = String(issue.keys[0])
      const meant = nearest(found, Object.keys(shape))
      return `there is no key ${found} here${meant === undefined ? '' : `; did you mean ${meant}?`}`
    },
  })
}

/** An id or a name. */
export const Id = z.string().min(1)
/** A boolean that is false when it is left out. */
export const Flag = z.boolean().default(false)
export const Gigabytes = z.int().positive()

/** The operating system, firmware and architecture of an image, a server or a backup. */
export interface SystemFacts {
  osVersion: string | null
  firmware: 'bios' | 'uefi' | null
  architecture: 'x86' | 'arm'
}

/** A disk of a server, as far as a backup keeps it. */
interface DiskFacts {
  volumeId: string
  /** GB. */
  size: number
  /** The disk that the server starts from. */
  system: boolean
  keyId: string | null
  /** What it was made from; null for an empty disk. */
  content: DiskBytes | null
}

/**
 * Facts that a section reads about things of another service, which it does not import. The section of the thing provides
 * them; without a provider nothing is known.
 */
export interface FixtureFacts {
  systemOfImage(world: World, imageId: string): SystemFacts | undefined
  /** What a disk that is made from an image holds; undefined for an image without bytes. */
  bytesOfImage(world: World, imageId: string): DiskBytes | undefined
  systemOfServer(world: World, serverId: string): SystemFacts | undefined
  disksOfServer(world: World, serverId: string): readonly DiskFacts[]
}

/** The ids that exist in a world while a fixture is added; a claimed id exists from then on. */
export interface FixtureIds {
  /** Takes an id for something new. @throws FixtureMistake when the id exists. */
  claim(kind: string, id: string): void
  /** Checks a reference; undefined refers to nothing. @throws FixtureMistake when the id does not exist. */
  require(kind: string, id: string | undefined, by: string): void
}

/** The adding of one fixture to a world. */
export interface FixtureAdding {
  readonly world: World
  readonly ids: FixtureIds
  readonly facts: FixtureFacts
  /** The project that owns the images of the file, unless an image names another. */
  readonly owner: string | undefined
  /** Hands items to a section that is added later, e.g. the disks that are written under a server. */
  handOn(section: string, items: readonly unknown[]): void
}

/** One list of a fixture file, e.g. `servers`: the schema of its items, and how they are added. */
export interface FixtureSection<Item extends z.ZodType = z.ZodType> {
  readonly item: Item
  /** The sections that its items refer to: they are added before it. */
  readonly after: readonly string[]
  /** The kinds of ids that it claims, each with the ids that a database has already. */
  readonly ids?: Readonly<Record<string, (db: Db) => Iterable<string>>>
  /** The facts that it provides to other sections. */
  readonly facts?: Partial<FixtureFacts>
  /** @throws FixtureMistake when the world cannot take one of the items. */
  add(adding: FixtureAdding, items: readonly z.output<Item>[]): void
  readonly changes?: FixtureChanges
  /** Follows the removal of a thing of another section, which its own things name. */
  follow?(changing: FixtureChanging, removed: { section: string; id: string }): void
}

/** A change of a thing while its world runs. */
export interface FixtureChanging {
  readonly world: World
  readonly ids: Pick<FixtureIds, 'require'>
  /** Virtual time, ms since the epoch. */
  readonly at: number
}

/** How the things of a section change while a world runs. */
export interface FixtureChanges<Fields extends z.ZodType = z.ZodType> {
  /** The fields that can change. They are those of a fixture file; the schema is that of `changeOf`. */
  readonly fields: Fields
  /** Renders all things as a fixture file has them, without what belongs to other sections. */
  list(db: Db): FixtureItem[]
  /** Renders one thing; undefined when it does not exist. */
  find(db: Db, id: string): FixtureItem | undefined
  /** @throws FixtureMistake when a field names something that does not exist. */
  change(changing: FixtureChanging, id: string, fields: z.output<Fields>): void
  remove(changing: FixtureChanging, id: string): void
}

/** A thing as a fixture file has it. */
export type FixtureItem = Readonly<Record<string, unknown>>

/** A section whose things can change. */
export interface ChangingSection<Item extends z.ZodType = z.ZodType, Fields extends z.ZodType = z.ZodType>
  extends FixtureSection<Item> {
  readonly changes: FixtureChanges<Fields>
}

/** Sections by the name of their list in a fixture file. */
export type FixtureSections = Readonly<Record<string, FixtureSection>>

/**
 * Declares a section of fixture files.
 * @example
 * export const keyFixtures = {
 *   keys: fixtureSection({ item: Key, after: ['projects'], ids: { key: (db) => idsOf(db, keys) }, add: addKeys }),
 * }
 */
export function fixtureSection<Item extends z.ZodType>(section: FixtureSection<Item>): FixtureSection<Item> {
  return section
}

/** Declares a section whose things change while a world runs. */
export function changingSection<Item extends z.ZodType, Fields extends z.ZodType>(
  section: ChangingSection<Item, Fields>,
): ChangingSection<Item, Fields> {
  return section
}

/**
 * Makes the schema of a change from fields without defaults: at least one of them, all others stay.
 * @example changeOf({ state: KeyState, alias: Id }).parse({ state: 'disabled' })
 */
export function changeOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return record(shape)
    .partial()
    .superRefine((fields, context) => {
      if (Object.keys(fields).length > 0 || context.issues.length > 0) return
      const message = `nothing is to be changed; write at least one of ${Object.keys(shape).join(', ')}`
      context.addIssue({ code: 'custom', message })
    })
}

/**
 * Changes of things while a world runs: by section and id, the fields that change. An id that does not exist yet is added with
 * all its fields, and null removes.
 * @example { keys: { '5000…': { state: 'disabled' } }, servers: { '1000…': null } }
 */
export const FixtureChangeMap = z
  .record(z.string(), z.record(z.string(), z.union([z.null(), z.record(z.string(), z.unknown())])))
  .refine(
    (map) => Object.keys(map).length > 0,
    'has no section; write e.g. { keys: { <id>: { state: disabled } } }',
  )
export type FixtureChangeMap = z.output<typeof FixtureChangeMap>

/** Opens the register of ids for one fixture. The ids of a kind are read from the database when the first one is asked for. */
export function openFixtureIds(db: Db, sections: FixtureSections): FixtureIds {
  const readers = new Map(Object.values(sections).flatMap(({ ids = {} }) => Object.entries(ids)))
  const known = new Map<string, Set<string>>()
  function idsOf(kind: string): Set<string> {
    const read = readers.get(kind)
    if (read === undefined) throw new Error(`no section of fixtures claims the ids of a ${kind}`)
    const ids = known.get(kind) ?? new Set(read(db))
    known.set(kind, ids)
    return ids
  }
  return {
    claim(kind, id) {
      if (idsOf(kind).has(id)) throw new FixtureMistake(`${kind} ${id} is there already`, true)
      idsOf(kind).add(id)
    },
    require(kind, id, by) {
      if (id !== undefined && !idsOf(kind).has(id))
        throw new FixtureMistake(`${by} names the ${kind} ${id}, which does not exist`)
    },
  }
}
