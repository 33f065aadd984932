import { errorFamily } from '../../lib/errors.ts'
import entries from './errors.json' with { type: 'json' }

/** A code of the service of enterprise projects, e.g. `EPS.0001`. */
export type EpsCode = keyof typeof entries

/** The error codes of the service of enterprise projects and the form in which it answers them. */
export const epsErrors = errorFamily<EpsCode>(entries, ({ code, status, message }) => ({
  status,
  body: { error: { error_code: code, error_msg: message } },
}))

/**
 * Makes the refusal of a code.
 * @example throw fail('EPS.0005', { enterpriseProject: id })
 */
export const fail = epsErrors.fail

/**
 * A code as the message of a zod rule: a request that breaks the rule is refused with the code.
 * @example z.string(orFail('EPS.0002'))
 */
export function orFail(code: EpsCode): EpsCode {
  return code
}
