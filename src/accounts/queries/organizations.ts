import { asc, eq, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import {
  type OrganizationNodeRow,
  organizationAccounts,
  organizationNodes,
  type ProjectRow,
  projects,
} from '../tables.ts'

export function findOrganizationNode(db: Db, id: string): OrganizationNodeRow | undefined {
  return db.select().from(organizationNodes).where(eq(organizationNodes.id, id)).get()
}

/** Lists the nodes of all organisations in the order of their creation. */
export function listOrganizationNodes(db: Db): OrganizationNodeRow[] {
  return db
    .select()
    .from(organizationNodes)
    .orderBy(asc(sql`${organizationNodes}.rowid`))
    .all()
}

/** Lists the accounts that are directly at a node. */
export function accountsAt(db: Db, nodeId: string): string[] {
  const rows = db
    .select({ id: organizationAccounts.domainId })
    .from(organizationAccounts)
    .where(eq(organizationAccounts.nodeId, nodeId))
    .orderBy(asc(sql`${organizationAccounts}.rowid`))
    .all()
  return rows.map(({ id }) => id)
}

/** The node at which an account is; undefined for an account that is in no organisation. */
export function nodeOfAccount(db: Db, domainId: string): string | undefined {
  return db
    .select({ id: organizationAccounts.nodeId })
    .from(organizationAccounts)
    .where(eq(organizationAccounts.domainId, domainId))
    .get()?.id
}

/** Lists the projects of a region whose accounts are at a node or below it, by id. */
export function projectsUnderNode(db: Db, nodeId: string, region: string): ProjectRow[] {
  const accounts = sql`(WITH RECURSIVE below(id) AS (
      SELECT ${nodeId} UNION SELECT n.id FROM organization_nodes AS n JOIN below ON n.parent_id = below.id)
    SELECT domain_id FROM organization_accounts WHERE node_id IN (SELECT id FROM below))`
  return db
    .select()
    .from(projects)
    .where(sql`${projects.region} = ${region} AND ${projects.domainId} IN ${accounts}`)
    .orderBy(asc(projects.id))
    .all()
}

export function insertOrganizationNode(db: Db, row: OrganizationNodeRow): void {
  db.insert(organizationNodes).values(row).run()
}

export function insertOrganizationAccount(db: Db, domainId: string, nodeId: string): void {
  db.insert(organizationAccounts).values({ domainId, nodeId }).run()
}
