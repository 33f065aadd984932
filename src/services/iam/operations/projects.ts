import { z } from 'zod'
import { type Call, callerOf, nothing, ok, operation } from '../../../contract/operation.ts'
import {
  createProject,
  listProjects,
  type ProjectView,
  showProject,
  usableProjects,
} from '../rules/projects.ts'
import { LinkWire, ListLinksWire, linksOfList, linkTo, QueryFlag } from './wire.ts'

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
const ProjectAnswer = z.strictObject({ project: ProjectWire })
const ProjectsAnswer = z.strictObject({ projects: z.array(ProjectWire), links: ListLinksWire })

function renderProject(call: Call, project: ProjectView): z.output<typeof ProjectWire> {
  return {
    id: project.id,
    name: project.name,
    description: '',
    domain_id: project.domainId,
    parent_id: project.parentId,
    enabled: true,
    is_domain: false,
    links: linkTo(call, 'projects', project.id),
  }
}

function renderProjects(call: Call, path: string, projects: readonly ProjectView[]) {
  return {
    projects: projects.map((project) => renderProject(call, project)),
    links: linksOfList(call, path),
  }
}

const wholeNumber = (largest: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .pipe(z.number().max(largest))

const ProjectsQuery = z
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
  )

export const listAccountProjects = operation({
  id: 'KeystoneListProjects',
  method: 'GET',
  path: '/v3/projects',
  summary: 'List the projects of the account',
  request: z.object({ query: ProjectsQuery }),
  responses: { 200: ProjectsAnswer },
  handle(call, { query }) {
    const { name, domain_id: domainId, parent_id: parentId, enabled, is_domain: isDomain } = query
    const { page: number, per_page: size } = query
    const page = number === undefined || size === undefined ? undefined : { number, size }
    const filters = { name, domainId, parentId, enabled, isDomain, page }
    return ok(renderProjects(call, '/v3/projects', listProjects(call.world, callerOf(call), filters)))
  },
})

export const listOwnProjects = operation({
  id: 'KeystoneListAuthProjects',
  method: 'GET',
  path: '/v3/auth/projects',
  summary: 'List the projects that the caller may use',
  request: nothing,
  responses: { 200: ProjectsAnswer },
  handle: (call) => ok(renderProjects(call, '/v3/auth/projects', usableProjects(call.world, callerOf(call)))),
})

export const showOneProject = operation({
  id: 'KeystoneShowProject',
  method: 'GET',
  path: '/v3/projects/{project_id}',
  summary: 'Show a project',
  request: z.object({ params: z.object({ project_id: z.string() }) }),
  responses: { 200: ProjectAnswer },
  handle: (call, { params }) =>
    ok({ project: renderProject(call, showProject(call.world, callerOf(call), params.project_id)) }),
})

const NewProject = z.object({
  project: z.object({
    name: z.string().min(1).max(64),
    domain_id: z.string().nullish(),
    parent_id: z.string().nullish(),
  }),
})

export const createOneProject = operation({
  id: 'KeystoneCreateProject',
  method: 'POST',
  path: '/v3/projects',
  summary: 'Create a project',
  actions: ['iam:projects:createProject'],
  request: z.object({ body: NewProject }),
  responses: { 201: ProjectAnswer },
  handle(call, { body }) {
    const { name, domain_id, parent_id } = body.project
    const wish = { name, domainId: domain_id ?? undefined, parentId: parent_id ?? undefined }
    const project = createProject(call.world, callerOf(call), wish)
    return { status: 201, body: { project: renderProject(call, project) } }
  },
})
