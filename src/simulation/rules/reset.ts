import type { Db } from '../../database/open.ts'
import { deleteSetting } from '../../database/settings.ts'
import { PHASE_SETTING } from './phase-machine.ts'
import { deleteRules } from './queries.ts'
import { START_SETTING } from './rule-book.ts'

/**
 * Forgets what the rules of a world have counted, what was changed about them at run time, and the phase: a rule book that
 * is opened next begins with those of its scenario, and with durations that start now.
 */
export function startOver(db: Db): void {
  deleteRules(db)
  deleteSetting(db, PHASE_SETTING)
  deleteSetting(db, START_SETTING)
}
