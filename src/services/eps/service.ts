import { z } from 'zod'
import { jsonRefusals, refusalDescription } from '../../contract/openapi.ts'
import { defineService } from '../service.ts'
import { epsErrors, fail } from './errors.ts'
import { epsOperations } from './handlers.ts'

const EpsRefusal = z
  .strictObject({ error: z.strictObject({ error_code: z.string(), error_msg: z.string() }) })
  .meta({ id: 'EpsError', description: 'The service of enterprise projects refuses (`EPS.…`).' })

/** Enterprise Project Management, as far as clients of images need it. */
export const eps = defineService({
  id: 'eps',
  title: 'Enterprise projects',
  description: 'Enterprise projects and the images in them.',
  catalogue: [
    { type: 'eps', name: 'eps', description: 'Enterprise Project Management', path: '', reach: 'everywhere' },
  ],
  errors: epsErrors,
  refusals: {
    invalid: ({ path, message }) => fail(epsErrors.has(message) ? message : 'EPS.0002', { path, message }),
    denied: ({ action, message }) =>
      fail('EPS.0004', { action }, { text: `${epsErrors.table['EPS.0004'].message} ${message}` }),
    missingBody: () => fail('EPS.0002'),
    malformedBody: () => fail('EPS.0002', { found: 'not JSON' }),
  },
  refusalSchema: refusalDescription('EpsRefusal', jsonRefusals(EpsRefusal)),
  dropsNulls: true,
  operations: epsOperations,
})
