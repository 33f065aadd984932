import { z } from 'zod'
import type { Db } from '../database/open.ts'
import { deleteSetting, readSetting, writeSetting } from '../database/settings.ts'
import type { Clock } from './clock.ts'
import type { RequestQuota } from './scenario/quotas.ts'

const SETTING = 'throttle'

/** How many requests somebody may still send, and since when (virtual ms since the epoch) that has been so. */
const Bucket = z.object({ tokens: z.number(), at: z.number() })
const Buckets = z.record(z.string(), Bucket)

/** Stands for everybody together; no project is called so. */
const EVERYBODY = ''
/** What is lost when parts of a request are added up is no reason to refuse one. */
const ROUNDING = 1e-9

/**
 * Holds requests to a quota: a full bucket lets through as many at once as the quota has in its time, and fills up again
 * evenly over that time. It is the world's time, so that the same requests are refused in every run: while the clock
 * stands still nothing fills up.
 */
export interface Throttle {
  /**
   * Counts a request, which may be nobody's where a project is not known. Answers the whole virtual ms after which it may
   * be sent again when it is one too many.
   */
  take(quota: RequestQuota | undefined, projectId: string | undefined): number | undefined
  /** Everybody may send as many as at the beginning. */
  refill(): void
  /** Keeps how full the buckets are for the next process. After a crash they are full. */
  keep(): void
}

export function openThrottle(db: Db, clock: Clock): Throttle {
  const kept = Buckets.safeParse(readSetting(db, SETTING))
  const buckets = new Map(Object.entries(kept.data ?? {}))
  deleteSetting(db, SETTING)

  return {
    take(quota, projectId) {
      if (quota === undefined) return undefined
      const owner = quota.per === 'world' ? EVERYBODY : projectId
      if (owner === undefined) return undefined
      const { requests, per } = quota.rate
      const now = clock.now()
      const { tokens, at } = buckets.get(owner) ?? { tokens: requests, at: now }
      const filled = Math.min(requests, tokens + ((now - at) * requests) / per)
      const passes = filled + ROUNDING >= 1
      buckets.set(owner, { tokens: passes ? filled - 1 : filled, at: now })
      return passes ? undefined : Math.ceil(((1 - ROUNDING / 2 - filled) * per) / requests)
    },
    refill: () => buckets.clear(),
    keep: () => writeSetting(db, SETTING, Object.fromEntries(buckets)),
  }
}
