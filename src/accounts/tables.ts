import { index, integer, primaryKey, sqliteTable, text } from '../database/drizzle.ts'
import type { Grant } from './queries/grant.ts'

/** Accounts. Everything else of an identity belongs to exactly one. */
export const domains = sqliteTable('domains', {
  id: text().primaryKey(),
  name: text().notNull(),
})

/** A project is a domain's part of one region; in most domains there is one for each, and it is called like the region. */
export const projects = sqliteTable('projects', {
  id: text().primaryKey(),
  name: text().notNull(),
  region: text().notNull(),
  domainId: text('domain_id')
    .notNull()
    .references(() => domains.id),
})

export const users = sqliteTable('users', {
  id: text().primaryKey(),
  name: text().notNull(),
  domainId: text('domain_id')
    .notNull()
    .references(() => domains.id),
  /** The project that the user's access keys speak for when a request names none. */
  projectId: text('project_id')
    .notNull()
    .references(() => projects.id),
  enabled: integer({ mode: 'boolean' }).notNull().default(true),
  /** Salt and hash; null for a user without one. */
  password: text(),
  grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
})

export const groups = sqliteTable('groups', {
  id: text().primaryKey(),
  name: text().notNull(),
  domainId: text('domain_id')
    .notNull()
    .references(() => domains.id),
  grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
})

export const groupUsers = sqliteTable(
  'group_users',
  {
    groupId: text('group_id')
      .notNull()
      .references(() => groups.id),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.userId] }),
    index('groups_by_user').on(table.userId),
  ],
)

/** Custom policies of a domain; the document is IAM's own JSON. */
export const policies = sqliteTable(
  'policies',
  {
    domainId: text('domain_id')
      .notNull()
      .references(() => domains.id),
    name: text().notNull(),
    document: text({ mode: 'json' }).$type<unknown>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.domainId, table.name] })],
)

/** What a domain lets somebody else do in its name: another account, or a service of the cloud. */
export const agencies = sqliteTable(
  'agencies',
  {
    name: text().notNull(),
    domainId: text('domain_id').notNull(),
    /** Projects it is good for; null is all of the domain. */
    projects: text({ mode: 'json' }).$type<string[]>(),
    /** The account whose users may assume it; null for one that only services of the cloud use. */
    trustedDomainId: text('trusted_domain_id'),
    grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.domainId, table.name] })],
)

/**
 * What a request may show to be somebody: a token (its id is the SHA-256) or an access key (with its secret key, sealed).
 * Times are in the world's; what has no end does not expire.
 */
export const credentials = sqliteTable('credentials', {
  id: text().primaryKey(),
  kind: text({ enum: ['token', 'access_key'] }).notNull(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id),
  /** The project it is good for; null for one of a domain alone, and for an access key that is good for all projects. */
  projectId: text('project_id').references(() => projects.id),
  /** The agency that the user has assumed: its domain and its name. */
  agencyDomainId: text('agency_domain_id'),
  agencyName: text('agency_name'),
  secret: text(),
  /** SHA-256 of the security token that must come with a temporary access key. */
  securityToken: text('security_token'),
  issuedAt: integer('issued_at'),
  expiresAt: integer('expires_at'),
  /** How the token was got: `password`, `token`, `hw_ak_sk`, `assume_role`. */
  method: text(),
})

export const enterpriseProjects = sqliteTable('enterprise_projects', {
  id: text().primaryKey(),
  domainId: text('domain_id').notNull(),
  name: text().notNull(),
  description: text().notNull().default(''),
  enabled: integer({ mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export type DomainRow = typeof domains.$inferSelect
export type ProjectRow = typeof projects.$inferSelect
export type UserRow = typeof users.$inferSelect
export type GroupRow = typeof groups.$inferSelect
export type PolicyRow = typeof policies.$inferSelect
export type AgencyRow = typeof agencies.$inferSelect
export type CredentialRow = typeof credentials.$inferSelect
export type EnterpriseProjectRow = typeof enterpriseProjects.$inferSelect
