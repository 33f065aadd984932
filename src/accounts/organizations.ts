import { z } from 'zod'
import { idsOf } from '../database/statements.ts'
import { type FixtureAdding, FixtureMistake, fixtureSection, Id, record } from '../simulation/fixtures.ts'
import { insertOrganizationAccount, insertOrganizationNode, nodeOfAccount } from './queries/organizations.ts'
import { type OrganizationNodeRow, organizationNodes } from './tables.ts'

/** Ids of the organizations service: a letter for the kind of the node, then up to 32 lower-case letters and digits. */
function nodeId(prefix: 'o' | 'r' | 'ou') {
  const pattern = new RegExp(`^${prefix}-[0-9a-z]{1,32}$`)
  return z
    .string()
    .regex(pattern, `is not the id of such a node: write ${prefix}- and up to 32 letters and digits`)
}

const Unit = record({
  id: nodeId('ou'),
  name: Id.optional(),
  /** The unit that it is in; it is directly below the root when left out. */
  parent: nodeId('ou').optional(),
  /** Ids of the accounts in it. */
  accounts: z.array(Id).default([]),
})

/** `accounts` are directly below the root, and so is the management account unless a unit has it. */
const Organization = record({
  id: nodeId('o'),
  management_account: Id,
  root: nodeId('r'),
  accounts: z.array(Id).default([]),
  units: z.array(Unit).default([]),
})
type Organization = z.output<typeof Organization>

/** The section of fixture files about organisations: which accounts are at which of their nodes. */
export const organizationFixtures = {
  organizations: fixtureSection({
    item: Organization,
    after: ['projects'],
    ids: { 'node of an organization': (db) => idsOf(db, organizationNodes) },
    add(adding, items) {
      for (const organization of items) addOrganization(adding, organization)
    },
  }),
} as const

function addOrganization(adding: FixtureAdding, organization: Organization): void {
  const { id: organizationId, management_account: managementAccountId, root, accounts, units } = organization
  adding.ids.require('domain', managementAccountId, `organization ${organizationId}`)
  const node = (id: string, parentId: string | null, name: string | null = null) =>
    addNode(adding, { id, organizationId, managementAccountId, parentId, name })
  node(organizationId, null)
  node(root, organizationId)
  for (const { id, parent = root, name } of units) {
    adding.ids.require('node of an organization', parent, `unit ${id}`)
    node(id, parent, name)
  }
  const inUnits = units.flatMap((unit) => unit.accounts)
  const atRoot = new Set([
    ...(inUnits.includes(managementAccountId) ? [] : [managementAccountId]),
    ...accounts,
  ])
  for (const account of atRoot) addAccount(adding, account, root)
  for (const unit of units) for (const account of unit.accounts) addAccount(adding, account, unit.id)
}

function addNode({ world, ids }: FixtureAdding, row: OrganizationNodeRow): void {
  ids.claim('node of an organization', row.id)
  insertOrganizationNode(world.db, row)
}

function addAccount({ world, ids }: FixtureAdding, domainId: string, nodeId: string): void {
  ids.require('domain', domainId, `node ${nodeId}`)
  const before = nodeOfAccount(world.db, domainId)
  if (before !== undefined)
    throw new FixtureMistake(`account ${domainId} is at the node ${before} of an organization already`, true)
  insertOrganizationAccount(world.db, domainId, nodeId)
}

/**
 * The name by which other services speak of a node.
 * @example urnOf(unit) // organizations::{management account}:ou:o-…/ou-…
 */
export function urnOf({ id, organizationId, managementAccountId }: OrganizationNodeRow): string {
  const account = `organizations::${managementAccountId}`
  if (id === organizationId) return `${account}:organization:${id}`
  return `${account}:${id.startsWith('r-') ? 'root' : 'ou'}:${organizationId}/${id}`
}
