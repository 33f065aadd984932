import { errorFamily } from '../lib/errors.ts'
import entries from './gateway-errors.json' with { type: 'json' }

/** A code of the API gateway that stands before every service, e.g. `APIGW.0301`. */
export type GatewayCode = keyof typeof entries

/** The codes with which the gateway refuses a request before its service sees it. */
export const gatewayErrors = errorFamily<GatewayCode>(
  entries,
  ({ code, status, message, fields }, { requestId }) => ({
    status,
    body: { error_code: code, error_msg: message, request_id: requestId, ...fields },
  }),
)

/**
 * Makes the refusal of a gateway code.
 * @example throw gatewayError('APIGW.0301', { reason: 'decrypt token fail' })
 */
export const gatewayError = gatewayErrors.fail
