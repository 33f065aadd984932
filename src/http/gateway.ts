import { gatewayError } from '../accounts/gateway-errors.ts'
import { jsonRefusals, refusalDescription } from '../contract/openapi-refusals.ts'
import { defineService } from '../services/service.ts'
import type { ServedService } from './enter.ts'

/** The API gateway before all services. It has no operations, and answers the paths that belong to no service. */
export const gateway: ServedService = defineService({
  id: 'gateway',
  title: 'API gateway',
  description: 'What stands before every service.',
  refusals: {
    invalid: ({ path, message }) => gatewayError('APIGW.0101', { path, message }),
    denied: ({ action }) => gatewayError('APIGW.0301', { action }),
    missingBody: () => gatewayError('APIGW.0101'),
    malformedBody: () => gatewayError('APIGW.0101'),
  },
  refusalSchema: refusalDescription('GatewayRefusal', jsonRefusals()),
  operations: [],
})
