import type { RequestContext } from '../../../contract/call.ts'
import { findKey } from '../../kms/tables.ts'
import { fail, type ImsCode } from '../errors.ts'

interface KeyCodes {
  missing: ImsCode
  forbidden: ImsCode
  disabled: ImsCode
}

/** The key that a new image is encrypted with. */
const NEW_KEY: KeyCodes = { missing: 'IMG.0095', forbidden: 'IMG.0099', disabled: 'IMG.0097' }
/** The key that an image to be copied is encrypted with. */
const ORIGINAL_KEY: KeyCodes = { missing: 'IMG.0101', forbidden: 'IMG.0103', disabled: 'IMG.0102' }

/** Refuses a key to encrypt with that is not there (IMG.0095), not the caller's to use (IMG.0099) or not enabled (IMG.0097). */
export function checkKey(context: RequestContext, keyId: string): void {
  check(context, keyId, NEW_KEY)
}

/** As `checkKey`, for the key of an image that is read: IMG.0101, IMG.0103, IMG.0102. */
export function checkOriginalKey(context: RequestContext, keyId: string): void {
  check(context, keyId, ORIGINAL_KEY)
}

function check(context: RequestContext, keyId: string, codes: KeyCodes): void {
  const { world, caller } = context
  const key = findKey(world.db, keyId)
  if (key === undefined) throw fail(codes.missing, { keyId })
  if (key.projectId !== caller.projectId && !key.grants.includes(caller.projectId))
    throw fail(codes.forbidden, { keyId })
  if (key.state !== 'enabled') throw fail(codes.disabled, { keyId, state: key.state })
}
