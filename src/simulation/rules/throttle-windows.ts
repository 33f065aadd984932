import { z } from 'zod'
import type { Db } from '../../database/open.ts'
import { deleteSetting, readSetting, setting, writeSetting } from '../../database/settings.ts'
import { Instant } from '../../lib/time.ts'

/** By rule and by owner, the virtual time (ms) until which requests are refused again. */
const SETTING = setting('throttle windows', z.record(z.string(), z.record(z.string(), Instant)))

/** The windows of rules that throttle: in one, every request that a rule matches is refused, as a client should have waited. */
export interface ThrottleWindows {
  /** The virtual ms until the window of a rule ends; undefined outside of one. `owner` is as in the counts of rules. */
  left(rule: string, owner: string, now: number): number | undefined
  open(rule: string, owner: string, until: number): void
  delete(rule: string): void
}

/** Opens the windows that are in the database. */
export function openThrottleWindows(db: Db): ThrottleWindows {
  const kept = Object.entries(readSetting(db, SETTING) ?? {})
  const windows = new Map(kept.map(([rule, owners]) => [rule, new Map(Object.entries(owners))]))

  function write(): void {
    const owners = [...windows].map(([rule, ends]) => [rule, Object.fromEntries(ends)] as const)
    writeSetting(db, SETTING, Object.fromEntries(owners))
  }

  return {
    left(rule, owner, now) {
      const until = windows.get(rule)?.get(owner)
      return until === undefined || until <= now ? undefined : until - now
    },
    open(rule, owner, until) {
      const ends = windows.get(rule) ?? new Map<string, number>()
      windows.set(rule, ends.set(owner, until))
      write()
    },
    delete(rule) {
      if (windows.delete(rule)) write()
    },
  }
}

/** Deletes all windows of a world. */
export function deleteThrottleWindows(db: Db): void {
  deleteSetting(db, SETTING)
}
