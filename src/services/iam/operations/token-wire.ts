import { z } from 'zod'
import { callerOf } from '../../../accounts/caller.ts'
import { findSystemRole } from '../../../accounts/policy/system-roles.ts'
import type { Identity } from '../../../accounts/queries/identity.ts'
import { findDomain } from '../../../accounts/queries/projects.ts'
import type { Call } from '../../../contract/operation.ts'
import { catalogFor } from '../rules/catalog.ts'
import { stableId } from '../rules/stable-id.ts'
import { CatalogWire, renderCatalog } from './catalog-wire.ts'
import { DomainNameWire, IamTime, iamTime } from './wire.ts'

const TokenUserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain: DomainNameWire,
  password_expires_at: z.literal(''),
})

export const TokenWire = z.strictObject({
  token: z.strictObject({
    catalog: CatalogWire,
    expires_at: IamTime,
    issued_at: IamTime,
    methods: z.array(z.string()),
    project: z.strictObject({ id: z.string(), name: z.string(), domain: DomainNameWire }).optional(),
    domain: DomainNameWire.optional(),
    roles: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    user: TokenUserWire,
    assumed_by: z.strictObject({ user: TokenUserWire }).optional(),
  }),
})

/** Where a token that never ends ends on the wire, on which it must: the last second that clients can read. */
const NEVER = 253_402_300_799_000

/** The id of what is no role with an id, as the cloud's own tokens have it. */
const NO_ROLE = '0'

/** What a token stands for, as it is shown when it is issued and looked at. */
export function renderToken(
  call: Call,
  identity: Identity,
  withCatalog: boolean,
): z.output<typeof TokenWire> {
  const { credential, project } = identity
  const domain = { id: identity.domain.id, name: identity.domain.name }
  const inProject = credential.projectId !== null
  return {
    token: {
      catalog: withCatalog
        ? renderCatalog(call, catalogFor(call.world, inProject ? project.region : undefined))
        : [],
      expires_at: iamTime(credential.expiresAt ?? NEVER),
      issued_at: iamTime(credential.issuedAt ?? 0),
      methods: [credential.method ?? 'token'],
      ...(inProject ? { project: { id: project.id, name: project.name, domain } } : { domain }),
      roles: callerOf(call.world, identity).roles.map((name) => ({
        id: findSystemRole(name)?.id ?? NO_ROLE,
        name,
      })),
      ...renderUsers(call, identity),
    },
  }
}

/** The user; with an agency it is the agency that is the user, and the user the one who has assumed it. */
function renderUsers({ world }: Call, { user, domain: { id, name }, credential }: Identity) {
  const { agencyName } = credential
  const own = findDomain(world.db, user.domainId)
  const person = {
    id: user.id,
    name: user.name,
    domain: { id: user.domainId, name: own?.name ?? '' },
    password_expires_at: '' as const,
  }
  if (agencyName === null) return { user: person }
  const agency = {
    id: stableId('agency', id, agencyName),
    name: `${name}/${agencyName}`,
    domain: { id, name },
    password_expires_at: '' as const,
  }
  return { user: agency, assumed_by: { user: person } }
}
