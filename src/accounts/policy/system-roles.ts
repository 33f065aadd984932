import { z } from 'zod'
import { PolicyDocument } from './document.ts'
import roles from './system-roles.json' with { type: 'json' }

/** A role or policy that exists in every account. */
export interface SystemRole {
  id: string
  /** Name on the wire, e.g. `te_admin`. */
  name: string
  /** Name in the console, e.g. `Tenant Administrator`. */
  displayName: string
  /** Display names of the roles that must be granted in the same project for this one to have effect. */
  requires: readonly string[]
  document: PolicyDocument
}

const SystemRoles = z.array(
  z.strictObject({
    id: z.string().regex(/^[0-9a-f]{32}$/),
    name: z.string(),
    displayName: z.string(),
    requires: z.array(z.string()),
    document: PolicyDocument,
  }),
)

/**
 * The system roles for images and for the services that images are made from. None has a Deny: a Deny in Tenant Guest,
 * which many roles require, would revoke the permissions of Security Administrator. Roles for every service but IAM have
 * a condition on `g:ServiceName` instead.
 */
export const systemRoles: readonly SystemRole[] = SystemRoles.parse(roles)

const byName: ReadonlyMap<string, SystemRole> = new Map(
  systemRoles.flatMap((role) => [
    [role.displayName, role],
    [role.name, role],
  ]),
)

/** Finds a role by its name on the wire or by its display name; both are case-sensitive. */
export function findSystemRole(nameOrDisplayName: string): SystemRole | undefined {
  return byName.get(nameOrDisplayName)
}
