import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../contract/openapi.ts'
import { describeLimits } from '../../lib/json.ts'
import { type BrokenRule, defineService } from '../service.ts'
import { IamError } from './errors.ts'
import { accountOperations } from './handlers/accounts.ts'
import { catalogOperations } from './handlers/catalog.ts'
import { credentialOperations } from './handlers/credentials.ts'

const IamRefusal = z
  .strictObject({ error: z.strictObject({ code: z.int(), message: z.string(), title: z.string() }) })
  .meta({ id: 'IamError', description: 'The identity service refuses; the code is the status.' })

const sentence = ({ path, message }: BrokenRule) => (path === '' ? message : `${path}: ${message}`)

/** Identity and Access Management: the calls that clients make before those about images. */
export const iam = defineService({
  id: 'iam',
  title: 'Identity',
  description: 'Tokens, temporary keys, projects, users and the catalogue.',
  catalogue: [
    {
      type: 'identity',
      name: 'iam',
      description: 'Identity and Access Management',
      path: '/v3',
      reach: 'both',
    },
  ],
  refusals: {
    invalid: (broken) => new IamError(400, sentence(broken)),
    denied: ({ message }) => new IamError(403, message),
    missingBody: () => new IamError(400, 'The request has no body.'),
    malformedBody: () => new IamError(400, 'The body is not JSON.'),
    tooLargeBody: (limits) => new IamError(413, `The body is too large: ${describeLimits(limits)}.`),
    injected: ({ coded, status, text }) => coded ?? new IamError(status, text),
  },
  refusalSchema: refusalDescription('IamRefusal', jsonRefusals(IamRefusal)),
  operations: [...credentialOperations, ...accountOperations, ...catalogOperations],
})
