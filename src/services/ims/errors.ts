import { z } from 'zod'
import { errorFamily } from '../../lib/errors.ts'
import entries from './errors.json' with { type: 'json' }

/** A code of the image service, e.g. `IMG.0001`. */
export type ImsCode = keyof typeof entries

/**
 * The error codes of the image service, and the form of its errors.
 * @see https://support.huaweicloud.com/en-us/api-ims/ims_03_0908.html Error Codes
 */
export const imsErrors = errorFamily<ImsCode>(entries, ({ code, status, message, fields }) => ({
  status,
  body: { error: { code, message }, ...fields },
}))

/**
 * Makes the refusal of a code.
 * @example throw fail('IMG.0015', { limit, used })
 */
export const fail = imsErrors.fail

/**
 * A code as the message of a zod rule: a request that breaks the rule is refused with the code.
 * @example z.string(orFail('IMG.0002'))
 */
export function orFail(code: ImsCode): ImsCode {
  return code
}

/** A refusal of the image service as the OpenAPI document describes it. */
export const ImsRefusal = z
  .looseObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })
  .meta({ id: 'ImsError', description: 'The image service refuses (`IMG.…`).' })
