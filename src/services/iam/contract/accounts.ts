import { z } from 'zod'
import { contract, nothing } from '../../../contract/operation.ts'
import { LinkWire, ListLinksWire } from './catalog.ts'

/** `true` and `false` in a query, in any letter case: some clients write them as their programming language does. */
export const QueryFlag = z
  .string()
  .regex(/^(?:true|false)$/i, 'must be true or false')
  .transform((text) => text.toLowerCase() === 'true')

const DomainWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  enabled: z.literal(true),
  links: LinkWire,
})

/** Clients take the first and only domain as their own account. */
export const listAuthDomains = contract({
  id: 'KeystoneListAuthDomains',
  method: 'GET',
  path: '/v3/auth/domains',
  summary: 'List the account of the caller',
  request: nothing,
  responses: { 200: z.strictObject({ domains: z.array(DomainWire), links: ListLinksWire }) },
})

const ProjectWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  domain_id: z.string(),
  parent_id: z.string(),
  enabled: z.literal(true),
  is_domain: z.literal(false),
  links: LinkWire,
})
export type ProjectWire = z.input<typeof ProjectWire>

const OneProject = z.strictObject({ project: ProjectWire })
const ProjectList = z.strictObject({ projects: z.array(ProjectWire), links: ListLinksWire })

const wholeNumber = (largest: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .pipe(z.number().max(largest))

export const listProjects = contract({
  id: 'KeystoneListProjects',
  method: 'GET',
  path: '/v3/projects',
  summary: 'List the projects of the account',
  request: z.object({
    query: z
      .object({
        name: z.string().optional(),
        domain_id: z.string().optional(),
        parent_id: z.string().optional(),
        enabled: QueryFlag.optional(),
        is_domain: QueryFlag.optional(),
        page: wholeNumber(999_999_999).optional(),
        per_page: wholeNumber(5000).optional(),
      })
      .refine(
        ({ page, per_page }) => (page === undefined) === (per_page === undefined),
        'page and per_page must be sent together',
      ),
  }),
  responses: { 200: ProjectList },
})

export const listAuthProjects = contract({
  id: 'KeystoneListAuthProjects',
  method: 'GET',
  path: '/v3/auth/projects',
  summary: 'List the projects that the caller may use',
  request: nothing,
  responses: { 200: ProjectList },
})

export const showProject = contract({
  id: 'KeystoneShowProject',
  method: 'GET',
  path: '/v3/projects/{project_id}',
  summary: 'Show a project',
  request: z.object({ params: z.object({ project_id: z.string() }) }),
  responses: { 200: OneProject },
})

export const createProject = contract({
  id: 'KeystoneCreateProject',
  method: 'POST',
  path: '/v3/projects',
  summary: 'Create a project',
  actions: ['iam:projects:createProject'],
  request: z.object({
    body: z.object({
      project: z.object({
        name: z.string().min(1).max(64),
        domain_id: z.string().nullish(),
        parent_id: z.string().nullish(),
      }),
    }),
  }),
  responses: { 201: OneProject },
})

const UserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  domain_id: z.string(),
  enabled: z.boolean(),
  default_project_id: z.string(),
  last_project_id: z.string(),
  /** Passwords never expire here. */
  password_expires_at: z.null(),
  /** No user has to change the password. */
  pwd_status: z.literal(false),
  links: LinkWire,
})
export type UserWire = z.input<typeof UserWire>

export const listUsers = contract({
  id: 'KeystoneListUsers',
  method: 'GET',
  path: '/v3/users',
  summary: 'List the users of the account',
  actions: ['iam:users:listUsers'],
  request: z.object({
    query: z.object({
      name: z.string().optional(),
      domain_id: z.string().optional(),
      enabled: QueryFlag.optional(),
    }),
  }),
  responses: { 200: z.strictObject({ users: z.array(UserWire), links: ListLinksWire }) },
})

export const showUser = contract({
  id: 'KeystoneShowUser',
  method: 'GET',
  path: '/v3/users/{user_id}',
  summary: 'Show a user',
  request: z.object({ params: z.object({ user_id: z.string() }) }),
  responses: { 200: z.strictObject({ user: UserWire }) },
})
