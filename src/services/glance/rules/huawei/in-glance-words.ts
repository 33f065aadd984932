import { CodedRefusal } from '../../../../lib/errors.ts'
import { GlanceError } from '../../errors.ts'

/** What the image service means by a code, as Glance would answer it: what one may not see is not there. */
const STATUSES: Readonly<Record<string, number>> = {
  'IMG.0027': 404,
  'IMG.0066': 404,
  'IMG.0106': 404,
  'IMG.0114': 404,
  'IMG.0047': 403,
  'IMG.0089': 403,
  'IMG.0107': 403,
  'IMG.0108': 404,
}

/** Runs a rule of the image service for a native call, which never shows IMG codes: the status and the text stay. */
export function inGlanceWords<Result>(rule: () => Result): Result {
  try {
    return rule()
  } catch (error) {
    if (error instanceof CodedRefusal)
      throw new GlanceError(STATUSES[error.code] ?? error.status, error.message)
    throw error
  }
}
