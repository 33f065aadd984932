import { z } from 'zod'
import type { Db } from '../database/open.ts'
import { deleteSetting, readSetting, setting, writeSetting } from '../database/settings.ts'
import { Instant } from '../lib/time.ts'
import type { Clock } from './clock.ts'
import type { RequestQuota } from './scenario/quotas.ts'

/** The requests that may still be sent, and the time (virtual ms since the epoch) of the last count. */
const Bucket = z.object({ tokens: z.number().min(-1e15).max(1e15), at: Instant })
const SETTING = setting('throttle', z.record(z.string(), Bucket))

/** The key of the bucket of all projects together; no project has this id. */
const EVERYBODY = ''
/** Rounding errors of added fractions up to this size refuse no request. */
const ROUNDING = 1e-9

/**
 * Token buckets that hold requests to a quota. A full bucket lets through all requests of the quota at once and refills
 * evenly over the time of the quota. That is virtual time, so every run refuses the same requests: a frozen clock refills
 * nothing.
 */
export interface Throttle {
  /**
   * Counts a request; its project may be unknown.
   * @returns the virtual ms after which a refused request may be sent again; undefined for a request that passes.
   */
  take(quota: RequestQuota | undefined, projectId: string | undefined): number | undefined
  /** Fills all buckets. */
  refill(): void
  /** Saves the buckets for the next process. After a crash they are full. */
  keep(): void
}

export function openThrottle(db: Db, clock: Clock): Throttle {
  const buckets = new Map(Object.entries(readSetting(db, SETTING) ?? {}))
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
