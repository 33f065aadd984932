import { contextOf, type Operation } from '../../../contract/operation.ts'
import { checkOwnKeyRights, KEY_ACTIONS } from '../images/own-key-rights.ts'

/**
 * The twin of a call under `/v2.1`: the same fields, rules and reply under another name and path. It differs in one thing: the
 * caller itself needs the rights to the keys of an encrypted image, while the older path uses the keys by rights of the service.
 * @see https://support.huaweicloud.com/intl/en-us/api-ims/ims_03_0603_1.html
 * @example inSafeMode(createImage).path // /v2.1/cloudimages/action
 */
export function inSafeMode(operation: Operation): Operation {
  return {
    ...operation,
    id: `${operation.id}InSafeMode`,
    path: operation.path.replace(/^\/v[12]\//, '/v2.1/'),
    summary: `${operation.summary} (safe mode)`,
    conditionalActions: [
      ...operation.conditionalActions,
      { action: KEY_ACTIONS.read, when: 'the image is encrypted, or is going to be' },
      { action: KEY_ACTIONS.encrypt, when: 'the image is going to be encrypted' },
    ],
    run(call, raw) {
      checkOwnKeyRights(contextOf(call), raw)
      return operation.run(call, raw)
    },
  }
}
