import { AccessDenied } from '../lib/errors.ts'
import { wireSeconds } from '../lib/time.ts'
import type { NamedResources, Resource, ResourceKind } from '../simulation/cloud.ts'
import type { World } from '../simulation/world.ts'
import type { Caller } from './caller.ts'
import { type AccessRequest, decide } from './policy/decide.ts'
import { DEFAULT_ENTERPRISE_PROJECT } from './queries/enterprise.ts'
import { type Rights, rightsOf } from './roles.ts'

/** What a request is about, as far as policies look at it. */
export interface Matter {
  /** The resources that it names; undefined for lists and for requests that make a new resource. */
  resources: NamedResources | undefined
  /** The enterprise project that it names. */
  enterpriseProject?: string | undefined
  /** True for calls on which roles in an enterprise project count. */
  byEnterpriseProject: boolean
  /** True for a list, which is cut down to the enterprise projects that the caller may see. */
  listing: boolean
  /** The address that the request came from, when it is known. */
  sourceIp?: string | undefined
  userAgent?: string | undefined
}

/** One resource that a request names. It need not exist: policies also match its URN. */
export interface Subject {
  kind: ResourceKind
  id: string
  /** Looks the resource up; undefined when there is none. */
  find(): Resource | undefined
}

/** The resources of a request one by one; a request that names none has one undefined subject. */
export function subjectsOf(world: World, { resources }: Matter): readonly (Subject | undefined)[] {
  if (resources === undefined || resources.ids.length === 0) return [undefined]
  const { kind, ids } = resources
  return ids.map((id) => {
    let found: { resource: Resource | undefined } | undefined
    return {
      kind,
      id,
      find() {
        found ??= { resource: kind.find(world, id) }
        return found.resource
      },
    }
  })
}

/**
 * Checks that a caller has the right to an action on every resource of a request. For a list that only roles in enterprise
 * projects allow, it returns the ids of these projects; otherwise undefined.
 * @throws AccessDenied
 */
export function checkAccess(
  world: World,
  caller: Caller,
  action: string,
  matter: Matter,
): readonly string[] | undefined {
  const rights = rightsOf(world, caller)
  for (const subject of subjectsOf(world, matter)) {
    const request = accessRequest(world, caller, action, matter, subject)
    const policies = policiesFor(rights, matter, () => enterpriseProjectOf(matter, subject))
    if (decide(policies, request).allowed) continue
    const visible = matter.listing ? allowedEnterpriseProjects(rights, matter, request) : []
    if (visible.length === 0) throw new AccessDenied(action)
    return visible
  }
  return undefined
}

/** The policies that count for a request: those of the whole project, and those of its enterprise project. */
export function policiesFor(rights: Rights, matter: Matter, enterpriseProject: () => string) {
  if (!matter.byEnterpriseProject || rights.inEnterpriseProject.size === 0) return rights.everywhere
  return [...rights.everywhere, ...(rights.inEnterpriseProject.get(enterpriseProject()) ?? [])]
}

function allowedEnterpriseProjects(rights: Rights, matter: Matter, request: AccessRequest): string[] {
  if (!matter.byEnterpriseProject || namesOne(matter)) return []
  return [...rights.inEnterpriseProject].flatMap(([id, policies]) =>
    decide([...rights.everywhere, ...policies], request).allowed ? [id] : [],
  )
}

function namesOne({ enterpriseProject }: Matter): boolean {
  return enterpriseProject !== undefined && enterpriseProject !== 'all_granted_eps'
}

/** The enterprise project of a resource, or the one that the request names. */
export function enterpriseProjectOf(matter: Matter, subject: Subject | undefined): string {
  const resource = subject?.find()
  const named = resource === undefined ? matter.enterpriseProject : resource.enterpriseProject
  return named === undefined || named === '' ? DEFAULT_ENTERPRISE_PROJECT : named
}

/** The request as a policy sees it. Most policies look at the action alone, so the context is computed when it is read. */
export function accessRequest(
  world: World,
  caller: Caller,
  action: string,
  matter: Matter,
  subject: Subject | undefined,
): AccessRequest {
  const { region, domainId } = caller
  return {
    action,
    resource: subject && `${subject.kind.service}:${region}:${domainId}:${subject.kind.type}:${subject.id}`,
    get context() {
      return contextOf(world, caller, matter, subject)
    },
  }
}

/** The condition keys that every service has, and those of the resource. */
function contextOf(
  world: World,
  caller: Caller,
  matter: Matter,
  subject: Subject | undefined,
): AccessRequest['context'] {
  const tags = subject?.find()?.tags ?? []
  return {
    'g:CurrentTime': wireSeconds(world.clock.now()),
    'g:UserId': caller.userId,
    'g:UserName': caller.userName,
    'g:DomainId': caller.domainId,
    'g:DomainName': caller.domainName,
    'g:ProjectId': caller.projectId,
    'g:ProjectName': caller.projectName,
    'g:PrincipalAccount': caller.userDomainId,
    'g:RequestedRegion': caller.region,
    'g:SecureTransport': 'false',
    'g:MFAPresent': 'false',
    ...(matter.sourceIp !== undefined && { 'g:SourceIp': matter.sourceIp }),
    ...(matter.userAgent !== undefined && { 'g:UserAgent': matter.userAgent }),
    ...(matter.byEnterpriseProject && {
      'g:EnterpriseProjectId': enterpriseProjectOf(matter, subject),
    }),
    ...Object.fromEntries(tags.map(({ key, value }) => [`g:ResourceTag/${key}`, value])),
  }
}
