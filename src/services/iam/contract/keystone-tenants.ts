import { z } from 'zod'
import { contract, nothing } from '../../../contract/operation.ts'
import { QueryFlag } from './accounts.ts'
import { LinkWire, ListLinksWire } from './catalog.ts'

/** Names of domains and projects have up to 64 characters, as in Keystone. */
const TenantName = z.string().min(1).max(64)

/** What Keystone shows of everything, and what is always empty here. */
export const KEYSTONE_PARTS = { options: z.strictObject({}), links: LinkWire }

const DomainWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  tags: z.tuple([]),
  ...KEYSTONE_PARTS,
})
export type DomainWire = z.input<typeof DomainWire>

const OneDomain = z.strictObject({ domain: DomainWire })
const DomainParams = z.object({ domain_id: z.string() })

export const listDomains = contract({
  id: 'KeystoneListDomains',
  method: 'GET',
  path: '/v3/domains',
  summary: 'List domains',
  actions: ['iam:domains:listDomains'],
  request: z.object({
    query: z.object({ name: z.string().optional(), enabled: QueryFlag.optional() }),
  }),
  responses: { 200: z.strictObject({ domains: z.array(DomainWire), links: ListLinksWire }) },
})

export const createDomain = contract({
  id: 'KeystoneCreateDomain',
  method: 'POST',
  path: '/v3/domains',
  summary: 'Create a domain',
  actions: ['iam:domains:createDomain'],
  request: z.object({
    body: z.object({
      domain: z.object({
        name: TenantName,
        description: z.string().nullish(),
        enabled: z.boolean().optional(),
      }),
    }),
  }),
  responses: { 201: OneDomain },
})

/** Callers may always see their own domain. */
export const showDomain = contract({
  id: 'KeystoneShowDomain',
  method: 'GET',
  path: '/v3/domains/{domain_id}',
  summary: 'Show a domain',
  request: z.object({ params: DomainParams }),
  responses: { 200: OneDomain },
})

export const updateDomain = contract({
  id: 'KeystoneUpdateDomain',
  method: 'PATCH',
  path: '/v3/domains/{domain_id}',
  summary: 'Change a domain',
  actions: ['iam:domains:updateDomain'],
  request: z.object({
    params: DomainParams,
    body: z.object({
      domain: z.object({
        name: TenantName.optional(),
        description: z.string().nullish(),
        enabled: z.boolean().optional(),
      }),
    }),
  }),
  responses: { 200: OneDomain },
})

export const deleteDomain = contract({
  id: 'KeystoneDeleteDomain',
  method: 'DELETE',
  path: '/v3/domains/{domain_id}',
  summary: 'Delete a domain that is disabled, with its projects and users',
  actions: ['iam:domains:deleteDomain'],
  request: z.object({ params: DomainParams }),
  responses: { 204: null },
})

const ProjectWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  domain_id: z.string(),
  parent_id: z.string(),
  enabled: z.boolean(),
  is_domain: z.literal(false),
  tags: z.tuple([]),
  ...KEYSTONE_PARTS,
})
export type KeystoneProjectWire = z.input<typeof ProjectWire>

const OneProject = z.strictObject({ project: ProjectWire })
const ProjectList = z.strictObject({ projects: z.array(ProjectWire), links: ListLinksWire })
const ProjectParams = z.object({ project_id: z.string() })

export const listProjects = contract({
  id: 'KeystoneAdminListProjects',
  method: 'GET',
  path: '/v3/projects',
  summary: 'List projects',
  actions: ['iam:projects:listProjects'],
  request: z.object({
    query: z.object({
      name: z.string().optional(),
      domain_id: z.string().optional(),
      parent_id: z.string().optional(),
      enabled: QueryFlag.optional(),
      is_domain: QueryFlag.optional(),
    }),
  }),
  responses: { 200: ProjectList },
})

export const listAuthProjects = contract({
  id: 'KeystoneListUsableProjects',
  method: 'GET',
  path: '/v3/auth/projects',
  summary: 'List the projects that the caller may use',
  request: nothing,
  responses: { 200: ProjectList },
})

export const listUserProjects = contract({
  id: 'KeystoneListProjectsForUser',
  method: 'GET',
  path: '/v3/users/{user_id}/projects',
  summary: 'List the projects in which a user has a role',
  request: z.object({ params: z.object({ user_id: z.string() }) }),
  responses: { 200: ProjectList },
})

export const createProject = contract({
  id: 'KeystoneAdminCreateProject',
  method: 'POST',
  path: '/v3/projects',
  summary: 'Create a project',
  actions: ['iam:projects:createProject'],
  request: z.object({
    body: z.object({
      project: z.object({
        name: TenantName,
        domain_id: z.string().nullish(),
        parent_id: z.string().nullish(),
        description: z.string().nullish(),
        enabled: z.boolean().optional(),
      }),
    }),
  }),
  responses: { 201: OneProject },
})

/** Callers may always see the projects in which they have a role. */
export const showProject = contract({
  id: 'KeystoneAdminShowProject',
  method: 'GET',
  path: '/v3/projects/{project_id}',
  summary: 'Show a project',
  request: z.object({ params: ProjectParams }),
  responses: { 200: OneProject },
})

export const updateProject = contract({
  id: 'KeystoneUpdateProject',
  method: 'PATCH',
  path: '/v3/projects/{project_id}',
  summary: 'Change a project',
  actions: ['iam:projects:updateProject'],
  request: z.object({
    params: ProjectParams,
    body: z.object({
      project: z.object({
        name: TenantName.optional(),
        description: z.string().nullish(),
        enabled: z.boolean().optional(),
      }),
    }),
  }),
  responses: { 200: OneProject },
})

export const deleteProject = contract({
  id: 'KeystoneDeleteProject',
  method: 'DELETE',
  path: '/v3/projects/{project_id}',
  summary: 'Delete a project; images of it are kept',
  actions: ['iam:projects:deleteProject'],
  request: z.object({ params: ProjectParams }),
  responses: { 204: null },
})
