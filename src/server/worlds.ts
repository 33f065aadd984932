import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadFixture } from '../cloud/fixtures.ts'
import { abandonLostUploads } from '../cloud/images/upload.ts'
import { openAuth } from '../engine/auth.ts'
import { openChance } from '../engine/chance.ts'
import { type Clock, ClockState, openClock } from '../engine/clock.ts'
import { openRuleBook, type RuleBook } from '../engine/rules/rule-book.ts'
import { startOver } from '../engine/rules/start-over.ts'
import type { LoadedScenario } from '../engine/scenario/load.ts'
import type { Scenario } from '../engine/scenario/schema.ts'
import { openThrottle } from '../engine/throttle.ts'
import type { World } from '../engine/world.ts'
import { hostNow } from '../kernel/time.ts'
import { openBlobs } from '../store/blobs.ts'
import { openBuckets } from '../store/buckets.ts'
import { blobsInUse } from '../store/images.ts'
import { type Db, openDatabase } from '../store/open.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import { createJournal, type WritableJournal } from './journal.ts'
import { openRequestIds } from './request-ids.ts'
import { inTheMiddle, keepScenario, notApplied, scenarioInForce } from './scenario-in-force.ts'

/** Where a world comes from and where it keeps what it knows. */
export interface WorldOrigin {
  name: string
  /** What it is started with. */
  start: LoadedScenario
  /** The folder of the database and the blobs; none keeps them in memory and in a temporary folder. */
  directory?: string
  /** The folder whose sub-folders are the buckets. */
  buckets?: string
}

/** A world that runs, with what only its keeper may do. */
export interface OpenWorld extends World {
  readonly journal: WritableJournal
  readonly rules: RuleBook
  /** The scenario in force, in the words it is written in. */
  readonly writtenScenario: LoadedScenario['written']
  /**
   * Puts another scenario in force from the next request on: rules and phases start over, jobs under way keep their steps,
   * and the seed, the clock and the fixtures stay those that the world began with: those that differ are answered.
   */
  swapScenario(next: LoadedScenario): readonly string[]
  /** Counts a request against the scenario's quota; the virtual ms to wait when it is one too many. */
  throttle(projectId: string | undefined): number | undefined
  /** The id of the next request: drawn from the seed, by its number. */
  nextRequestId(): string
  /** Keeps the clock, so that no answer ever shows an earlier time again, even after a crash. */
  keepTime(): void
  close(): void
}

/** How far ahead of its clock a world promises never to go back behind, in real ms: a crash skips at most this much. */
const PROMISE = 1000

/** Opens a world: one that was kept goes on where it stood, a new one starts as its scenario says. */
export function openWorld({ name, start, directory, buckets }: WorldOrigin): OpenWorld {
  const scratch = directory === undefined ? mkdtempSync(join(tmpdir(), 'ims-emulator-')) : undefined
  const database = openDatabase(directory === undefined ? undefined : join(directory, `${name}.sqlite`))
  const { db } = database
  const kept = readSetting(db, 'clock')
  const clock = openClock(
    kept === undefined ? firstClock(start.scenario) : ClockState.parse(kept),
    kept !== undefined,
  )
  const blobs = openBlobs(join(directory ?? scratch ?? '', 'blobs'))
  let inForce = scenarioInForce(db, start)
  const { seed, fixtures } = inForce.scenario
  const world: World = {
    name,
    db,
    clock,
    get scenario() {
      return inForce.scenario
    },
    auth: openAuth(inForce.scenario),
    chance: openChance(db, seed),
    blobs,
    buckets: openBuckets(buckets),
  }
  if (kept === undefined) {
    db.transaction(() => {
      for (const fixture of fixtures) loadFixture(world, fixture)
      writeSetting(db, 'clock', clock.state())
    })
  } else {
    abandonLostUploads(world)
    blobs.sweep(blobsInUse(db))
  }
  let rules = openRuleBook(world)
  const requestIds = openRequestIds(db, seed, directory !== undefined)
  const throttle = openThrottle(db, clock)

  const { auth, chance } = world

  function swapScenario(next: LoadedScenario): readonly string[] {
    const left = notApplied(next, inForce)
    const swapped = inTheMiddle(next, inForce)
    rules = db.transaction(() => {
      keepScenario(db, start, swapped)
      startOver(db)
      return openRuleBook({ db, clock, chance, scenario: swapped.scenario })
    })
    inForce = swapped
    Object.assign(auth, openAuth(swapped.scenario))
    throttle.refill()
    return left
  }

  // The getters are written out: a copy of the world would keep the scenario that was in force when it was made.
  return {
    name,
    db,
    clock,
    auth,
    chance,
    blobs,
    buckets: world.buckets,
    get scenario() {
      return inForce.scenario
    },
    get writtenScenario() {
      return inForce.written
    },
    get rules() {
      return rules
    },
    journal: createJournal(),
    swapScenario,
    throttle: (projectId) => throttle.take(inForce.scenario.quotas.requests, projectId),
    nextRequestId: requestIds.next,
    keepTime: directory === undefined ? () => {} : promiseTime(db, clock),
    close() {
      writeSetting(db, 'clock', clock.state())
      requestIds.keep()
      throttle.keep()
      database.close()
      if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** Writes down, now and then, a time a little ahead of the clock; what is answered to nobody may be skipped. */
function promiseTime(db: Db, clock: Clock): () => void {
  let promised = clock.state()
  return () => {
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
}

/** A clock that runs like the host's goes on while the process is down; one with a start or a rate of its own stands. */
function firstClock({ clock: { start, rate } }: Scenario): ClockState {
  const host = hostNow()
  return { virtual: start ?? host, host, rate, goesOn: start === undefined && rate === 1 }
}
