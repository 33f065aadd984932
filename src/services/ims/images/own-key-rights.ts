import { z } from 'zod'
import { checkAccess } from '../../../accounts/access.ts'
import type { RequestContext } from '../../../contract/call.ts'
import type { RawRequest } from '../../../contract/operation.ts'
import { AccessDenied } from '../../../lib/errors.ts'
import { safeParse } from '../../../lib/parse.ts'
import type { ResourceKind } from '../../../simulation/cloud.ts'
import { findVolume, systemVolumeOf } from '../../evs/queries.ts'
import { fail, imsErrors } from '../errors.ts'
import { findVisibleImage } from './find.ts'

/** What a caller has to be allowed with the key of an image that is read, and of one that is made. */
export const KEY_ACTIONS = { read: 'kms:cmk:get', encrypt: 'kms:dek:create' } as const

/** Keys as policies name them; the statements that a policy makes about single keys count. */
const keyKind: ResourceKind = {
  service: 'kms',
  type: 'KeyId',
  param: 'key_id',
  fields: { one: [], many: [] },
  find: () => undefined,
}

/** The fields of the requests in safe mode that lead to keys. Others, and malformed ones, are left to the call itself. */
const Named = z.object({
  cmk_id: z.string().optional().catch(undefined),
  instance_id: z.string().optional().catch(undefined),
  volume_id: z.string().optional().catch(undefined),
  data_images: z
    .array(z.object({ volume_id: z.string().optional().catch(undefined) }).catch({}))
    .catch([])
    .default([]),
})

/**
 * Checks that a caller may use the keys of a request in safe mode by its own rights: those with which a new image is encrypted, and
 * that of the image that is copied or exported. A lenient world allows everything.
 * @throws CodedRefusal IMG.0099 for the key of a new image, IMG.0103 for that of an existing one
 */
export function checkOwnKeyRights(
  context: RequestContext,
  { params, body }: Pick<RawRequest, 'params' | 'body'>,
): void {
  if (context.world.auth.mode === 'lenient') return
  const named = safeParse(Named, body)
  for (const keyId of named.success ? newKeys(context, named.data) : []) {
    checkRight(context, keyId, KEY_ACTIONS.read, 'IMG.0099')
    checkRight(context, keyId, KEY_ACTIONS.encrypt, 'IMG.0099')
  }
  const { image_id: imageId } = params
  const image = imageId === undefined ? undefined : findVisibleImage(context, imageId)
  const original = image?.attributes.__system__cmkid
  if (original !== undefined) checkRight(context, original, KEY_ACTIONS.read, 'IMG.0103')
}

/** The keys with which the images of a request will be encrypted: the one that it names, and those of the disks. */
function newKeys({ world, caller }: RequestContext, named: z.output<typeof Named>): string[] {
  const { db } = world
  const volumes = [named.volume_id, ...named.data_images.map(({ volume_id }) => volume_id)]
  const disks = [
    ...(named.instance_id === undefined ? [] : [systemVolumeOf(db, named.instance_id)]),
    ...volumes.flatMap((id) => (id === undefined ? [] : [findVolume(db, id)])),
  ]
  const own = disks.flatMap((disk) => (disk?.projectId === caller.projectId ? [disk.keyId] : []))
  return [named.cmk_id, ...own].filter((keyId): keyId is string => typeof keyId === 'string')
}

function checkRight(
  { world, caller }: RequestContext,
  keyId: string,
  action: string,
  code: 'IMG.0099' | 'IMG.0103',
): void {
  try {
    checkAccess(world, caller, action, {
      resources: { kind: keyKind, ids: [keyId] },
      byEnterpriseProject: false,
      listing: false,
    })
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error
    const text = `${imsErrors.table[code].message} ${error.message}`
    throw fail(code, { keyId, action }, { text })
  }
}
