import { errorFamily } from '../../lib/errors.ts'
import entries from './errors.json' with { type: 'json' }

/** A code of the object service, e.g. `NoSuchKey`. */
export type ObsCode = keyof typeof entries

/** The codes of the object service. Its refusals are XML, which the service renders from the request that is refused. */
export const obsErrors = errorFamily<ObsCode>(entries, ({ status, code, message }) => ({
  status,
  body: { code, message },
}))

/**
 * Makes the refusal of a code.
 * @example throw obsError('NoSuchKey', { key })
 */
export const obsError = obsErrors.fail
