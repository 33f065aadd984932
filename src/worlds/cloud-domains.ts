import { SetupError } from '../lib/errors.ts'

/** The domains of Huawei Cloud and of Open Telekom Cloud. */
const CLOUD_DOMAINS = ['myhuaweicloud.com', 'myhuaweicloud.eu', 'otc.t-systems.com']

/**
 * Reads further domains of the cloud, and puts those that it really has before them.
 * @throws SetupError for what is no domain: a single label would take in every name of a machine.
 * @example readCloudDomains(['emu.test']) // […, 'otc.t-systems.com', 'emu.test']
 */
export function readCloudDomains(further: readonly string[]): string[] {
  const read = further.map((text) => {
    const domain = text
      .toLowerCase()
      .replace(/^\*?\./, '')
      .replace(/\.$/, '')
    const fits = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(domain)
    if (!fits)
      throw new SetupError(
        `${text} is no domain of a cloud; write e.g. emu.test, and services are found as ims.cn-north-4.emu.test`,
      )
    return domain
  })
  return [...new Set([...CLOUD_DOMAINS, ...read])]
}
