import type { Operation } from '../../../contract/operation.ts'
import { listPermanentAccessKeys } from './access-keys.ts'
import { listAllEndpoints, listAllServices, showCatalog } from './catalog.ts'
import { listOwnDomains } from './domains.ts'
import { createOneProject, listAccountProjects, listOwnProjects, showOneProject } from './projects.ts'
import { listAllRegions, showOneRegion } from './regions.ts'
import { createSecurityToken } from './security-tokens.ts'
import { checkToken, createUserToken, deleteToken, showToken } from './tokens.ts'
import { listAccountUsers, showOneUser } from './users.ts'
import { showIamVersion, showIamVersionAtSlash } from './version.ts'

/** The operations of the identity service: what clients call before they come to images. */
export const iamOperations: readonly Operation[] = [
  showIamVersion,
  showIamVersionAtSlash,
  createUserToken,
  showToken,
  checkToken,
  deleteToken,
  showCatalog,
  listOwnProjects,
  listOwnDomains,
  listAccountProjects,
  createOneProject,
  showOneProject,
  listAllRegions,
  showOneRegion,
  listAccountUsers,
  showOneUser,
  listAllServices,
  listAllEndpoints,
  createSecurityToken,
  listPermanentAccessKeys,
]
