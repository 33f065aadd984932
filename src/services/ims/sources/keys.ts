import type { RequestContext } from '../../../contract/call.ts'
import { findKey, isGranted } from '../../kms/tables.ts'
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

/**
 * Checks the key of a new image.
 * @throws CodedRefusal IMG.0095 for an unknown key, IMG.0099 for one the caller may not use, IMG.0097 for a disabled one.
 */
export function checkKey(context: RequestContext, keyId: string): void {
  check(context, keyId, NEW_KEY)
}

/**
 * Checks the keys of encrypted disks that an image is made of: the image is encrypted with the same keys.
 * @throws CodedRefusal IMG.0095, IMG.0099, IMG.0097
 */
export function checkKeysOfDisks(context: RequestContext, disks: readonly { keyId: string | null }[]): void {
  for (const { keyId } of disks) if (keyId !== null) check(context, keyId, NEW_KEY)
}

/** Checks the key of an image that is read, as `checkKey` does. @throws CodedRefusal IMG.0101, IMG.0103, IMG.0102 */
export function checkOriginalKey(context: RequestContext, keyId: string): void {
  check(context, keyId, ORIGINAL_KEY)
}

function check(context: RequestContext, keyId: string, codes: KeyCodes): void {
  const { world, caller } = context
  const key = findKey(world.db, keyId)
  if (key === undefined) throw fail(codes.missing, { keyId })
  if (key.projectId !== caller.projectId && !isGranted(key, caller)) throw fail(codes.forbidden, { keyId })
  if (key.state !== 'enabled') throw fail(codes.disabled, { keyId, state: key.state })
}
