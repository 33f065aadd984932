import { z } from 'zod'
import { callerOf, nothing, ok, operation } from '../../../contract/operation.ts'
import { LinkWire, ListLinksWire, linksOfList, linkTo } from './wire.ts'

const DomainWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  enabled: z.literal(true),
  links: LinkWire,
})

/** Clients take the first and only one for their own account. */
export const listOwnDomains = operation({
  id: 'KeystoneListAuthDomains',
  method: 'GET',
  path: '/v3/auth/domains',
  summary: 'List the account of the caller',
  request: nothing,
  responses: { 200: z.strictObject({ domains: z.array(DomainWire), links: ListLinksWire }) },
  handle(call) {
    const { domainId: id, domainName: name } = callerOf(call)
    const domain = { id, name, description: '', enabled: true, links: linkTo(call, 'domains', id) }
    return ok({ domains: [domain], links: linksOfList(call, '/v3/auth/domains') })
  },
})
