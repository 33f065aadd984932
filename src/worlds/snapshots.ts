import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { copyBlobs } from '../database/blobs.ts'
import {
  createAtOnce,
  isUnfinished,
  makeFolder,
  removeAtOnce,
  removeTree,
  removeUnfinished,
  writeDurably,
} from '../database/durable-files.ts'
import { ControlError } from '../lib/errors.ts'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'
import type { OpenWorld, WorldCopy } from './open-world.ts'

/** Snapshots of one world, at most. Each takes the room of its database, and of blobs that the world has deleted since. */
const MOST = 100

/** The facts of a snapshot. They are written last: a folder without them is no snapshot. */
const FACTS = 'snapshot.json'
/** Begins the name of a folder that version 0.1.0 was writing. */
const PART = '.part-'

/** A saved state of a world. */
const Snapshot = z.strictObject({
  name: z.string(),
  /** Virtual time of the state, ms since the epoch. */
  at: z.number(),
  /** Size of its database. */
  bytes: z.int(),
})
export type Snapshot = z.output<typeof Snapshot>

/** The snapshots of one world: a folder each, with a database and the blobs. */
export interface Snapshots {
  /** In the order of their names. */
  list(): Snapshot[]
  /** @throws ControlError 409 when the name is taken, or there are too many. */
  save(name: string, world: Pick<OpenWorld, 'clock' | 'copy'>): Snapshot
  /** Reads a snapshot. @throws ControlError 404 when there is none of the name. */
  read(name: string): WorldCopy
  /** @throws ControlError 404 when there is none of the name. */
  remove(name: string): void
}

/** @param folder the folder of the world's snapshots, which need not exist yet. */
export function openSnapshots(folder: string): Snapshots {
  const names = () =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => !isUnfinished(name) && existsSync(join(folder, name, FACTS)))
          .sort()
      : []

  function existing(name: string): string {
    if (names().includes(name)) return join(folder, name)
    throw new ControlError(404, `no snapshot is called ${name}; there are: ${names().join(', ') || 'none'}`)
  }

  return {
    list: () => names().flatMap((name) => readFacts(join(folder, name))),
    save(name, world) {
      if (names().includes(name))
        throw new ControlError(409, `a snapshot is called ${name} already; DELETE it first`)
      if (names().length >= MOST) throw new ControlError(409, `there are ${MOST} snapshots; delete some`)
      const { database, blobs } = world.copy()
      const snapshot = { name, at: world.clock.now(), bytes: database.length }
      makeFolder(folder)
      createAtOnce(join(folder, name), (place) => {
        writeDurably(join(place, 'world.sqlite'), database)
        copyBlobs(blobs, join(place, 'blobs'))
        writeDurably(join(place, FACTS), JSON.stringify(snapshot))
      })
      return snapshot
    },
    read(name) {
      const place = existing(name)
      return { database: readFileSync(join(place, 'world.sqlite')), blobs: join(place, 'blobs') }
    },
    remove: (name) => removeAtOnce(existing(name)),
  }
}

/** Reads the facts of a snapshot; nothing when they were cut or changed, so that one snapshot does not hide the others. */
function readFacts(place: string): Snapshot[] {
  const { data } = safeParse(Snapshot, jsonIn(readFileSync(join(place, FACTS), 'utf8')))
  return data === undefined ? [] : [data]
}

/** Removes the snapshots that a crash left while they were saved or deleted, from the folder of a world's snapshots. */
export function removeUnfinishedSnapshots(folder: string): void {
  if (!existsSync(folder)) return
  removeUnfinished(folder)
  for (const name of readdirSync(folder))
    if (name.startsWith(PART) || !existsSync(join(folder, name, FACTS))) removeTree(join(folder, name))
}
