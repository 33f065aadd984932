import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyBlobs, openBlobs } from '../database/blobs.ts'
import { readSetting, writeSetting } from '../database/settings.ts'
import { hostNow } from '../lib/time.ts'
import { abandonLostUploads } from '../services/ims/images/upload.ts'
import { blobsInUse } from '../services/ims/queries/images.ts'
import { openBuckets } from '../services/obs/buckets.ts'
import { openAuth } from '../simulation/auth.ts'
import { openChance } from '../simulation/chance.ts'
import { ClockState, openClock } from '../simulation/clock.ts'
import type { Cloud } from '../simulation/cloud.ts'
import { startOver } from '../simulation/rules/reset.ts'
import { openRuleBook, type RuleBook } from '../simulation/rules/rule-book.ts'
import type { LoadedScenario } from '../simulation/scenario/load.ts'
import type { QuotaChange } from '../simulation/scenario/schema.ts'
import { openThrottle } from '../simulation/throttle.ts'
import type { World } from '../simulation/world.ts'
import { inTheMiddle, keepScenario, notApplied, scenarioInForce, withQuotas } from './active-scenario.ts'
import { firstClock, promiseTime } from './clock.ts'
import { BEGAN, openWorldDatabase, STARTED_WITH, WENT_ON } from './database.ts'
import { loadFixture, writtenFixture } from './fixtures/load.ts'
import { createJournal, type WritableJournal } from './journal.ts'
import { openJournalFile } from './journal-file.ts'
import { openRequestCounts, type RequestCounts } from './request-counts.ts'
import { openRequestIds } from './request-ids.ts'
import type { Beginnings } from './templates.ts'
import type { Beginning } from './wish.ts'

/** Where a world comes from and where it keeps what it knows. */
export interface WorldOrigin {
  name: string
  /** The services of its cloud. */
  cloud: Cloud
  /** What it is started with. */
  start: LoadedScenario
  /** The folder of the database and the blobs; none keeps the database in memory. */
  directory?: string
  /** Where the blobs of a world in memory lie, when it has any; gone when it is closed. */
  scratch?: string
  /** The folder whose sub-folders are the buckets. */
  buckets?: string
  /** A world that it is to be the copy of. */
  copy?: WorldCopy
  /** Where worlds in memory that begin alike are copied from. */
  beginnings?: Beginnings
  /** What an earlier world of the name was asked, when that is to be remembered. */
  journal?: WritableJournal
}

/** A world at one moment: the bytes of its database, and the folder of its blobs. */
export interface WorldCopy {
  database: Buffer
  blobs: string
}

/** A world that runs, with what only its keeper may do. */
export interface OpenWorld extends World {
  readonly journal: WritableJournal
  readonly requestCounts: RequestCounts
  readonly rules: RuleBook
  /** The scenario in force, in the words it is written in. */
  readonly writtenScenario: LoadedScenario['written']
  /**
   * Puts another scenario in force from the next request on: rules and phases start over, jobs under way keep their steps,
   * and the seed, the clock and the fixtures stay those that the world began with: those that differ are answered.
   */
  swapScenario(next: LoadedScenario): readonly string[]
  /** Changes what projects may have, until a reset or another scenario; it survives a restart. */
  changeQuotas(change: QuotaChange): void
  /** Counts a request against the scenario's quota; the virtual ms to wait when it is one too many. */
  throttle(projectId: string | undefined): number | undefined
  /** When it was asked last, real time in ms since the epoch. */
  usedAt: number
  /** With what, and at which virtual time (ms since the epoch), it began. */
  readonly beginning: Beginning
  /** The id of the next request: drawn from the seed, by its number. */
  nextRequestId(): string
  /** The same for the control plane. */
  nextControlId(): string
  /** The world as it is now. Its blobs are its own: they have to be copied before it goes on. */
  copy(): WorldCopy
  /** Keeps the clock, so that no answer ever shows an earlier time again, even after a crash. */
  keepTime(): void
  close(): void
}

/** Opens a world: one that was kept or copied goes on where it stood, a new one starts as its scenario says. */
export function openWorld(origin: WorldOrigin): OpenWorld {
  const { name, cloud, start, directory, scratch, buckets, beginnings } = origin
  const { database, copied, isFilled } = openWorldDatabase(origin)
  const { db } = database
  const kept = isFilled ? undefined : readSetting(db, 'clock')
  const clock = openClock(
    kept === undefined ? firstClock(start.scenario) : ClockState.parse(kept),
    kept !== undefined,
  )
  const blobs = openBlobs(join(directory ?? scratch ?? '', 'blobs'))
  if (copied !== undefined) copyBlobs(copied.blobs, blobs.folder)
  if (origin.copy !== undefined) writeSetting(db, WENT_ON, true)
  let inForce = scenarioInForce(db, start)
  const { seed, fixtures } = inForce.scenario
  const world: World = {
    name,
    cloud,
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
      if (!isFilled) for (const fixture of fixtures) loadFixture(world, fixture)
      writeSetting(db, 'clock', clock.state())
      writeSetting(db, BEGAN, clock.now())
      if (!isFilled)
        writeSetting(db, STARTED_WITH, { ...start.written, fixtures: fixtures.map(writtenFixture) })
    })
    if (!isFilled && directory === undefined)
      beginnings?.keep(start, { database: database.serialize(), blobs: blobs.folder })
  } else {
    abandonLostUploads(world)
    blobs.sweep(blobsInUse(db))
  }
  let rules = openRuleBook(world)
  const requestIds = openRequestIds(db, seed, directory !== undefined, 'cloud')
  const controlIds = openRequestIds(db, seed, directory !== undefined, 'control')
  const journal =
    origin.journal ??
    createJournal({
      file: directory === undefined ? undefined : openJournalFile(join(directory, `${name}.journal.jsonl`)),
    })
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

  function changeQuotas(change: QuotaChange): void {
    inForce = withQuotas(inForce, change)
    keepScenario(db, start, inForce)
  }

  function keepAll(): void {
    writeSetting(db, 'clock', clock.state())
    requestIds.keep()
    controlIds.keep()
    throttle.keep()
  }

  // The getters are written out: a copy of the world would keep the scenario that was in force when it was made.
  return {
    name,
    cloud,
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
    journal,
    requestCounts: openRequestCounts(),
    usedAt: hostNow(),
    beginning: {
      at: Number(readSetting(db, BEGAN)),
      written: start.written,
      isWhole: readSetting(db, WENT_ON) !== true,
    },
    swapScenario,
    changeQuotas,
    throttle: (projectId) => throttle.take(inForce.scenario.quotas.requests, projectId),
    nextRequestId: requestIds.next,
    nextControlId: controlIds.next,
    keepTime: directory === undefined ? () => {} : promiseTime(db, clock),
    copy() {
      keepAll()
      return { database: database.serialize(), blobs: blobs.folder }
    },
    close() {
      keepAll()
      journal.close()
      database.close()
      if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
    },
  }
}
