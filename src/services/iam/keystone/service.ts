import type { AccessDenied, Refusal } from '../../../lib/errors.ts'
import type { RefusedCall } from '../../refusals.ts'
import { defineService } from '../../service.ts'
import { IamError } from '../errors.ts'
import { catalogOperations } from '../handlers/catalog.ts'
import { tokenOperations } from '../handlers/credentials.ts'
import { roleOperations } from '../handlers/keystone-roles.ts'
import { domainOperations, projectOperations } from '../handlers/keystone-tenants.ts'
import { userOperations } from '../handlers/keystone-users.ts'
import { identityParts } from '../service.ts'
import { unauthenticated } from './rights.ts'
import { scopeWithRole } from './scope.ts'

/**
 * The Keystone beside a stock Glance: tokens by password for any project in which a user has a role, and domains, projects,
 * users and roles, which an administrator may create, grant and delete.
 * @see https://docs.openstack.org/api-ref/identity/v3/
 */
export const keystone = defineService({
  ...identityParts,
  catalogue: [
    {
      type: 'identity',
      name: 'keystone',
      description: 'Keystone',
      path: '/v3',
      reach: 'region',
      interfaces: ['public', 'internal', 'admin'],
    },
  ],
  refusals: {
    ...identityParts.refusals,
    denied: ({ action }: AccessDenied) =>
      new IamError(403, `You are not authorized to perform the requested action: ${action}.`),
    method: (method, _path, allow) =>
      new IamError(405, `The method ${method} is not allowed for the requested URL. Allowed: ${allow}.`),
    path: () => new IamError(404, 'The requested URL was not found on the server.'),
    render: renderRefusal,
  },
  operations: [
    ...tokenOperations({ scope: scopeWithRole, acrossDomains: true }),
    ...domainOperations,
    ...projectOperations,
    ...userOperations,
    ...roleOperations,
    ...catalogOperations,
  ],
})

/** The code with which a gateway refuses credentials. A Keystone has no gateway before it, and refuses in its own form. */
const NOT_AUTHENTICATED = 'APIGW.0301'

function renderRefusal(refusal: Refusal, request: RefusedCall) {
  if (refusal.code !== NOT_AUTHENTICATED) return refusal.render(request)
  const reply = unauthenticated().render()
  const origin = new URL(request.url).origin
  return { ...reply, headers: { 'WWW-Authenticate': `Keystone uri="${origin}"` } }
}
