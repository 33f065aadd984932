import { z } from 'zod'
import type { Db } from '../database/open.ts'
import { deleteSetting, readSetting, setting, writeSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { isRecord } from '../lib/json.ts'
import { resetRules } from '../simulation/rules/rule-book.ts'
import { type LoadedScenario, restoreScenario } from '../simulation/scenario/load.ts'
import type { QuotaChange } from '../simulation/scenario/quotas.ts'
import { Scenario } from '../simulation/scenario/schema.ts'

/** A scenario that was put in force at run time, and the scenario that the world had been started with, in JSON. */
const Kept = z.object({ startedWith: z.string(), written: z.unknown() })
const SETTING = setting('scenario', Kept)

/**
 * Returns the scenario that a world continues with. A scenario that was put in force at run time survives restarts with the
 * same start. A start with another scenario, other flags or an edited file replaces it, and rules start over.
 */
export function scenarioInForce(db: Db, start: LoadedScenario): LoadedScenario {
  const kept = readSetting(db, SETTING)
  if (kept === undefined) return start
  const { startedWith, written } = kept
  // What only counts at the beginning is that of the start: a database from elsewhere must not name files as fixtures.
  if (startedWith === JSON.stringify(start.written)) return inTheMiddle(restored(written), start)
  db.transaction(() => {
    deleteSetting(db, SETTING)
    resetRules(db)
  })
  return start
}

/** Writes the scenario that replaces the one that a world was started with. */
export function keepScenario(db: Db, start: LoadedScenario, next: LoadedScenario): void {
  writeSetting(db, SETTING, { startedWith: JSON.stringify(start.written), written: next.written })
}

/** The sections that only count at the beginning of a world. */
const BEGINNING_SECTIONS = ['seed', 'clock', 'fixtures'] as const

/** Returns a scenario with the seed, the clock and the fixtures that a world began with. */
export function inTheMiddle(next: LoadedScenario, current: LoadedScenario): LoadedScenario {
  const { seed, clock, fixtures } = current.scenario
  const began = Object.fromEntries(BEGINNING_SECTIONS.map((section) => [section, current.written[section]]))
  return {
    scenario: { ...next.scenario, seed, clock, fixtures },
    written: { ...next.written, ...began },
    files: next.files,
  }
}

/** Returns a scenario with changed quotas. A quota of requests is replaced, or ended by null. Limits of all projects and of one project are merged key by key. */
export function withQuotas(
  { scenario, written, files }: LoadedScenario,
  { projects = {}, requests, ...limits }: QuotaChange,
): LoadedScenario {
  const { requests: requestsBefore, ...before } = isRecord(written.quotas) ? written.quotas : {}
  const rate = requests === undefined ? requestsBefore : (requests ?? undefined)
  const own = Object.entries(projects).map(([id, change]) => [
    id,
    { ...(Object.hasOwn(scenario.quotas.projects, id) && scenario.quotas.projects[id]), ...change },
  ])
  const quotas = {
    ...before,
    ...limits,
    ...(rate !== undefined && { requests: rate }),
    projects: { ...scenario.quotas.projects, ...Object.fromEntries(own) },
  }
  return {
    scenario: { ...scenario, quotas: Scenario.shape.quotas.parse(quotas) },
    written: { ...written, quotas },
    files,
  }
}

/** Returns the sections in which a scenario differs from the beginning of a world: they do not come into force. */
export function notApplied(next: LoadedScenario, current: LoadedScenario): string[] {
  return BEGINNING_SECTIONS.filter(
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
