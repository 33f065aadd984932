import { z } from 'zod'
import type { Db } from '../database/open.ts'
import { deleteSetting, readSetting, writeSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { startOver } from '../simulation/rules/reset.ts'
import { type LoadedScenario, restoreScenario } from '../simulation/scenario/load.ts'
import { type QuotaChange, Scenario } from '../simulation/scenario/schema.ts'
import { isRecord } from '../simulation/scenario/source.ts'

const SETTING = 'scenario'

/** A scenario that was put in force at run time, and what the world was started with when that happened, in JSON. */
const Kept = z.object({ startedWith: z.string(), written: z.unknown() })

/**
 * The scenario that a world goes on with. One that was put in force at run time holds over a restart, as long as the world
 * is started as it was then. A start with another scenario, other flags or an edited file is the later word: it counts,
 * and rules start over with it.
 */
export function scenarioInForce(db: Db, start: LoadedScenario): LoadedScenario {
  const kept = Kept.safeParse(readSetting(db, SETTING))
  if (!kept.success) return start
  const { startedWith, written } = kept.data
  if (startedWith === JSON.stringify(start.written)) return restored(written)
  db.transaction(() => {
    deleteSetting(db, SETTING)
    startOver(db)
  })
  return start
}

/** Keeps a scenario that takes the place of the one a world was started with. */
export function keepScenario(db: Db, start: LoadedScenario, next: LoadedScenario): void {
  writeSetting(db, SETTING, { startedWith: JSON.stringify(start.written), written: next.written })
}

/** What belongs to the beginning of a world, and cannot be had again in the middle. */
const BEGINNINGS = ['seed', 'clock', 'fixtures'] as const

/** A scenario for a world that has begun: with the seed, the clock and the fixtures that it began with. */
export function inTheMiddle(next: LoadedScenario, current: LoadedScenario): LoadedScenario {
  const { seed, clock, fixtures } = current.scenario
  const began = Object.fromEntries(BEGINNINGS.map((section) => [section, current.written[section]]))
  return {
    scenario: { ...next.scenario, seed, clock, fixtures },
    written: { ...next.written, ...began },
    files: next.files,
  }
}

/** The same scenario with other limits: of everybody key by key, and of a project key by key. */
export function withQuotas(
  { scenario, written, files }: LoadedScenario,
  { projects = {}, ...limits }: QuotaChange,
): LoadedScenario {
  const before = isRecord(written.quotas) ? written.quotas : {}
  const own = Object.entries(projects).map(([id, change]) => [
    id,
    { ...scenario.quotas.projects[id], ...change },
  ])
  const quotas = {
    ...before,
    ...limits,
    projects: { ...scenario.quotas.projects, ...Object.fromEntries(own) },
  }
  return {
    scenario: { ...scenario, quotas: Scenario.shape.quotas.parse(quotas) },
    written: { ...written, quotas },
    files,
  }
}

/** The sections in which a scenario differs from the beginning of a world, and which do not come into force. */
export function notApplied(next: LoadedScenario, current: LoadedScenario): string[] {
  return BEGINNINGS.filter(
    (section) => JSON.stringify(next.written[section]) !== JSON.stringify(current.written[section]),
  )
}

function restored(written: unknown): LoadedScenario {
  try {
    return restoreScenario(written)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(
      `${error.message}\nIt was put in force at run time, with another version; start with another --scenario, or take another --data folder`,
    )
  }
}
