import type { Db } from '../database/open.ts'
import { readSetting, writeSetting } from '../database/settings.ts'
import { hexId } from '../lib/ids.ts'
import { drawBytes } from '../lib/random.ts'

/** So many numbers are taken at a time, so that not every request writes: a crash skips at most as many. */
const PROMISE = 1000

/**
 * Whose ids: requests of the cloud are counted by themselves, so that looking at a world through the control plane never
 * changes what the cloud answers. By kind: the setting that counts them, and what they are drawn for.
 */
const KINDS = {
  cloud: { setting: 'requests', purpose: 'request' },
  control: { setting: 'control requests', purpose: 'control request' },
} as const

/** The ids of a world's requests: each is drawn from the seed by its number, and no number is ever used twice. */
export interface RequestIds {
  next(): string
  /** Keeps the exact number, so that the ids go on without a gap. */
  keep(): void
}

/** @param survives whether the database is there after the process. */
export function openRequestIds(
  db: Db,
  seed: number,
  survives: boolean,
  kind: keyof typeof KINDS,
): RequestIds {
  const { setting, purpose } = KINDS[kind]
  const kept = readSetting(db, setting)
  let used = typeof kept === 'number' ? kept : 0
  let promised = used
  return {
    next() {
      used += 1
      if (survives && used > promised) {
        promised = used + PROMISE
        writeSetting(db, setting, promised)
      }
      return hexId(drawBytes(seed, purpose, used))
    },
    keep() {
      promised = used
      writeSetting(db, setting, used)
    },
  }
}
