import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../contract/openapi.ts'
import { defineService } from '../service.ts'
import { ctsErrors, fail } from './errors.ts'
import { ctsOperations, foreignProject } from './handlers.ts'
import { recordTrace } from './record.ts'

const CtsRefusal = z
  .strictObject({ error_code: z.string(), error_msg: z.string() })
  .meta({ id: 'CtsError', description: 'The Cloud Trace Service refuses (`CTS.…`).' })

/**
 * Cloud Trace Service: what calls of the other services left in the audit. It knows none of them: each contract tells the name
 * of its trace.
 */
export const cts = defineService({
  id: 'cts',
  title: 'Cloud Trace Service',
  description: 'The audit: who called what, when, and how it was answered.',
  catalogue: [{ type: 'cts', name: 'cts', description: 'Cloud Trace Service', path: '', reach: 'region' }],
  errors: ctsErrors,
  refusals: {
    invalid: ({ path, message }) => fail(ctsErrors.has(message) ? message : 'CTS.0300', { path, message }),
    denied: ({ action, message }) =>
      fail('CTS.0013', { action }, { text: `${ctsErrors.table['CTS.0013'].message} ${message}` }),
    missingBody: () => fail('CTS.0003'),
    malformedBody: () => fail('CTS.0003', { found: 'not JSON' }),
  },
  refusalSchema: refusalDescription('CtsRefusal', jsonRefusals(CtsRefusal)),
  callers: { foreignProject },
  operations: ctsOperations,
  audit: recordTrace,
})
