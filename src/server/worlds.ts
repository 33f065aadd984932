import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadFixture } from '../cloud/fixtures.ts'
import { abandonLostUploads } from '../cloud/images/upload.ts'
import { openAuth } from '../engine/auth.ts'
import { openChance } from '../engine/chance.ts'
import { ClockState, openClock } from '../engine/clock.ts'
import type { Scenario } from '../engine/scenario/schema.ts'
import type { World } from '../engine/world.ts'
import { hexId } from '../kernel/ids.ts'
import { drawBytes } from '../kernel/random.ts'
import { hostNow } from '../kernel/time.ts'
import { openBlobs } from '../store/blobs.ts'
import { openBuckets } from '../store/buckets.ts'
import { blobsInUse } from '../store/images.ts'
import { openDatabase } from '../store/open.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import { createJournal, type WritableJournal } from './journal.ts'

/** Where a world comes from and where it keeps what it knows. */
export interface WorldOrigin {
  name: string
  scenario: Scenario
  /** The folder of the database and the blobs; none keeps them in memory and in a temporary folder. */
  directory?: string
  /** The folder whose sub-folders are the buckets. */
  buckets?: string
}

/** A world that runs, with what only its keeper may do. */
export interface OpenWorld extends World {
  readonly journal: WritableJournal
  /** The id of the next request: drawn from the seed, by its number. */
  nextRequestId(): string
  /** Keeps the clock, so that no answer ever shows an earlier time again, even after a crash. */
  keepTime(): void
  close(): void
}

/** How far ahead of its clock a world promises never to go back behind, in real ms: a crash skips at most this much. */
const PROMISE = 1000

/** Opens a world: one that was kept goes on where it stood, a new one starts as its scenario says. */
export function openWorld({ name, scenario, directory, buckets }: WorldOrigin): OpenWorld {
  const scratch = directory === undefined ? mkdtempSync(join(tmpdir(), 'ims-emulator-')) : undefined
  const database = openDatabase(directory === undefined ? undefined : join(directory, `${name}.sqlite`))
  const { db } = database
  const kept = readSetting(db, 'clock')
  const clock = openClock(
    kept === undefined ? firstClock(scenario) : ClockState.parse(kept),
    kept !== undefined,
  )
  const blobs = openBlobs(join(directory ?? scratch ?? '', 'blobs'))
  const world: World = {
    name,
    db,
    clock,
    scenario,
    auth: openAuth(scenario),
    chance: openChance(db, scenario.seed),
    blobs,
    buckets: openBuckets(buckets),
  }
  if (kept === undefined) {
    db.transaction(() => {
      for (const fixture of scenario.fixtures) loadFixture(world, fixture)
      writeSetting(db, 'clock', clock.state())
    })
  } else {
    abandonLostUploads(world)
    blobs.sweep(blobsInUse(db))
  }

  let requests = 0
  let promised = clock.state()
  function keepTime(): void {
    if (directory === undefined) return
    const state = clock.state()
    const unchanged = state.rate === promised.rate && state.goesOn === promised.goesOn
    if (
      unchanged &&
      (state.goesOn ? state.virtual - promised.virtual < PROMISE : state.virtual <= promised.virtual)
    )
      return
    promised = { ...state, virtual: state.virtual + (state.goesOn ? 0 : PROMISE * state.rate) }
    writeSetting(db, 'clock', promised)
  }

  return {
    ...world,
    journal: createJournal(),
    nextRequestId: () => hexId(drawBytes(scenario.seed, 'request', ++requests)),
    keepTime,
    close() {
      writeSetting(db, 'clock', clock.state())
      database.close()
      if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** A clock that runs like the host's goes on while the process is down; one with a start or a rate of its own stands. */
function firstClock({ clock: { start, rate } }: Scenario): ClockState {
  const host = hostNow()
  return { virtual: start ?? host, host, rate, goesOn: start === undefined && rate === 1 }
}
