import type { Db } from './open.ts'
import {
  backups,
  domains,
  enterpriseProjects,
  groups,
  keys,
  projects,
  servers,
  users,
  vaults,
  volumes,
} from './tables.ts'

/** Tables whose rows are named by an id alone, by what one row of them is called. */
const TABLES = {
  domain: domains,
  project: projects,
  user: users,
  group: groups,
  'enterprise project': enterpriseProjects,
  key: keys,
  vault: vaults,
  server: servers,
  volume: volumes,
  backup: backups,
} as const

export type NamedKind = keyof typeof TABLES

/** The ids of all there are of a kind. */
export function idsOf(db: Db, kind: NamedKind): Set<string> {
  const table = TABLES[kind]
  return new Set(
    db
      .select({ id: table.id })
      .from(table)
      .all()
      .map((row) => row.id),
  )
}
