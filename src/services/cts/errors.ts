import { errorFamily } from '../../lib/errors.ts'
import entries from './errors.json' with { type: 'json' }

/** A code of the Cloud Trace Service, e.g. `CTS.0300`. */
export type CtsCode = keyof typeof entries

/**
 * The error codes of the Cloud Trace Service that concern traces, and the form in which it answers them.
 * @see https://support.huaweicloud.com/intl/en-us/api-cts/ErrorCode.html Error Codes
 */
export const ctsErrors = errorFamily<CtsCode>(entries, ({ code, status, message }) => ({
  status,
  body: { error_code: code, error_msg: message },
}))

/**
 * Makes the refusal of a code.
 * @example throw fail('CTS.0300', { limit })
 */
export const fail = ctsErrors.fail

/**
 * A code as the message of a zod rule: a request that breaks the rule is refused with the code.
 * @example z.enum(['system', 'data'], orFail('CTS.0300'))
 */
export function orFail(code: CtsCode): CtsCode {
  return code
}
