import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { copyBlobs } from '../database/blobs.ts'
import { ControlError } from '../lib/errors.ts'
import type { OpenWorld, WorldCopy } from './open-world.ts'

/** Snapshots of one world, at most. Each takes the room of its database, and of blobs that the world has deleted since. */
const MOST = 100

/** Begins the name of a folder that is being written, so that a crash leaves nothing that looks like a snapshot. */
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
          .filter((name) => !name.startsWith(PART))
          .sort()
      : []

  function existing(name: string): string {
    if (names().includes(name)) return join(folder, name)
    throw new ControlError(404, `no snapshot is called ${name}; there are: ${names().join(', ') || 'none'}`)
  }

  return {
    list: () => names().map((name) => readFacts(join(folder, name))),
    save(name, world) {
      if (names().includes(name))
        throw new ControlError(409, `a snapshot is called ${name} already; DELETE it first`)
      if (names().length >= MOST) throw new ControlError(409, `there are ${MOST} snapshots; delete some`)
      const place = join(folder, PART + name)
      const { database, blobs } = world.copy()
      rmSync(place, { recursive: true, force: true })
      mkdirSync(place, { recursive: true })
      writeFileSync(join(place, 'world.sqlite'), database)
      copyBlobs(blobs, join(place, 'blobs'))
      const snapshot = { name, at: world.clock.now(), bytes: database.length }
      writeFileSync(join(place, 'snapshot.json'), JSON.stringify(snapshot))
      renameSync(place, join(folder, name))
      return snapshot
    },
    read(name) {
      const place = existing(name)
      return { database: readFileSync(join(place, 'world.sqlite')), blobs: join(place, 'blobs') }
    },
    remove: (name) => rmSync(existing(name), { recursive: true }),
  }
}

function readFacts(place: string): Snapshot {
  return Snapshot.parse(JSON.parse(readFileSync(join(place, 'snapshot.json'), 'utf8')))
}
