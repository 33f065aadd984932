import { z } from 'zod'
import { contract, nothing } from '../../../contract/operation.ts'
import { CatalogWire } from './catalog.ts'

/** `2024-05-06T07:08:09.123000Z`: IAM writes times with six digits behind the second. */
const IamTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/)

type Named = { id?: string | undefined; name?: string | undefined }

const isNamed = ({ id, name }: Named) => id !== undefined || name !== undefined
const NEEDS_NAME = 'needs an id or a name'

const DomainReference = z
  .object({ id: z.string().optional(), name: z.string().optional() })
  .refine(isNamed, NEEDS_NAME)

/** The project or the domain that a new token or temporary access key is valid for. */
const Scope = z.object({
  project: z
    .object({ id: z.string().optional(), name: z.string().optional(), domain: DomainReference.optional() })
    .refine(isNamed, NEEDS_NAME)
    .nullish(),
  domain: DomainReference.nullish(),
})
export type Scope = z.output<typeof Scope>

const PasswordIdentity = z.object({
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

const AccessKeyIdentity = z.object({
  access: z.object({ key: z.string() }),
  secret: z.object({ key: z.string() }),
})

/** The validity of an agency's token or of a temporary access key, s: from a quarter of an hour to a day. */
const Duration = z.int().min(900).max(86_400)

const AgencyIdentity = z
  .object({
    domain_id: z.string().optional(),
    domain_name: z.string().optional(),
    agency_name: z.string().optional(),
    /** Most clients send the name of the agency in this field. */
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
export type AgencyIdentity = z.output<typeof AgencyIdentity>

const DomainNameWire = z.strictObject({ id: z.string(), name: z.string() })

const TokenUserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain: DomainNameWire,
  password_expires_at: z.literal(''),
})
export type TokenUserWire = z.input<typeof TokenUserWire>

const TokenWire = z.strictObject({
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
export type TokenWire = z.input<typeof TokenWire>

const CatalogQuery = z.object({ nocatalog: z.string().optional() })

export const createToken = contract({
  id: 'KeystoneCreateToken',
  method: 'POST',
  path: '/v3/auth/tokens',
  summary: 'Obtain a token by password, token, access key or agency',
  authenticated: 'when signed',
  request: z.object({
    query: CatalogQuery,
    body: z.object({
      auth: z.object({
        identity: z.object({
          methods: z.array(z.string()),
          password: PasswordIdentity.optional(),
          token: z.object({ id: z.string() }).optional(),
          hw_ak_sk: AccessKeyIdentity.optional(),
          assume_role: AgencyIdentity.optional(),
        }),
        /** Keystone's clients say `unscoped` when they want to see first what there is. */
        scope: Scope.or(z.literal('unscoped')).nullish(),
      }),
    }),
  }),
  responses: { 201: TokenWire },
})

export const validateToken = contract({
  id: 'KeystoneValidateToken',
  method: 'GET',
  path: '/v3/auth/tokens',
  summary: 'Show a token',
  request: z.object({ query: CatalogQuery }),
  responses: { 200: TokenWire },
})

export const checkToken = contract({
  id: 'KeystoneCheckToken',
  method: 'HEAD',
  path: '/v3/auth/tokens',
  summary: 'Check whether a token is good',
  request: z.object({ query: CatalogQuery }),
  responses: { 200: null },
})

export const revokeToken = contract({
  id: 'KeystoneRevokeToken',
  method: 'DELETE',
  path: '/v3/auth/tokens',
  summary: 'Revoke a token',
  request: nothing,
  responses: { 204: null },
})

export const createTemporaryAccessKey = contract({
  id: 'CreateTemporaryAccessKey',
  method: 'POST',
  path: '/v3.0/OS-CREDENTIAL/securitytokens',
  summary: 'Obtain a temporary access key for oneself or for an agency',
  request: z.object({
    body: z.object({
      auth: z.object({
        identity: z.object({
          methods: z.array(z.string()),
          /** The id repeats the token of the header; only the header counts. */
          token: z.object({ id: z.string().optional(), duration_seconds: Duration.optional() }).optional(),
          assume_role: AgencyIdentity.optional(),
          policy: z.unknown().optional(),
        }),
        scope: Scope.nullish(),
      }),
    }),
  }),
  responses: {
    201: z.strictObject({
      credential: z.strictObject({
        access: z.string(),
        secret: z.string(),
        securitytoken: z.string(),
        expires_at: IamTime,
      }),
    }),
  },
})

const AccessKeyWire = z.strictObject({
  user_id: z.string(),
  access: z.string(),
  status: z.literal('active'),
  create_time: IamTime,
  description: z.string(),
})

/** The list has no secret keys: a secret key is shown once, when it is made. */
export const listPermanentAccessKeys = contract({
  id: 'ListPermanentAccessKeys',
  method: 'GET',
  path: '/v3.0/OS-CREDENTIAL/credentials',
  summary: 'List the access keys of a user',
  request: z.object({ query: z.object({ user_id: z.string().optional() }) }),
  responses: { 200: z.strictObject({ credentials: z.array(AccessKeyWire) }) },
})
