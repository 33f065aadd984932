import { hexId } from '../kernel/ids.ts'
import { drawBytes } from '../kernel/random.ts'
import type { Db } from '../store/open.ts'
import { readSetting, writeSetting } from '../store/settings.ts'

const SETTING = 'requests'

/** So many numbers are taken at a time, so that not every request writes: a crash skips at most as many. */
const PROMISE = 1000

/** The ids of a world's requests: each is drawn from the seed by its number, and no number is ever used twice. */
export interface RequestIds {
  next(): string
  /** Keeps the exact number, so that the ids go on without a gap. */
  keep(): void
}

/** @param survives whether the database is there after the process. */
export function openRequestIds(db: Db, seed: number, survives: boolean): RequestIds {
  const kept = readSetting(db, SETTING)
  let used = typeof kept === 'number' ? kept : 0
  let promised = used
  return {
    next() {
      used += 1
      if (survives && used > promised) {
        promised = used + PROMISE
        writeSetting(db, SETTING, promised)
      }
      return hexId(drawBytes(seed, 'request', used))
    },
    keep() {
      promised = used
      writeSetting(db, SETTING, used)
    },
  }
}
