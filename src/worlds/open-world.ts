import { join } from 'node:path'
import { z } from 'zod'
import { credentialsOfUsers } from '../accounts/credentials.ts'
import { copyBlobs, openBlobs } from '../database/blobs.ts'
import { openBucketFolder } from '../database/bucket-folder.ts'
import { removeTree } from '../database/durable-files.ts'
import { type ObjectStore, overObjectStore } from '../database/object-store/object-store.ts'
import { type Db, type OpenedDatabase, openCopy, openDatabase } from '../database/open.ts'
import { checkSettings, readSetting, setting, writeSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { wroteIfRoom } from '../lib/host-errors.ts'
import { hostNow, Instant } from '../lib/time.ts'
import { abandonLostUploads } from '../services/ims/images/upload.ts'
import { openChance } from '../simulation/chance.ts'
import { openClock } from '../simulation/clock.ts'
import type { Cloud } from '../simulation/cloud.ts'
import { openRuleBook, type RuleBook, resetRules } from '../simulation/rules/rule-book.ts'
import type { LoadedScenario } from '../simulation/scenario/load.ts'
import type { QuotaChange } from '../simulation/scenario/quotas.ts'
import { openThrottle } from '../simulation/throttle.ts'
import { openAuth, type World } from '../simulation/world.ts'
import { inTheMiddle, keepScenario, notApplied, scenarioInForce, withQuotas } from './active-scenario.ts'
import { blobsInUse } from './blobs-in-use.ts'
import { credentialsInFixtures, type KnownCredentials, loadFixture, writtenFixture } from './fixtures/load.ts'
import { createJournal, type Journal, openRequestCounts, type RequestCounts } from './journal.ts'
import { openJournalFile } from './journal-file.ts'
import { openRequestIds } from './request-ids.ts'
import { openSnapshots, type Snapshots } from './snapshots.ts'
import type { WorldTemplates } from './templates.ts'
import { CLOCK, clockKeeper, firstClock } from './world-clock.ts'
import { checkIds, STARTED_WITH } from './world-file.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/** What a world is opened from, and the folders of its files. */
export interface WorldOrigin {
  name: string
  /** The services of its cloud. */
  cloud: Cloud
  /** The scenario that it is started with. */
  start: LoadedScenario
  /** The folder of the database and the blobs; none keeps the database in memory. */
  directory?: string
  /** The folder of the blobs of a world in memory; removed when the world is closed. */
  scratch?: string
  /** The folder of its snapshots; none for a world that is never saved. */
  snapshots?: string
  /** The folder whose sub-folders are the buckets. */
  buckets?: string
  /** True to write the exports of the default world into these folders, too. */
  bucketsWrite?: boolean
  /** The server that has further buckets. */
  objectStore?: ObjectStore | undefined
  /** The world that it is a copy of. */
  copy?: WorldCopy
  /** The files were made by this process a moment ago: there are no uploads of an earlier process to give up. */
  isBuilt?: boolean
  /** Runs after each request of a world on disk. */
  afterRequest?: () => void
  /** Worlds that have just begun, which new worlds in memory are copied from. */
  templates?: WorldTemplates
  /** The journal of an earlier world of the name, which goes on. */
  journal?: Journal
}

/** A world at one moment: the bytes of its database, and the folder of its blobs. */
export interface WorldCopy {
  database: Buffer
  blobs: string
}

/** The beginning of a world. */
interface Beginning {
  /** Virtual time, ms since the epoch. */
  at: number
  /** The scenario, as it is written. */
  written: LoadedScenario['written']
  /** False for a world that began as a copy: its own requests do not explain everything that is in it. */
  isWhole: boolean
}

/** A running world, with the parts that the emulated cloud itself never sees. */
export interface OpenWorld extends World {
  readonly journal: Journal
  readonly requestCounts: RequestCounts
  readonly snapshots: Snapshots
  readonly rules: RuleBook
  /**
   * Returns the credentials of the users by the id of the user, those of the demo user first: in the default world those of the fixtures,
   * in all others unique ones.
   */
  credentials(): ReadonlyMap<string, KnownCredentials>
  readonly beginning: Beginning
  /** Real time of the last request, ms since the epoch. */
  usedAt: number
  /** True once it was reset, restored or deleted, or the emulator closes. Requests may still be under way. */
  readonly closed: boolean
  /** The scenario in force, as it is written. */
  readonly writtenScenario: LoadedScenario['written']
  /**
   * Puts another scenario in force from the next request on: rules and phases start over, jobs under way keep their steps.
   * The seed, the clock and the fixtures stay those of the beginning; returns which of these sections differ.
   */
  swapScenario(next: LoadedScenario): readonly string[]
  /** Changes quotas until a reset or another scenario; the change survives a restart. */
  changeQuotas(change: QuotaChange): void
  /** Counts a request against the scenario's request quota; returns the virtual ms to wait when it exceeds the quota. */
  throttle(projectId: string | undefined): number | undefined
  /** Draws the id of the next request of the cloud from the seed, by its number. */
  nextRequestId(): string
  /** Draws the id of the next request of the control plane, which has numbers of its own. */
  nextControlId(): string
  /** Returns the world as it is now. The blobs are the world's own: copy them before the next request. */
  copy(): WorldCopy
  /** Writes the clock, so that no later answer shows an earlier time, even after a crash. Does nothing in a closed world. */
  keepTime(): void
  close(): void
}

/** Settings in the database of a world. */
/** The virtual time of the beginning, ms since the epoch. */
const BEGAN = setting('began', Instant)
/** True in a world that began as a copy. */
const WENT_ON = setting('went on from a copy', z.boolean())

/** Opens a world: one that was kept or copied goes on where it stood, a new one starts as its scenario says. */
export function openWorld(origin: WorldOrigin): OpenWorld {
  const opened = openWorldDatabase(origin)
  try {
    return worldOn(opened, origin)
  } catch (error) {
    opened.database.close()
    throw error
  }
}

function worldOn({ database, copied, isFilled }: OpenedWorldDatabase, origin: WorldOrigin): OpenWorld {
  const { name, start, directory, scratch } = origin
  const { db } = database
  if (!isFilled) checkKept(db, name)
  const kept = isFilled ? undefined : readSetting(db, CLOCK)
  const clock = openClock(kept ?? firstClock(start.scenario), kept !== undefined)
  const blobs = openBlobs(join(directory ?? scratch ?? '', 'blobs'))
  if (copied !== undefined) copyBlobs(copied.blobs, blobs.folder)
  if (origin.copy !== undefined) writeSetting(db, WENT_ON, true)
  let inForce = scenarioInForce(db, start)
  const { seed } = inForce.scenario
  const chance = openChance(db, seed)
  const auth = openAuth(inForce.scenario)
  const { objectStore } = origin
  const folder = openBucketFolder(origin.buckets)
  const world: World = {
    name,
    cloud: origin.cloud,
    db,
    clock,
    scenario: inForce.scenario,
    auth,
    chance,
    blobs,
    bucketFolder: objectStore === undefined ? folder : overObjectStore(folder, objectStore),
    objectStore,
    writesFiles: origin.bucketsWrite === true && name === DEFAULT_WORLD,
  }
  if (kept === undefined) {
    begin(world, start, isFilled)
    if (!isFilled && directory === undefined)
      origin.templates?.keep(start, { database: database.serialize(), blobs: blobs.folder })
  } else {
    if (origin.isBuilt !== true) abandonLostUploads(world)
    blobs.sweep(blobsInUse(db))
  }
  let rules = openRuleBook(world)
  const requestIds = openRequestIds(db, seed, directory !== undefined, 'cloud')
  const controlIds = openRequestIds(db, seed, directory !== undefined, 'control')
  const throttle = openThrottle(db, clock)
  const journal =
    origin.journal ??
    createJournal({
      file: directory === undefined ? undefined : openJournalFile(join(directory, `${name}.journal.jsonl`)),
    })

  let closed = false
  const keepClock = directory === undefined ? () => {} : clockKeeper(db, clock)

  function keepAll(): void {
    writeSetting(db, CLOCK, clock.state())
    requestIds.keep()
    controlIds.keep()
    throttle.keep()
  }

  return {
    ...world,
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
    snapshots: openSnapshots(origin.snapshots ?? join(scratch ?? '', 'snapshots')),
    credentials() {
      if (name === DEFAULT_WORLD) return credentialsInFixtures(inForce.scenario.fixtures)
      return new Map(credentialsOfUsers(world).map(({ user, ...own }) => [user.id, own]))
    },
    beginning: {
      at: readSetting(db, BEGAN) ?? clock.now(),
      written: start.written,
      isWhole: readSetting(db, WENT_ON) !== true,
    },
    usedAt: hostNow(),
    get closed() {
      return closed
    },
    swapScenario(next) {
      const left = notApplied(next, inForce)
      const swapped = inTheMiddle(next, inForce)
      rules = db.transaction(() => {
        keepScenario(db, start, swapped)
        resetRules(db)
        return openRuleBook({ db, clock, chance, cloud: origin.cloud, scenario: swapped.scenario })
      })
      inForce = swapped
      Object.assign(auth, openAuth(swapped.scenario))
      throttle.refill()
      return left
    },
    changeQuotas(change) {
      inForce = withQuotas(inForce, change)
      keepScenario(db, start, inForce)
      if (change.requests !== undefined) throttle.refill()
    },
    throttle: (projectId) => throttle.take(inForce.scenario.quotas.requests, projectId),
    nextRequestId: requestIds.next,
    nextControlId: controlIds.next,
    keepTime() {
      if (!closed) keepClock()
      origin.afterRequest?.()
    },
    copy() {
      keepAll()
      return { database: database.serialize(), blobs: blobs.folder }
    },
    close() {
      closed = true
      blobs.close()
      try {
        // On a full disk the latest written state stands, as after a crash.
        wroteIfRoom(keepAll)
      } finally {
        journal.close()
        database.close()
        if (scratch !== undefined) removeTree(scratch)
      }
    },
  }
}

/** Checks what is read of a database when it is opened. @throws SetupError that names what has another form. */
function checkKept(db: Db, name: string): void {
  const database = `the database of the world ${name}`
  checkIds(db, database)
  try {
    checkSettings(db)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(
      `${database} was changed or damaged: ${error.message}. Put a good copy in its place.`,
    )
  }
}

interface OpenedWorldDatabase {
  database: OpenedDatabase
  copied: WorldCopy | undefined
  /** True for a copy of a world that has just begun with the same scenario. */
  isFilled: boolean
}

function openWorldDatabase({ name, start, directory, copy, templates }: WorldOrigin): OpenedWorldDatabase {
  const path = directory === undefined ? undefined : join(directory, `${name}.sqlite`)
  const template = path === undefined && copy === undefined ? templates?.copyOf(start) : undefined
  if (template !== undefined)
    return { database: openCopy(template.database), copied: template, isFilled: true }
  return { database: openDatabase(path, copy?.database), copied: copy, isFilled: false }
}

/** Loads the fixtures of a new world, unless it is filled already, and writes its beginning. */
function begin(world: World, start: LoadedScenario, isFilled: boolean): void {
  const { db, clock, scenario } = world
  db.transaction(() => {
    if (!isFilled) for (const fixture of scenario.fixtures) loadFixture(world, fixture)
    writeSetting(db, CLOCK, clock.state())
    writeSetting(db, BEGAN, clock.now())
    if (!isFilled)
      writeSetting(db, STARTED_WITH, { ...start.written, fixtures: scenario.fixtures.map(writtenFixture) })
  })
}
