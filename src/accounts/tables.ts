import { z } from 'zod'
import { contents } from '../database/contents.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../database/drizzle.ts'
import { PolicyDocument } from './policy/document.ts'

/**
 * A granted role or policy and its scope: one project, one enterprise project, the tokens of one domain (as Keystone has it),
 * or (without any of these) the whole domain with its projects.
 */
const Grant = z.object({
  /** Name of a system role, of an OpenStack role, or of a policy of the domain. */
  role: z.string(),
  project: z.string().optional(),
  enterpriseProject: z.string().optional(),
  domain: z.string().optional(),
})
export type Grant = z.output<typeof Grant>

/** Accounts. Every project, user, group, policy and agency belongs to exactly one. */
export const domains = sqliteTable('domains', {
  id: text().primaryKey(),
  name: text().notNull(),
  description: text().notNull().default(''),
  enabled: integer({ mode: 'boolean' }).notNull().default(true),
})
contents(domains, {})

/**
 * Nodes of organisations: the organisation itself (`o-…`), its root (`r-…`) below it, and units (`ou-…`) below the root or other
 * units. Accounts are at the root and at units.
 */
export const organizationNodes = sqliteTable('organization_nodes', {
  id: text().primaryKey(),
  /** The organisation; its own id for the organisation itself. */
  organizationId: text('organization_id').notNull(),
  /** The account that manages the organisation, which URNs name. */
  managementAccountId: text('management_account_id').notNull(),
  /** The node above; null for the organisation itself. */
  parentId: text('parent_id'),
  name: text(),
})
contents(organizationNodes, {})

/** The place of each account that is in an organisation; an account is in one at most. */
export const organizationAccounts = sqliteTable(
  'organization_accounts',
  {
    domainId: text('domain_id')
      .primaryKey()
      .references(() => domains.id),
    nodeId: text('node_id')
      .notNull()
      .references(() => organizationNodes.id),
  },
  (table) => [index('organization_accounts_by_node').on(table.nodeId)],
)
contents(organizationAccounts, {})

/**
 * Projects. Each is the part of a domain in one region; most domains have one per region, with the name of the region. In the
 * stock edition a domain can act as a project, as in Keystone: a row with the id of the domain.
 */
export const projects = sqliteTable('projects', {
  id: text().primaryKey(),
  name: text().notNull(),
  region: text().notNull(),
  domainId: text('domain_id')
    .notNull()
    .references(() => domains.id),
  description: text().notNull().default(''),
  enabled: integer({ mode: 'boolean' }).notNull().default(true),
})
contents(projects, {})

export const users = sqliteTable('users', {
  id: text().primaryKey(),
  name: text().notNull(),
  domainId: text('domain_id')
    .notNull()
    .references(() => domains.id),
  /** The project of the user's access keys for requests that name none. */
  projectId: text('project_id')
    .notNull()
    .references(() => projects.id),
  enabled: integer({ mode: 'boolean' }).notNull().default(true),
  /** `salt:hash`, both in hex; null for a user without a password. */
  password: text(),
  grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
  description: text().notNull().default(''),
  email: text(),
})
contents(users, {
  password: z.string().regex(/^[0-9a-f]{32}:[0-9a-f]{64}$/, 'is no hash of a password'),
  grants: z.array(Grant),
})

export const groups = sqliteTable('groups', {
  id: text().primaryKey(),
  name: text().notNull(),
  domainId: text('domain_id')
    .notNull()
    .references(() => domains.id),
  grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
})
contents(groups, { grants: z.array(Grant) })

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
contents(groupUsers, {})

/** Custom policies of a domain; the document is JSON in IAM's format. */
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
contents(policies, { document: PolicyDocument })

/** Roles that were created through Keystone's API. The others are the system roles, which every world has. */
export const roles = sqliteTable('roles', {
  id: text().primaryKey(),
  name: text().notNull(),
  description: text(),
})
contents(roles, {})

/** Agencies: permissions of a domain that it delegates to another account or to a service of the cloud. */
export const agencies = sqliteTable(
  'agencies',
  {
    name: text().notNull(),
    domainId: text('domain_id').notNull(),
    /** Ids of the projects in which it may be assumed; null for all of the domain. */
    projects: text({ mode: 'json' }).$type<string[]>(),
    /** The account whose users may assume it; null for an agency that only services of the cloud use. */
    trustedDomainId: text('trusted_domain_id'),
    grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.domainId, table.name] })],
)
contents(agencies, { projects: z.array(z.string()), grants: z.array(Grant) })

/**
 * Credentials of users: tokens, whose id is their SHA-256, and access keys with their encrypted secret keys. Times are in ms
 * since the epoch on the world's clock; a credential without `expiresAt` does not expire.
 */
export const credentials = sqliteTable('credentials', {
  id: text().primaryKey(),
  kind: text({ enum: ['token', 'access_key'] }).notNull(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id),
  /** The only project in which it may be used; null for a token of a domain and for an access key of all projects. */
  projectId: text('project_id').references(() => projects.id),
  /** The domain in which it acts, when that is not the user's own, and the name of the agency that the user has assumed. */
  agencyDomainId: text('agency_domain_id'),
  agencyName: text('agency_name'),
  /** The encrypted secret key of an access key. */
  secret: text(),
  /** SHA-256 of the security token that must come with a temporary access key. */
  securityToken: text('security_token'),
  issuedAt: integer('issued_at'),
  expiresAt: integer('expires_at'),
  /** The method by which the token was issued: `password`, `token`, `hw_ak_sk` or `assume_role`. */
  method: text(),
})
contents(credentials, {})

export const enterpriseProjects = sqliteTable('enterprise_projects', {
  id: text().primaryKey(),
  domainId: text('domain_id').notNull(),
  name: text().notNull(),
  description: text().notNull().default(''),
  enabled: integer({ mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})
contents(enterpriseProjects, {})

export type DomainRow = typeof domains.$inferSelect
export type OrganizationNodeRow = typeof organizationNodes.$inferSelect
export type ProjectRow = typeof projects.$inferSelect
export type UserRow = typeof users.$inferSelect
export type GroupRow = typeof groups.$inferSelect
export type PolicyRow = typeof policies.$inferSelect
export type RoleRow = typeof roles.$inferSelect
export type AgencyRow = typeof agencies.$inferSelect
export type CredentialRow = typeof credentials.$inferSelect
export type EnterpriseProjectRow = typeof enterpriseProjects.$inferSelect
