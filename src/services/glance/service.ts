import { z } from 'zod'
import { gatewayErrors } from '../../accounts/gateway-errors.ts'
import { jsonRefusals, refusalDescription } from '../../contract/openapi.ts'
import type { Operation } from '../../contract/operation.ts'
import { ImsRefusal } from '../ims/errors.ts'
import type { InjectedRefusal } from '../refusals.ts'
import type { Edition } from './contract/glance-contract.ts'
import { GlanceError, tooLargeBody } from './errors.ts'
import { dataOperations, importOperations, infoOperations, storeOperations } from './handlers/data.ts'
import type { GlanceOperation } from './handlers/glance-operation.ts'
import { imageOperations, statusOperations, tagOperations } from './handlers/images.ts'
import { cacheOperations, schemaOperations } from './handlers/info.ts'
import { memberOperations } from './handlers/members.ts'
import { imageTaskOperations, taskOperations } from './handlers/tasks.ts'
import { v1Operations, versionOperations } from './handlers/v1.ts'
import { glanceImportJobs } from './rules/import.ts'

const GlanceRefusal = z
  .strictObject({ message: z.string(), code: z.string(), title: z.string() })
  .meta({ id: 'GlanceError', description: 'Glance refuses; the code is the status line.' })

const text = { schema: z.string() }

/** The parts of the service that both editions share. */
export const glanceParts = {
  id: 'glance',
  aliases: ['openstack'],
  hosts: ['ims'],
  title: 'OpenStack Image API',
  description: 'The same images as Glance shows them.',
  catalogue: [
    {
      type: 'image',
      name: 'glance',
      description: 'Image Management Service',
      path: '',
      reach: 'region' as const,
    },
  ],
  jobKinds: [glanceImportJobs],
  refusals: {
    invalid: ({ path, message }: { path: string; message: string }) =>
      new GlanceError(400, path === '' ? message : `Invalid value for ${path}: ${message}`),
    denied: ({ message }: { message: string }) => new GlanceError(403, message),
    missingBody: () => new GlanceError(400, 'JSON body expected in request'),
    malformedBody: () => new GlanceError(400, 'Malformed JSON in request body.'),
    tooLargeBody,
    method: (method: string) =>
      new GlanceError(405, `The method ${method} is not allowed for this resource.`),
    path: () => new GlanceError(404, 'The resource could not be found.'),
    // Glance answers with a status and a sentence. Codes come from the gateway before it.
    injected: ({ coded, status, text: sentence }: InjectedRefusal) =>
      coded !== undefined && gatewayErrors.has(coded.code) ? coded : new GlanceError(status, sentence),
  },
  refusalSchema: refusalDescription('GlanceRefusal', {
    ...jsonRefusals(GlanceRefusal, ImsRefusal),
    'text/html': text,
    'text/plain': text,
  }),
}

/** All operations. Those of one path stand in the order in which Glance names their methods. */
const glanceOperations: readonly GlanceOperation[] = [
  ...versionOperations,
  ...schemaOperations,
  ...imageOperations,
  ...imageTaskOperations,
  ...importOperations,
  ...statusOperations,
  ...dataOperations,
  ...tagOperations,
  ...memberOperations,
  ...storeOperations,
  ...taskOperations,
  ...infoOperations,
  ...cacheOperations,
  ...v1Operations,
]

/** The operations of an edition. */
export function operationsOf(edition: Edition): Operation[] {
  return glanceOperations
    .filter((operation) => operation.edition === undefined || operation.edition === edition)
    .map((operation) => operation.inEdition(edition))
}
