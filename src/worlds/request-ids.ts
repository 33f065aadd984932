import { z } from 'zod'
import type { Db } from '../database/open.ts'
import { readSetting, setting, writeSetting } from '../database/settings.ts'
import { wroteIfRoom } from '../lib/host-errors.ts'
import { drawBytes, hexId } from '../lib/ids.ts'

/** Numbers are reserved in blocks of this size, so most requests need no write. A crash skips at most one block. */
const BLOCK = 1000

/**
 * The setting that counts the requests of each kind, and the purpose that their ids are drawn for. The cloud and the control
 * plane have separate numbers, so that requests of the control plane never change an answer of the cloud.
 */
const KINDS = {
  cloud: { count: setting('requests', z.int().min(0)), purpose: 'request' },
  control: { count: setting('control requests', z.int().min(0)), purpose: 'control request' },
} as const

/** The ids of a world's requests: each is drawn from the seed by its number, and no number is used twice. */
export interface RequestIds {
  next(): string
  /** Writes the exact number, so that the ids continue without a gap. */
  keep(): void
}

/** @param survives true when the database outlives the process. */
export function openRequestIds(
  db: Db,
  seed: number,
  survives: boolean,
  kind: keyof typeof KINDS,
): RequestIds {
  const { count, purpose } = KINDS[kind]
  let used = readSetting(db, count) ?? 0
  let reserved = used
  return {
    next() {
      used += 1
      if (survives && used > reserved) {
        const end = used + BLOCK
        // On a full disk the next request tries again. Only a crash until then could give an id twice.
        if (wroteIfRoom(() => writeSetting(db, count, end))) reserved = end
      }
      return hexId(drawBytes(seed, purpose, used))
    },
    keep() {
      reserved = used
      writeSetting(db, count, used)
    },
  }
}
