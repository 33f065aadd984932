import { z } from 'zod'
import { IamError } from '../errors.ts'
import type { AgencyWish } from '../rules/assume-agency.ts'
import type { Principal, Reference } from '../rules/principal.ts'
import type { ScopeWish } from '../rules/scope.ts'

type Named = { id?: string | undefined; name?: string | undefined }

const isNamed = ({ id, name }: Named) => id !== undefined || name !== undefined
const NEEDS_NAME = 'needs an id or a name'

const DomainReference = z
  .object({ id: z.string().optional(), name: z.string().optional() })
  .refine(isNamed, NEEDS_NAME)

export const Scope = z.object({
  project: z
    .object({ id: z.string().optional(), name: z.string().optional(), domain: DomainReference.optional() })
    .refine(isNamed, NEEDS_NAME)
    .nullish(),
  domain: DomainReference.nullish(),
})

export function scopeWish(scope: z.output<typeof Scope> | null | undefined): ScopeWish {
  return { project: scope?.project ?? undefined, domain: scope?.domain ?? undefined }
}

export const PasswordIdentity = z.object({
  user: z
    .object({
      id: z.string().optional(),
      name: z.string().optional(),
      domain: DomainReference.optional(),
      password: z.string(),
    })
    .refine(
      ({ id, name, domain }) => id !== undefined || (name !== undefined && domain !== undefined),
      'needs an id, or a name and a domain',
    ),
})

export const AccessKeyIdentity = z.object({
  access: z.object({ key: z.string() }),
  secret: z.object({ key: z.string() }),
})

/** How long a token of an agency or a temporary access key is good, s: from a quarter of an hour to a day. */
export const Duration = z.int().min(900).max(86_400)

export const AgencyIdentity = z
  .object({
    domain_id: z.string().optional(),
    domain_name: z.string().optional(),
    agency_name: z.string().optional(),
    /** What the name of the agency is called on the wire by most clients. */
    xrole_name: z.string().optional(),
    duration_seconds: Duration.optional(),
  })
  .refine(
    ({ domain_id, domain_name }) => domain_id !== undefined || domain_name !== undefined,
    'needs a domain_id or a domain_name',
  )
  .refine(
    ({ agency_name, xrole_name }) => agency_name !== undefined || xrole_name !== undefined,
    'needs an agency_name',
  )

export function agencyWish(assumed: z.output<typeof AgencyIdentity>): AgencyWish {
  const { domain_id: id, domain_name: name, agency_name, xrole_name } = assumed
  const domain: Reference = { id, name }
  return { domain, name: agency_name ?? xrole_name ?? '' }
}

/** The ways in which an identity may be shown, each with the field of its own. */
export type Ways<Method extends string> = Readonly<Record<Method, () => Principal | undefined>>

/**
 * Takes the one way that a request names. @throws IamError 400 when it names none or several, or one that is not here, or
 * leaves out the field that belongs to it.
 */
export function takeWay<Method extends string>(methods: readonly string[], ways: Ways<Method>): Principal {
  if (methods.includes('totp'))
    throw new IamError(400, 'Virtual MFA devices are not supported; leave totp out of auth.identity.methods.')
  const [name = '', ...others] = methods
  const way = new Map<string, () => Principal | undefined>(Object.entries(ways)).get(name)
  if (way === undefined || others.length > 0)
    throw new IamError(400, `auth.identity.methods must be one of ${Object.keys(ways).join(', ')}.`)
  const principal = way()
  if (principal === undefined) throw new IamError(400, `auth.identity.${name} is required by its method.`)
  return principal
}
