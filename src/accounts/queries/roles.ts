import { asc, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { type RoleRow, roles } from '../tables.ts'

/** Lists the roles that were created in this world, in the order of their creation. */
export function listCreatedRoles(db: Db): RoleRow[] {
  return db
    .select()
    .from(roles)
    .orderBy(asc(sql`${roles}.rowid`))
    .all()
}

export function findCreatedRole(db: Db, id: string): RoleRow | undefined {
  return db.select().from(roles).where(eq(roles.id, id)).get()
}

export function insertRole(db: Db, row: RoleRow): void {
  db.insert(roles).values(row).run()
}

export function updateRole(db: Db, id: string, row: Partial<RoleRow>): void {
  db.update(roles).set(row).where(eq(roles.id, id)).run()
}

export function deleteRole(db: Db, id: string): void {
  db.delete(roles).where(eq(roles.id, id)).run()
}
