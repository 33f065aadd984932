import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../contract/openapi.ts'
import type { AccessDenied } from '../../lib/errors.ts'
import { describeLimits, type JsonLimits } from '../../lib/json.ts'
import type { BrokenRule, InjectedRefusal } from '../refusals.ts'
import { defineService } from '../service.ts'
import { IamError } from './errors.ts'
import { accountOperations } from './handlers/accounts.ts'
import { catalogOperations } from './handlers/catalog.ts'
import { accessKeyOperations, tokenOperations } from './handlers/credentials.ts'
import { otcCatalogue } from './otc-catalogue.ts'
import { scopeInAccount } from './principal.ts'

const IamRefusal = z
  .strictObject({ error: z.strictObject({ code: z.int(), message: z.string(), title: z.string() }) })
  .meta({ id: 'IamError', description: 'The identity service refuses; the code is the status.' })

const sentence = ({ path, message }: BrokenRule) => (path === '' ? message : `${path}: ${message}`)

/** The parts of the service that both editions share. */
export const identityParts = {
  id: 'iam',
  title: 'Identity',
  description: 'Tokens, temporary keys, projects, users and the catalogue.',
  catalogue: [
    {
      type: 'identity',
      name: 'iam',
      description: 'Identity and Access Management',
      path: '/v3',
      reach: 'both' as const,
    },
  ],
  refusals: {
    invalid: (broken: BrokenRule) => new IamError(400, sentence(broken)),
    denied: ({ message }: AccessDenied) => new IamError(403, message),
    missingBody: () => new IamError(400, 'The request has no body.'),
    malformedBody: () => new IamError(400, 'The body is not JSON.'),
    tooLargeBody: (limits: JsonLimits) =>
      new IamError(413, `The body is too large: ${describeLimits(limits)}.`),
    injected: ({ coded, status, text }: InjectedRefusal) => coded ?? new IamError(status, text),
  },
  refusalSchema: refusalDescription('IamRefusal', jsonRefusals(IamRefusal)),
}

/** Identity and Access Management: the calls that clients make before those about images. */
export const iam = defineService({
  ...identityParts,
  catalogue: [...identityParts.catalogue, ...otcCatalogue],
  operations: [
    ...tokenOperations({ scope: scopeInAccount, acrossDomains: false }),
    ...accessKeyOperations,
    ...accountOperations,
    ...catalogOperations,
  ],
})
