import type { Db } from '../../database/open.ts'

const revisions = new WeakMap<Db, number>()

/** Counts the changes of who may do what, so that what was worked out from it is known to be stale. */
export function identityRevision(db: Db): number {
  return revisions.get(db) ?? 0
}

/** Says that who may do what is not what it was. */
export function identityChanged(db: Db): void {
  revisions.set(db, identityRevision(db) + 1)
}
