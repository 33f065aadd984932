import { join } from 'node:path'
import { openCopy, openDatabase } from '../database/open.ts'
import type { WorldOrigin } from './open-world.ts'

/** Where a world keeps the virtual time at which it began, ms since the epoch. */
export const BEGAN = 'began'
/** Where a world keeps the scenario with which it began, written out. */
export const STARTED_WITH = 'started with'

/** Set in a world that went on from a copy: what it was asked since is not all that made it what it is. */
export const WENT_ON = 'went on from a copy'

/** The database of a world, what it is a copy of, and whether that is a world which has just begun with the same scenario. */
export function openWorldDatabase({ name, start, directory, copy, beginnings }: WorldOrigin) {
  const path = directory === undefined ? undefined : join(directory, `${name}.sqlite`)
  const begun = path === undefined && copy === undefined ? beginnings?.of(start) : undefined
  if (begun !== undefined) return { database: openCopy(begun.database), copied: begun, isFilled: true }
  return { database: openDatabase(path, copy?.database), copied: copy, isFilled: false }
}
