import { z } from 'zod'
import { type EpsCode, orFail } from '../errors.ts'

/**
 * The fields of requests for enterprise projects. The message of every rule is the EPS code that breaking it causes: the
 * pipeline answers the code of the first broken rule, in the order of the fields.
 */

/** The id of an enterprise project in a path. */
export const EnterpriseProjectParams = z.object({ enterprise_project_id: z.string() })

/** Han, letters, digits, `_` and `-`; `default`, in whatever case, is the name of the one that everybody has. */
export const EnterpriseProjectName = z
  .string(orFail('EPS.0007'))
  .regex(/^[\p{Script=Han}\w-]{1,255}$/u, orFail('EPS.0007'))
  .refine((name) => name.toLowerCase() !== 'default', orFail('EPS.0007'))

export const EnterpriseProjectDescription = z.string(orFail('EPS.0008')).max(512, orFail('EPS.0008'))

const LARGEST_PAGE = 1000

const digits = (code: EpsCode) =>
  z
    .string(code)
    .regex(/^\d{1,9}$/, code)
    .transform(Number)

/** How many at most, as a query has it. A page of none tells how many there are. */
export const LimitText = digits(orFail('EPS.0017'))
  .refine((limit) => limit <= LARGEST_PAGE, orFail('EPS.0017'))
  .default(LARGEST_PAGE)

/** How many to pass over, as a query has it. */
export const OffsetText = digits(orFail('EPS.0018')).default(0)

/** How many at most, as a body has it. */
export const Limit = z
  .int(orFail('EPS.0017'))
  .min(0, orFail('EPS.0017'))
  .max(LARGEST_PAGE, orFail('EPS.0017'))
  .default(LARGEST_PAGE)

/** How many to pass over, as a body has it. */
export const Offset = z.int(orFail('EPS.0018')).min(0, orFail('EPS.0018')).default(0)
