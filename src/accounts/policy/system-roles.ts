import { z } from 'zod'
import { PolicyDocument } from './document.ts'
import roles from './system-roles.json' with { type: 'json' }

/** A role or policy that every account has, with what it permits. */
export interface SystemRole {
  id: string
  /** Name on the wire, e.g. `te_admin`. */
  name: string
  /** As people call it: `Tenant Administrator`. */
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
 * The roles that matter to images and the services they are made from. None of them denies anything: a Deny of Tenant
 * Guest, which many roles require, would take away what Security Administrator gives. Those for everything but IAM say
 * so with a condition on `g:ServiceName`.
 */
export const systemRoles: readonly SystemRole[] = SystemRoles.parse(roles)

const byName: ReadonlyMap<string, SystemRole> = new Map(
  systemRoles.flatMap((role) => [
    [role.displayName, role],
    [role.name, role],
  ]),
)

/** The role of a name on the wire or of a display name, letter for letter. */
export function findSystemRole(nameOrDisplayName: string): SystemRole | undefined {
  return byName.get(nameOrDisplayName)
}
