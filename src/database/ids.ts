import { domains, enterpriseProjects, groups, projects, users } from '../accounts/tables.ts'
import { backups, vaults } from '../services/cbr/tables.ts'
import { servers } from '../services/ecs/tables.ts'
import { volumes } from '../services/evs/tables.ts'
import { keys } from '../services/kms/tables.ts'
import type { Db } from './open.ts'

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
