import { FixtureMistake } from '../worlds/fixtures/mistake.ts'
import { idsOf, type NamedKind } from './ids.ts'
import type { Db } from './open.ts'

/** Which ids a world has while a fixture is being added to it; what is claimed is there from then on. */
export interface Ledger {
  /** Takes an id for something new. @throws FixtureMistake when there is one with it. */
  claim(kind: NamedKind, id: string): void
  /** Refuses a reference to something that is not there; none at all is no mistake. */
  require(kind: NamedKind, id: string | undefined, by: string): void
}

/** Reads the ids of each kind once, when it is first asked for. */
export function openLedger(db: Db): Ledger {
  const known = new Map<NamedKind, Set<string>>()
  function ids(kind: NamedKind): Set<string> {
    const read = known.get(kind) ?? idsOf(db, kind)
    known.set(kind, read)
    return read
  }
  return {
    claim(kind, id) {
      if (ids(kind).has(id)) throw new FixtureMistake(`${kind} ${id} is there already`, true)
      ids(kind).add(id)
    },
    require(kind, id, by) {
      if (id !== undefined && !ids(kind).has(id))
        throw new FixtureMistake(`${by} names the ${kind} ${id}, which does not exist`)
    },
  }
}
