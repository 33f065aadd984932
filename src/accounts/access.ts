import { AccessDenied } from '../lib/errors.ts'
import { wireSeconds } from '../lib/time.ts'
import { findImage } from '../services/ims/queries/images.ts'
import type { World } from '../simulation/world.ts'
import type { Caller } from './caller.ts'
import { type AccessRequest, decide } from './policy/decide.ts'
import { type Rights, rightsOf } from './roles.ts'

/** What a request is about, as far as policies look at it. */
export interface Matter {
  /** The images that it names; none for lists and for what makes a new image. */
  imageIds: readonly string[]
  /** The enterprise project that it names. */
  enterpriseProject?: string | undefined
  /** True for calls on which roles in an enterprise project count. */
  byEnterpriseProject: boolean
  /** True for a list, which is cut down to the enterprise projects that the caller may see. */
  listing: boolean
  /** Where the request came from, when that is known. */
  sourceIp?: string | undefined
  userAgent?: string | undefined
}

/** The enterprise project of what was put into no other. */
const DEFAULT_ENTERPRISE_PROJECT = '0'

/**
 * Refuses a caller without the right to an action. A list that only roles in enterprise projects allow answers the ids of
 * these; everything else answers nothing. @throws AccessDenied
 */
export function checkAccess(
  world: World,
  caller: Caller,
  action: string,
  matter: Matter,
): readonly string[] | undefined {
  const rights = rightsOf(world, caller)
  const subjects = matter.imageIds.length === 0 ? [undefined] : matter.imageIds
  for (const imageId of subjects) {
    const request = accessRequest(world, caller, action, matter, imageId)
    const { allowed } = decide(
      policiesFor(rights, matter, () => enterpriseProjectOf(world, matter, imageId)),
      request,
    )
    if (allowed) continue
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

/** The enterprise project of an image, or the one that the request names. */
export function enterpriseProjectOf(world: World, matter: Matter, imageId: string | undefined): string {
  const image = imageId === undefined ? undefined : findImage(world.db, imageId)
  const named = image === undefined ? matter.enterpriseProject : image.attributes.enterprise_project_id
  return named === undefined || named === '' ? DEFAULT_ENTERPRISE_PROJECT : named
}

/** The request as a policy sees it. Most policies look at the action alone: the rest is found out when it is asked for. */
export function accessRequest(
  world: World,
  caller: Caller,
  action: string,
  matter: Matter,
  imageId: string | undefined,
): AccessRequest {
  const { region, domainId } = caller
  return {
    action,
    resource: imageId === undefined ? undefined : `ims:${region}:${domainId}:image:${imageId}`,
    get context() {
      return contextOf(world, caller, matter, imageId)
    },
  }
}

/** The condition keys that every service has, and those of the image. */
function contextOf(
  world: World,
  caller: Caller,
  matter: Matter,
  imageId: string | undefined,
): AccessRequest['context'] {
  const image = imageId === undefined ? undefined : findImage(world.db, imageId)
  const tags = image?.tags ?? []
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
      'g:EnterpriseProjectId': enterpriseProjectOf(world, matter, imageId),
    }),
    ...Object.fromEntries(tags.map(({ key, value }) => [`g:ResourceTag/${key}`, value])),
  }
}
