import type { Db } from './open.ts'

/** Effects that wait for the end of the transaction under way, in their order. */
const waiting = new WeakMap<Db, (() => void)[]>()

/**
 * Carries out a change outside the database, e.g. the removal of a file, as soon as the transaction under way is committed; at
 * once when there is none. It is dropped when the transaction, or the nested one that it belongs to, is rolled back, and lost
 * in a crash: use it for what a later start repairs.
 */
export function afterCommit(db: Db, effect: () => void): void {
  if (db.$client.inTransaction) waiting.get(db)?.push(effect)
  else effect()
}

/** Makes the transactions of a database carry out the effects that were registered in them. */
export function withEffects(db: Db): Db {
  const effects: (() => void)[] = []
  waiting.set(db, effects)
  const transact = db.transaction.bind(db)
  db.transaction = (work, config) => {
    const isOutermost = !db.$client.inTransaction
    const before = effects.length
    try {
      const result = transact(work, config)
      if (isOutermost) for (const effect of effects.splice(0)) attempt(effect)
      return result
    } catch (error) {
      effects.length = before
      throw error
    }
  }
  return db
}

/** An effect that fails cannot undo the transaction; what it leaves behind is found at the next start. */
function attempt(effect: () => void): void {
  try {
    effect()
  } catch {
    // As above.
  }
}
